using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Execution;
using CellPpe.Ppe.State;

using Lv1Hypervisor;
using Lv1Hypervisor.Partitions;

using Microsoft.Extensions.Logging;

using Ps3Platform.Devices.Gelic;
using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.Network;
using Ps3Platform.Devices.Video;
using Ps3Platform.Devices.VirtualUart;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Inspection;
using Ps3Platform.Machine.Spes;

namespace Ps3Platform.Machine;

/// <summary>The one place where the parts of a console are joined.</summary>
public static class MachineBuilder
{
    private const ulong SystemBus = 1;
    private const ulong GelicDeviceId = 0;

    // GPU memory a partition may get (252 MiB) and its context areas; the host commits what is touched.
    private const ulong DeviceMemory = 288UL << 20;
    private const ulong LocalStore = 256UL << 10;

    /// <summary>Builds a console, places the kernel and leaves both threads at their first instruction.</summary>
    /// <exception cref="BootException">Kernel, initial RAM disk and device tree do not fit into boot memory.</exception>
    public static Ps3Machine Build(MachineConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        // Linux's PS3 port sets up the second thread's interrupts without asking whether there is one, and dies where the device
        // tree names one thread only. It is told of two, as on every console, and not to start the second.
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
        var ppe = new PpuCore(processor, memory, clock, config.Loggers.CreateLogger<PpuCore>());
        var machine = new Ps3Machine(config, clock, memory, events, ppe);
        machine.Spes = reservations is null ? null : new MachineSpes(machine, reservations);
        var lv1 = new Lv1(new Lv1Configuration
        {
            Memory = memory,
            AddressSpaces = ppe,
            Threads = ppe.Threads,
            Spes = machine.Spes,
            SpeInterruptLine = line => machine.Spes!.LineTo(line),
            Clock = clock,
            Control = machine,
            Logger = config.Loggers.CreateLogger<Lv1>(),
            Firmware = config.Firmware,
            BootMemorySize = config.BootMemorySize,
            TotalMemorySize = config.MemorySize,
            RepositoryNodes = [.. Repository(plan)],
            ConsoleSink = config.Console,
        });
        machine.Hypervisor = lv1;

        AttachDevices(machine, lv1, clock);
        Place(plan, machine);
        foreach (ThreadEntry entry in plan.Threads)
        {
            PpuThread thread = ppe.Threads[entry.Thread];
            thread.Hypervisor = lv1;
            Enter(thread, entry);
            machine.Start(thread);
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

    private static void AttachDevices(Ps3Machine machine, Lv1 lv1, ITurnClock clock)
    {
        MachineConfig config = machine.Config;
        var display = new DisplayState(config.Video);
        var gpu = new GpuDevice(
            machine.Memory, lv1.Addresses, lv1.Outlets, machine.Events, clock, config.Loggers.CreateLogger<GpuDevice>());
        lv1.AttachGpu(gpu);
        machine.Gpu = gpu;
        machine.Screen = new FrameCapture(gpu, display);

        lv1.AttachVirtualUart(0, new AvSettings(config.Video, display, config.Loggers.CreateLogger<AvSettings>()));
        machine.SystemManager = new SystemManager(machine, config.Loggers.CreateLogger<SystemManager>());
        lv1.AttachVirtualUart(2, machine.SystemManager);

        var wire = new UdpConsole(config.Console ?? (static _ => { }));
        lv1.AttachNetwork(SystemBus, GelicDeviceId, new GelicDevice(
            new GelicConfig(), lv1.CreateDmaPort(SystemBus, GelicDeviceId), machine.Memory, machine.Events, clock, wire,
            config.Loggers.CreateLogger<GelicDevice>()));
    }

    // What a guest finds when it scans the machine; lv1 adds memory, processor and clock itself (repository.md 4).
    private static IEnumerable<RepositoryNode> Repository(BootPlan plan)
    {
        const ulong SystemBusType = 4;
        const ulong GelicType = 3;
        const ulong EventPortInterrupt = 2;
        return
        [
            RepositoryNode.Own("bi/boot_dat/address", plan.OsArea.Start.Value),
            RepositoryNode.Own("bi/boot_dat/size", plan.OsArea.Size),
            RepositoryNode.Own("bi/vir_uart/port/avset", 0),
            RepositoryNode.Own("bi/vir_uart/port/sysmgr", 2),
            RepositoryNode.Machine("bus0/type", SystemBusType),
            RepositoryNode.Machine("bus0/id", SystemBus),
            RepositoryNode.Machine("bus0/num_dev", 1),
            RepositoryNode.Machine("bus0/dev0/type", GelicType),
            RepositoryNode.Machine("bus0/dev0/id", GelicDeviceId),
            RepositoryNode.Machine("bus0/dev0/intr0", EventPortInterrupt, 0),
        ];
    }

    private static unsafe void Enter(PpuThread thread, ThreadEntry entry)
    {
        thread.State.Nia = entry.Pc.Value;
        // A partition cannot change MSR.ME (Book III 2.3.1); retail consoles run it with ME on, as the MSR values of kernel logs show.
        thread.SetMsr(entry.Msr | Msr.Me);
        thread.State.Gpr[3] = entry.R3;
        thread.State.Gpr[4] = entry.R4;
        thread.State.Gpr[5] = entry.R5;
    }
}
