using System.Collections;
using System.Reflection;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Devices.Tests.Gelic;
using Devices.Tests.Gpu;
using Devices.Tests.Storage;
using Devices.Tests.Usb;
using Devices.Tests.VirtualUart;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Audio;
using Ps3Platform.Devices.Gelic;
using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.HotPlug;
using Ps3Platform.Devices.Storage;
using Ps3Platform.Devices.Video;
using Ps3Platform.Devices.VirtualUart;
using Xunit;

namespace Devices.Tests;

/// <summary>The contract of every device: it is reset, stopped, continued and inspected through <see cref="IDevice"/>.</summary>
public sealed class DeviceContractTests
{
    /// <summary>Makes each device, with an action that changes its state.</summary>
    private static readonly Dictionary<string, Func<(IDevice Device, Action Use)>> Known = new()
    {
        ["gelic"] = () =>
        {
            var gelic = new GelicFixture();
            gelic.Device.Reset();
            return (gelic.Device, () =>
            {
                gelic.Device.SetOpen(true);
                gelic.Device.AddMulticastAddress(Frames.Broadcast, all: false);
                gelic.Device.SetInterruptMask(GelicFixture.ReceivedFrames);
                gelic.SetReceiveRing(4);
                gelic.Device.StartReceive(new IoAddress(GelicFixture.Descriptor(0)));
                gelic.Wire.Deliver(Frames.Console("x"));
            }
            );
        },
        ["gpu"] = () =>
        {
            var gpu = new GpuFixture();
            gpu.Device.Reset();
            return (gpu.Device, () =>
            {
                gpu.Device.Open();
                gpu.SetUp();
                gpu.Device.ContextAttribute(0, 0x101, 1, 1, 0, 0);
                gpu.Device.ContextAttribute(gpu.Context, 0x102, 1, 0, 0, 0);
                gpu.RunUntil(10_000_000);
            }
            );
        },
        ["audio"] = () =>
        {
            using var memory = new GuestMemory(1 << 20);
            var audio = new AudioDevice(new FakeHost(), memory, new EventQueue(), new FakeClock());
            audio.Reset();
            return (audio, () =>
            {
                audio.SetBase(0x0300_f001);
                audio.SetMode(96000, 24);
                audio.SetActive(AudioConnectors.Spdif, isActive: true);
            }
            );
        },
        ["av-settings"] = () =>
        {
            var av = new AvSettings(new FakeHost(), VideoMode.P720, new DisplayState(VideoMode.P720));
            return (av, () =>
            {
                av.Receive(AvPackets.Command(0x0100_0004, 20, (8, 1)));
                av.Receive([0, 2, 0]);
            }
            );
        },
        ["system-manager"] = () =>
        {
            var manager = new SystemManager(new FakeHost(), new NoEnd());
            return (manager, () =>
            {
                manager.Receive(SystemManagerTests.Message(8, [1, 0, 0, 0, 0, 0, 0, 0xf]));
                manager.Receive([1, 2]);
            }
            );
        },
        ["disk"] = () =>
        {
            var storage = new StorageFixture();
            storage.Disk.Reset();
            return (storage.Disk, () =>
            {
                storage.Disk.SetOpen(true);
                storage.Disk.SendCommand(0x23, default, out _);
                storage.Disk.Read(new StorageTransfer(StorageFixture.OtherOs, 0, 1, 0, new LparAddress(0)), out _);
                storage.RunAll();
            }
            );
        },
        ["cdrom"] = () =>
        {
            var optical = new OpticalFixture();
            optical.Drive.Reset();
            return (optical.Drive, () =>
            {
                optical.Drive.SetOpen(true);
                optical.Send(out _, 0, 0x1e, 0, 0, 0, 1);
                Assert.Throws<DeviceOperationException>(() => optical.Drive.Eject(force: false));
                optical.Send(out _, 0, 0xff);
                optical.Drive.Read(new StorageTransfer(0, 0, 1, 0, new LparAddress(0)), out _);
                optical.RunAll();
            }
            );
        },
        ["flash"] = () =>
        {
            var storage = new StorageFixture();
            var flash = new FlashDevice(storage.Host, storage.Ports, new FakeBackend { Bytes = new byte[FlashDevice.Size] });
            return (flash, () =>
            {
                flash.SetOpen(true);
                flash.SendCommand(0x23, default, out _);
                flash.Read(new StorageTransfer(5, 0, 1, 0, new LparAddress(0)), out _);
                storage.RunAll();
            }
            );
        },
        ["usb"] = () =>
        {
            var usb = new UsbFixture();
            return (usb.Usb, () =>
            {
                _ = new OhciHost(usb);
                usb.RunFor(milliseconds: 1);
            }
            );
        },
        ["storage-notifications"] = () =>
        {
            var storage = new StorageFixture();
            storage.Notifications.Reset();
            return (storage.Notifications, () =>
            {
                storage.Notifications.SetOpen(true);
                storage.Notifications.Write(new StorageTransfer(0, 0, 1, 0, new LparAddress(0)), out _);
                storage.RunAll();
            }
            );
        },
    };

    public static TheoryData<string> Names => [.. Known.Keys];

    [Fact]
    public void Every_device_of_the_project_is_here()
    {
        HashSet<Type> tested = [.. Known.Values.Select(static make => make().Device.GetType())];
        IEnumerable<Type> all = typeof(GpuDevice).Assembly.GetTypes()
            .Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IDevice)));

        Assert.Equal(all.OrderBy(static type => type.Name), tested.OrderBy(static type => type.Name));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_reset_device_has_the_state_of_a_new_one(string name)
    {
        (IDevice device, Action use) = Known[name]();
        string fresh = Describe(device.Inspect());

        use();
        string used = Describe(device.Inspect());
        device.Reset();

        Assert.Equal(name, device.Name);
        Assert.NotEqual(fresh, used);
        Assert.Equal(fresh, Describe(device.Inspect()));
    }

    [Theory, MemberData(nameof(Names))]
    public void Stopping_is_seen_and_ends(string name)
    {
        (IDevice device, Action use) = Known[name]();
        use();
        string before = Describe(device.Inspect());

        device.Stop();
        device.Stop();
        Assert.True(device.Inspect().Stopped);
        device.Continue();
        device.Continue();

        Assert.Equal(before, Describe(device.Inspect()));
    }

    [Fact]
    public void A_stopped_network_device_drops_and_counts_frames()
    {
        var gelic = new GelicFixture();
        gelic.SetReceiveRing(4);
        gelic.Device.AddMulticastAddress(Frames.Broadcast, all: false);
        gelic.Device.StartReceive(new IoAddress(GelicFixture.Descriptor(0)));

        gelic.Device.Stop();
        gelic.Wire.Deliver(Frames.Console("lost"));
        gelic.Device.Continue();
        gelic.Wire.Deliver(Frames.Console("kept"));

        var state = Assert.IsType<GelicState>(gelic.Device.Inspect());
        Assert.Equal((1L, 1L), (state.FramesDropped, state.FramesReceived));
        gelic.Dispose();
    }

    [Fact]
    public void A_stopped_system_manager_has_no_power_button()
    {
        var manager = new SystemManager(new FakeHost(), new NoEnd());
        manager.Receive(SystemManagerTests.Message(8, [1, 0, 0, 0, 0, 0, 0, 0xf]));

        manager.Stop();
        Assert.False(manager.PressPowerButton());
        manager.Continue();
        Assert.True(manager.PressPowerButton());
    }

    [Fact]
    public void The_gelic_announces_what_guests_insist_on()
    {
        var gelic = new GelicFixture();
        BusDevice announced = Assert.Single(gelic.Host.OnBus);
        Assert.Equal((BusKind.System, 3UL, 0UL), (announced.Bus, announced.Type, announced.Id));
        Assert.Equal([new BusInterrupt(2, 0)], announced.Interrupts);
        Assert.Same(gelic.Device, Assert.Single(gelic.Host.Served));
        gelic.Dispose();
    }

    // Throws for values that are not plain data.
    private static string Describe(object? value) => value switch
    {
        null => "null",
        string or bool => $"{value}",
        _ when value.GetType().IsPrimitive || value.GetType().IsEnum => $"{value}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Describe))}]",
        _ when IsRecord(value.GetType()) => "{" + string.Join(
            ", ", value.GetType().GetProperties().Select(property => $"{property.Name} = {Describe(property.GetValue(value))}")) + "}",
        _ => throw new InvalidOperationException($"{value.GetType()} is no plain data."),
    };

    private static bool IsRecord(Type type) =>
        type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is not null;

    private sealed class NoEnd : IPartitionControl
    {
        public void End(PartitionEnd how, string reason) => throw new InvalidOperationException(reason);
    }
}
