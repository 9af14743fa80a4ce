using System.Text;

using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;

using Ps3Platform.Machine;

using Xunit;

namespace Machine.Tests;

/// <summary>A device outside the project: one class, and one line to add it. Guests find it, map it and receive its interrupts.</summary>
public sealed class SampleDeviceTests
{
    private const ulong Gpio = 6;
    private const ulong BusId = 1;
    private const ulong DeviceId = 7;
    private const ulong Registers = 0x2400_4000_000;

    [Fact]
    public void A_device_is_added_by_one_line()
    {
        using Ps3Machine machine = MachineBuilder.Build(
            Penguin.Config(new StringBuilder()) with { Devices = [ports => new Counter(ports.Host)] });
        IDevice device = Assert.Single(machine.Devices, device => device.Name == "counter");

        // A guest scans the system bus and finds the gelic, both USB devices, then the counter.
        Assert.Equal(4UL, Node(machine, "bus0/num_dev").V1);
        Assert.Equal(Gpio, Node(machine, "bus0/dev3/type").V1);
        Assert.Equal((Registers, 0x1000UL), Node(machine, "bus0/dev3/reg0/data"));

        Call(machine, Lv1Call.OpenDevice, BusId, DeviceId, 0);
        var address = new LparAddress(Call(machine, Lv1Call.MapDeviceMmioRegion, BusId, DeviceId, Registers, 0x1000, 12)[0]);
        IMmioDevice mapped = Assert.Single(machine.Memory.Regions, region => region.Start == address).Device!;
        mapped.Write(0, sizeof(uint), 5);
        mapped.Write(0, sizeof(uint), 6);

        Assert.Equal(11UL, mapped.Read(0, sizeof(uint)));
        Assert.Equal(new CounterState(false, 11), device.Inspect());
        device.Reset();
        Assert.Equal(new CounterState(false, 0), device.Inspect());
    }

    [Fact]
    public void Two_devices_of_one_name_are_refused()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => MachineBuilder.Build(
            Penguin.Config(
                new StringBuilder()) with
            { Devices = [ports => new Counter(ports.Host, 7), ports => new Counter(ports.Host, 8)] }));
        Assert.Contains("'counter'", refused.Message, StringComparison.Ordinal);
    }

    private static (ulong V1, ulong V2) Node(Ps3Machine machine, string path)
    {
        var key = RepositoryKey.Parse(path);
        ulong[] values = Call(machine, Lv1Call.ReadRepositoryNode, Lpar.MachineId, key.N1, key.N2, key.N3, key.N4);
        return (values[0], values[1]);
    }

    private static ulong[] Call(Ps3Machine machine, Lv1Call call, params ReadOnlySpan<ulong> arguments)
    {
        var frame = new HypercallFrame { Number = (ulong)call };
        for (int i = 0; i < arguments.Length; i++)
            frame.In[i] = arguments[i];
        Assert.Equal(Lv1Status.Success, machine.Hypervisor.Call(machine.Ppe.Threads[0], ref frame));
        return ((ReadOnlySpan<ulong>)frame.Out)[..7].ToArray();
    }

    /// <summary>Adds up what is stored to its one register.</summary>
    private sealed class Counter : IDevice, IMmioDevice
    {
        private CounterState _state = new(false, 0);

        public Counter(IDeviceHost host, ulong id = DeviceId) => host.AddToBus(new BusDevice
        {
            Bus = BusKind.System,
            Type = Gpio,
            Id = id,
            Registers = [new BusRegisters(5, Registers, 0x1000)],
        }).ServeRegisters(Registers, this);

        public string Name => "counter";

        public void Reset() => _state = _state with { Sum = 0 };

        public void Stop() => _state = _state with { Stopped = true };

        public void Continue() => _state = _state with { Stopped = false };

        public DeviceState Inspect() => _state;

        public ulong Read(ulong offset, int size) => _state.Sum;

        public void Write(ulong offset, int size, ulong value) => _state = _state with { Sum = _state.Sum + value };
    }

    private sealed record CounterState(bool Stopped, ulong Sum) : DeviceState(Stopped);
}
