using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

using Lv1Hypervisor;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;

using Microsoft.Extensions.Logging;

using Ps3Platform.Devices.Audio;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Gelic;
using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.Network;
using Ps3Platform.Devices.Storage;
using Ps3Platform.Devices.Storage.Optical;
using Ps3Platform.Devices.Usb;
using Ps3Platform.Devices.Video;
using Ps3Platform.Devices.VirtualUart;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Inspection;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Spes;
using Ps3Platform.Machine.Turns;

using SpuRuntime.Scheduling;

namespace Ps3Platform.Machine;

/// <summary>Builds a console: makes its parts and connects them. No other type does that.</summary>
public static class MachineBuilder
{
    // GPU memory a partition may get (252 MiB) and its context areas; the host commits what is touched.
    private const ulong DeviceMemory = 288UL << 20;
    private const ulong LocalStore = 256UL << 10;

    /// <summary>Builds a console, places the kernel and leaves both threads at their first instruction.</summary>
    /// <exception cref="BootException">Kernel, initial RAM disk and device tree do not fit into boot memory.</exception>
    public static Ps3Machine Build(MachineConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        // Linux's PS3 port sets up the second thread's interrupts without checking that the thread exists, and crashes if the device
        // tree names one thread only. So the tree names two, as on every console, and maxcpus=1 keeps Linux from starting the second.
        bool hideFromLinux = config.Threads == 1 && KernelInfo.IsLinux(config.Kernel);
        BootPlan plan = BootLayout.Arrange(config.Kernel, new BootRequest
        {
            BootMemorySize = config.BootMemorySize,
            Threads = config.Threads,
            AnnouncedThreads = hideFromLinux ? 2 : null,
            CommandLine = hideFromLinux
                ? $"maxcpus=1 {config.CommandLine ?? KernelInfo.CommandLineOf(config.Kernel)}".TrimEnd()
                : config.CommandLine,
            Initrd = config.Initrd,
            DeviceTree = config.DeviceTree,
            OsAreaCopy = config.Flash is { } flash ? ReadOsArea(flash) : null,
        });

        ITurnClock clock = config.Clock == ClockMode.Host ? new HostTurnClock() : new InstructionTurnClock(config.RtcAtPowerOn);
        var events = new EventQueue();
        var memory = new GuestMemory(config.MemorySize + DeviceMemory + ((ulong)config.Spes * LocalStore));
        ReservationTable? reservations = config.Spes > 0 ? new ReservationTable() : null;
        var processor = new PpuConfiguration(
            config.Threads, config.BootMemorySize, Engine: config.Engine, ExactBudgets: config.Clock == ClockMode.Instructions,
            HostThreads: config is { Clock: ClockMode.Host, Threads: 2, HostThreads: true })
        {
            Reservations = reservations,
            CompiledLimit = config.CompiledLimit,
        };
        if (processor.HostThreads && config is { Spes: > 0, SpeScheduling.Policy: SpePolicy.RoundRobin })
        {
            throw new ArgumentException(
                "SPEs that run in turns with the PPE need both of its threads on one host thread.", nameof(config));
        }

        var ppe = new PpuCore(processor, memory, clock, config.Loggers.CreateLogger<PpuCore>());
        var thread = new MachineThread(ppe);
        var control = new PartitionControl(ppe);
        MachineSpes? spes = reservations is null ? null : new MachineSpes(config, clock, memory, events, ppe, thread, reservations);
        var lv1 = new Lv1(new Lv1Configuration
        {
            Memory = memory,
            AddressSpaces = ppe,
            Threads = ppe.Threads,
            Spes = spes,
            SpeInterruptLine = spes is null ? static line => line : spes.LineTo,
            Clock = clock,
            Control = control,
            Logger = config.Loggers.CreateLogger<Lv1>(),
            Firmware = config.Firmware,
            BootMemorySize = config.BootMemorySize,
            TotalMemorySize = config.MemorySize,
            RepositoryNodes =
            [
                RepositoryNode.Own("bi/boot_dat/address", plan.OsArea.Start.Value),
                RepositoryNode.Own("bi/boot_dat/size", plan.OsArea.Size),
            ],
            ConsoleSink = config.Console,
        });
        var hold = new GuestHold(thread);
        var ports = new DevicePorts(lv1, memory, events, clock, control, config.Loggers);
        List<IDevice> devices = [];
        StandardDevices standard = AddStandardDevices(config, ports, devices);
        var storage = new StoragePorts(memory, events, clock, hold, config.Clock == ClockMode.Instructions);
        var usb = new UsbHost(lv1, storage, config.Usb ?? new UsbPlugs());
        devices.Add(usb);
        AddStorage(config, ports, storage, devices);
        devices.AddRange(config.Devices.Select(make => make(ports)));
        CheckNames(devices);
        var machine = new Ps3Machine(config, new MachineParts
        {
            Clock = clock,
            Memory = memory,
            Events = events,
            Ppe = ppe,
            Thread = thread,
            Control = control,
            Hold = hold,
            Spes = spes,
            Hypervisor = lv1,
            Standard = standard,
            Usb = usb,
            Devices = devices,
            MemoryWriters = [lv1, .. devices.OfType<IMemoryWriter>()],
            Running = [.. plan.Threads.Select(entry => ppe.Threads[entry.Thread])],
        });
        Place(plan, machine);
        foreach (ThreadEntry entry in plan.Threads)
        {
            ppe.Threads[entry.Thread].Hypervisor = lv1;
            Enter(ppe.Threads[entry.Thread], entry);
        }

        return machine;
    }

    private static void Place(BootPlan plan, Ps3Machine machine)
    {
        try
        {
            plan.Place(machine.Memory);
        }
        catch (BootException)
        {
            machine.Dispose();
            throw;
        }
    }

    // The devices of every console. To add a device, add a line here, or an element to MachineConfig.Devices.
    private static StandardDevices AddStandardDevices(MachineConfig config, DevicePorts ports, List<IDevice> devices)
    {
        var display = new DisplayState(config.Video);
        NetworkPort? network = config.Network is { } backend ? new NetworkPort(backend, ports.Events, ports.Clock) : null;
        var wire = new UdpConsole(config.Console ?? (static _ => { }), network);
        var audio = new AudioDevice(
            ports.Host, ports.Memory, ports.Events, ports.Clock, config.Audio, ports.Loggers.CreateLogger<AudioDevice>(),
            isExact: config.Clock == ClockMode.Instructions);
        var gpu = new GpuDevice(
            ports.Host, ports.Memory, ports.Events, ports.Clock, ports.Loggers.CreateLogger<GpuDevice>(),
            config.Firmware.IsAtLeast(2, 1, 0) ? GpuFirmwareRules.Since210 : GpuFirmwareRules.Before210,
            config.Gpu, audio);
        var systemManager = new SystemManager(ports.Host, ports.Control, ports.Loggers.CreateLogger<SystemManager>());
        devices.Add(gpu);
        devices.Add(audio);
        devices.Add(new AvSettings(ports.Host, config.Video, display, ports.Loggers.CreateLogger<AvSettings>(), audio));
        devices.Add(systemManager);
        devices.Add(new GelicDevice(
            ports.Host, config.Gelic, ports.Memory, ports.Events, ports.Clock, wire, ports.Loggers.CreateLogger<GelicDevice>()));
        return new StandardDevices(gpu, new FrameCapture(gpu, display), systemManager);
    }

    // The guest may have changed it since it was opened: a machine that restarts reads it again.
    private static byte[] ReadOsArea(IBlockBackend flash)
    {
        byte[] copy = new byte[OsArea.Bytes];
        BlockError error = flash.ReadNow(0, copy);
        return error == BlockError.None ? copy
            : throw new BootException($"The os-area in {flash.Name} cannot be read ({error}); give another --flash.");
    }

    // In the order in which a console's repository has them (repository.md 3.3).
    private static void AddStorage(MachineConfig config, DevicePorts ports, StoragePorts storage, List<IDevice> devices)
    {
        var notifications = new StorageNotifications(ports.Host, storage);
        devices.Add(notifications);
        if (config.Flash is { } flash)
        {
            devices.Add(new FlashDevice(ports.Host, storage, flash));
            notifications.Add(FlashDevice.BusId, FlashDevice.BusType);
        }

        devices.Add(new OpticalDrive(ports.Host, storage, config.Disc ?? new DiscTray()));
        notifications.Add(OpticalDrive.BusId, OpticalDrive.BusType);
        if (config.Disk is { } disk)
        {
            devices.Add(new DiskDevice(ports.Host, storage, disk));
            notifications.Add(DiskDevice.BusId, DiskDevice.BusType);
        }
    }

    private static void CheckNames(List<IDevice> devices)
    {
        if (devices.GroupBy(static device => device.Name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two devices of the machine have the name '{twice.Key}'.", nameof(devices));
    }

    private static unsafe void Enter(PpuThread thread, ThreadEntry entry)
    {
        thread.State.Nia = entry.Pc.Value;
        // A partition cannot change MSR.ME (Book III 2.3.1). Retail consoles run it with ME on, as MSR values in kernel logs show.
        thread.SetMsr(entry.Msr | Msr.Me);
        thread.State.Gpr[3] = entry.R3;
        thread.State.Gpr[4] = entry.R4;
        thread.State.Gpr[5] = entry.R5;
        thread.State.Gpr[2] = entry.R2;
        thread.State.Gpr[12] = entry.R12;
    }
}
