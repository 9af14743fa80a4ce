using CellPpe.Ppe.Engines;

using Microsoft.Extensions.Logging;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.Network;
using Ps3Platform.Devices.Video;
using Ps3Platform.Machine.Lockups;

using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Timeline;

namespace Ps3Platform.Machine.Configuration;

/// <summary>
/// Everything a user can choose about a machine and its run, as plain data: the command line, a JSON file and a program that uses this
/// library fill in the same record. <see cref="MachineSchema"/> has each property's name, unit, range and help;
/// the initial values here are the defaults. <see cref="MachineConfigFactory"/> opens the files and makes a <see cref="MachineConfig"/>.
/// </summary>
/// <remarks>A null means "not given": what holds then is said at the property.</remarks>
public sealed record MachineOptions
{
    /// <summary>The kernel's path, or a name that stands for a guest; null: the guest that the host program has built in.</summary>
    public string? Kernel { get; init; }

    /// <summary>Path of the initial RAM disk; null: the one that belongs to the guest, or none.</summary>
    public string? Initrd { get; init; }

    /// <summary>The kernel command line; null: the one that belongs to the guest, or none.</summary>
    public string? CommandLine { get; init; }

    /// <summary>What the disk's OtherOS region is stored in; null: there is no disk.</summary>
    public BlockOptions? Disk { get; init; }

    /// <summary>The medium of the optical drive; null: it is empty.</summary>
    public BlockOptions? Disc { get; init; }

    /// <summary>Path of the flash's accessible region; null: there is no flash.</summary>
    public string? Flash { get; init; }

    /// <summary>Path of a device tree blob; null: a tree is generated.</summary>
    public string? DeviceTree { get; init; }

    /// <summary>Memory of the partition in bytes.</summary>
    public ulong MemorySize { get; init; } = MachineConfig.DefaultMemory;

    /// <summary>Hardware threads of the PPE.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>What drives time.</summary>
    public ClockMode Clock { get; init; } = ClockMode.Host;

    /// <summary>Host threads that run the PPE's hardware threads.</summary>
    public int HostThreads { get; init; } = 1;

    /// <summary>How PPE instructions are run.</summary>
    public PpuEngine Engine { get; init; } = PpuEngine.Auto;

    /// <summary>The picture size the monitor asks for.</summary>
    public VideoMode Video { get; init; } = VideoMode.P720;

    /// <summary>Path of the picture that is written when the machine stops, or null.</summary>
    public string? Screenshot { get; init; }

    /// <summary>Guest time between numbered pictures, or null.</summary>
    public TimeSpan? ScreenshotEvery { get; init; }

    /// <summary>Host time after which the run ends, or null.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Instructions of all threads together after which the run ends, or null.</summary>
    public ulong? Instructions { get; init; }

    /// <summary>End the run when the guest restarts.</summary>
    public bool NoReboot { get; init; }

    /// <summary>Print speed and counts at the end.</summary>
    public bool Stats { get; init; }

    /// <summary>Print a hash of the machine's state at the end.</summary>
    public bool StateHash { get; init; }

    /// <summary>Print counts of hypercalls at the end.</summary>
    public bool Audit { get; init; }

    /// <summary>Repair known faults of guest kernels.</summary>
    public bool RepairKernel { get; init; } = true;

    /// <summary>Least severe messages to print.</summary>
    public LogLevel Log { get; init; } = LogLevel.Warning;

    /// <summary>SPEs of the partition.</summary>
    public int Spes { get; init; } = MachineConfig.RetailSpes;

    /// <summary>How SPU instructions are run; null: as <see cref="Engine"/> says.</summary>
    public SpuEngine? SpuEngine { get; init; }

    /// <summary>Single precision of compiled SPU code; null: exact.</summary>
    public SpuFloatMode? SpuFloat { get; init; }

    /// <summary>How SPEs share host threads; null: what suits clock and host.</summary>
    public SpePolicy? SpePolicy { get; init; }

    /// <summary>Host threads of <see cref="SpuRuntime.Scheduling.SpePolicy.TimeSliced"/>; null: one a core.</summary>
    public int? SpeThreads { get; init; }

    /// <summary>How long an SPE runs while others wait; null: the policy's own choice.</summary>
    public SpeQuantum? SpeQuantum { get; init; }

    /// <summary>Path of a file that tells what each SPE did when, or null.</summary>
    public string? SpeTimeline { get; init; }

    /// <summary>Path of the System.map of a stripped kernel, or null.</summary>
    public string? Symbols { get; init; }

    /// <summary>What the GPU grants a partition beside the framebuffer.</summary>
    public GpuProfile Gpu { get; init; } = GpuProfile.Retail;

    /// <summary>What is done about a guest that has locked up, or panicked and stopped.</summary>
    public LockupAction Lockup { get; init; } = LockupAction.Stop;

    /// <summary>Print the kernel's log at the end, however the run ends.</summary>
    public bool LogBuffer { get; init; }

    /// <summary>Effective address (0x...) or symbol of the kernel before whose instruction the run stops, or null.</summary>
    public string? Break { get; init; }

    /// <summary>The machine's name, or null. Its Ethernet address follows from it.</summary>
    public string? Name { get; init; }

    /// <summary>What the Ethernet cable leads to.</summary>
    public NetworkSpec Network { get; init; } = NetworkSpec.None;

    /// <summary>The Ethernet address in the low 48 bits; null: one that follows from <see cref="Name"/>, or always the same.</summary>
    public ulong? MacAddress { get; init; }

    /// <summary>Path of a pcapng file of what passes on the cable, or null.</summary>
    public string? PacketCapture { get; init; }

    /// <summary>The Ethernet controller has a console's internal VLANs, and a wireless LAN that finds nothing.</summary>
    public bool GelicVlans { get; init; }
}
