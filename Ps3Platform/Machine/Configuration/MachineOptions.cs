using CellPpe.Ppe.Engines;

using Microsoft.Extensions.Logging;

using Ps3Platform.Devices.Audio;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.Network;
using Ps3Platform.Devices.Usb;
using Ps3Platform.Devices.Video;
using Ps3Platform.Machine.Lockups;

using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Timeline;

namespace Ps3Platform.Machine.Configuration;

/// <summary>
/// All options of a machine and its run, as plain data: the command line, a JSON file and a program that uses this library set the
/// same record. <see cref="MachineSchema"/> has each property's name, unit, range and help;
/// the initial values here are the defaults. <see cref="MachineConfigFactory"/> opens the files and makes a <see cref="MachineConfig"/>.
/// </summary>
/// <remarks>Null means "not given"; the property's summary has the value that is then used.</remarks>
public sealed record MachineOptions
{
    /// <summary>The kernel's path, or the name of a known guest; null for the guest that is built into the host program.</summary>
    public string? Kernel { get; init; }

    /// <summary>Path of the initial RAM disk; null: the one that belongs to the guest, or none.</summary>
    public string? Initrd { get; init; }

    /// <summary>The kernel command line; null: the one that belongs to the guest, or none.</summary>
    public string? CommandLine { get; init; }

    /// <summary>The image that stores the disk's OtherOS region; null for no disk.</summary>
    public BlockOptions? Disk { get; init; }

    /// <summary>The medium of the optical drive; null: it is empty.</summary>
    public BlockOptions? Disc { get; init; }

    /// <summary>Path of the flash's accessible region; null: there is no flash.</summary>
    public string? Flash { get; init; }

    /// <summary>What is plugged into the USB sockets.</summary>
    public UsbDeviceList Usb { get; init; } = UsbDeviceList.Default;

    /// <summary>What a USB serial adapter is connected to; null: there is none but those of <see cref="Usb"/>.</summary>
    public CharacterSpec? Serial { get; init; }

    /// <summary>Path of a dialogue with the guest at its serial adapter, or null.</summary>
    public string? Expect { get; init; }

    /// <summary>Path of a device tree blob; null: a tree is generated.</summary>
    public string? DeviceTree { get; init; }

    /// <summary>Memory of the partition in bytes.</summary>
    public ulong MemorySize { get; init; } = MachineConfig.DefaultMemory;

    /// <summary>Hardware threads of the PPE.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>The source of guest time.</summary>
    public ClockMode Clock { get; init; } = ClockMode.Host;

    /// <summary>Host threads that run the PPE's hardware threads.</summary>
    public int HostThreads { get; init; } = 1;

    /// <summary>The engine that executes PPE instructions.</summary>
    public PpuEngine Engine { get; init; } = PpuEngine.Auto;

    /// <summary>The picture size that the monitor reports.</summary>
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

    /// <summary>Where the text of the guest's console goes.</summary>
    public CharacterSpec Console { get; init; } = CharacterSpec.Stdio;

    /// <summary>Where the monitor's lines for people are, or null.</summary>
    public CharacterSpec? Monitor { get; init; }

    /// <summary>Where the monitor's JSON for programs is, or null.</summary>
    public CharacterSpec? Qmp { get; init; }

    /// <summary>Where a VNC server for the screen listens, or null for none.</summary>
    public VncSpec? Vnc { get; init; }

    /// <summary>Where the web console listens, or null for none.</summary>
    public WebSpec? Web { get; init; }

    /// <summary>Where the guest's sound goes.</summary>
    public AudioSpec Audio { get; init; } = AudioSpec.None;

    /// <summary>Start stopped, before the guest's first instruction.</summary>
    public bool Paused { get; init; }

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

    /// <summary>The engine that executes SPU instructions; null for the one that corresponds to <see cref="Engine"/>.</summary>
    public SpuEngine? SpuEngine { get; init; }

    /// <summary>Single precision of compiled SPU code; null: exact.</summary>
    public SpuFloatMode? SpuFloat { get; init; }

    /// <summary>How SPEs share host threads; null to choose by clock and host.</summary>
    public SpePolicy? SpePolicy { get; init; }

    /// <summary>Host threads of <see cref="SpuRuntime.Scheduling.SpePolicy.TimeSliced"/>; null for one per core.</summary>
    public int? SpeThreads { get; init; }

    /// <summary>How long an SPE runs while others wait; null for the policy's default.</summary>
    public SpeQuantum? SpeQuantum { get; init; }

    /// <summary>Path of the trace file of what each SPE did and when, or null.</summary>
    public string? SpeTimeline { get; init; }

    /// <summary>Path of the System.map of a stripped kernel, or null.</summary>
    public string? Symbols { get; init; }

    /// <summary>The functions that the GPU allows beside the framebuffer.</summary>
    public GpuProfile Gpu { get; init; } = GpuProfile.Retail;

    /// <summary>What is done about a guest that has locked up, or panicked and stopped.</summary>
    public LockupAction Lockup { get; init; } = LockupAction.Stop;

    /// <summary>Print the kernel's log at the end, however the run ends.</summary>
    public bool LogBuffer { get; init; }

    /// <summary>Effective address (0x...) or symbol of the kernel before whose instruction the run stops, or null.</summary>
    public string? Break { get; init; }

    /// <summary>The machine's name, or null. Its Ethernet address is derived from it.</summary>
    public string? Name { get; init; }

    /// <summary>The network that the Ethernet cable is connected to.</summary>
    public NetworkSpec Network { get; init; } = NetworkSpec.None;

    /// <summary>The Ethernet address in the low 48 bits; null for one derived from <see cref="Name"/>, or the fixed one.</summary>
    public ulong? MacAddress { get; init; }

    /// <summary>Path of the pcapng file of the frames on the cable, or null.</summary>
    public string? PacketCapture { get; init; }

    /// <summary>The Ethernet controller has a console's internal VLANs, and a wireless LAN that finds nothing.</summary>
    public bool GelicVlans { get; init; }
}
