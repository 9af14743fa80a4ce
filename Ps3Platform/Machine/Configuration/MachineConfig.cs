using CellPpe.Ppe.Engines;

using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;
using Lv1Hypervisor;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Gelic;
using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.Network;
using Ps3Platform.Devices.Storage;
using Ps3Platform.Devices.Storage.Optical;
using Ps3Platform.Devices.Video;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.Lockups;

using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Timeline;

namespace Ps3Platform.Machine.Configuration;

/// <summary>What drives the guest's clocks.</summary>
public enum ClockMode
{
    /// <summary>The time base follows the host's clock.</summary>
    Host,

    /// <summary>The time base advances with retired instructions: the same run gives the same states, always.</summary>
    Instructions,
}

/// <summary>Everything that is chosen about a machine before it is built.</summary>
public sealed record MachineConfig
{
    /// <summary>Retail consoles: 256 MiB.</summary>
    public const ulong DefaultMemory = 256UL << 20;

    /// <summary>SPEs a retail console gives to OtherOS: of eight one is switched off, and lv1 keeps one.</summary>
    public const int RetailSpes = 6;

    /// <summary>SPEs of a Cell.</summary>
    public const int MostSpes = 8;

    /// <summary>
    /// Makes devices beside those that every console has. Each function is called once, while the machine is built.
    /// </summary>
    public IReadOnlyList<Func<DevicePorts, IDevice>> Devices { get; init; } = [];

    /// <summary>
    /// The bytes of the disk's OtherOS region, or null for a machine without a disk. The machine does not dispose of it: a guest that restarts
    /// finds its disk again.
    /// </summary>
    public IBlockBackend? Disk { get; init; }

    /// <summary>
    /// Holds the medium of the optical drive, which every machine has; null: it is empty. The machine does not dispose of it: a guest that
    /// restarts finds the medium again.
    /// </summary>
    public DiscTray? Disc { get; init; }

    /// <summary>
    /// The accessible region of the flash, <see cref="FlashDevice.Size"/> bytes, or null for a machine without. The machine does not
    /// dispose of it. lv1 leaves a copy of its first 4 KiB, the os-area, in boot memory.
    /// </summary>
    public IBlockBackend? Flash { get; init; }

    /// <summary>The kernel, already recognised.</summary>
    public required BootImage Kernel { get; init; }

    /// <summary>The initial RAM disk, or null.</summary>
    public ImageFile? Initrd { get; init; }

    /// <summary>A device tree in place of the generated one, or null.</summary>
    public ImageFile? DeviceTree { get; init; }

    /// <summary>The kernel command line.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Memory of the partition in bytes: boot memory and what lv1_allocate_memory gives, together.</summary>
    public ulong MemorySize { get; init; } = DefaultMemory;

    /// <summary>Hardware threads of the PPE: 1 or 2.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>SPEs of the partition: 0 to <see cref="MostSpes"/>.</summary>
    public int Spes { get; init; } = RetailSpes;

    /// <summary>
    /// Which host thread runs which SPE and when. With the instruction clock it is always <see cref="SpePolicy.RoundRobin"/>; other
    /// policies are of no use there.
    /// </summary>
    public SpeSchedulerOptions SpeScheduling { get; init; } = new();

    /// <summary>Write down what each SPE does when, for <see cref="Spes.MachineSpes.Timeline"/>.</summary>
    public bool SpeTimeline { get; init; }

    /// <summary>How SPU instructions are run.</summary>
    public SpuEngine SpuEngine { get; init; } = SpuEngine.Auto;

    /// <summary>How compiled SPU code does single precision.</summary>
    public SpuFloatMode SpuFloat { get; init; } = SpuFloatMode.Exact;

    /// <summary>What executes SPU instructions, for tests; null: the usual.</summary>
    internal ISpuEngineFactory? SpuEngines { get; init; }

    /// <summary>What drives time.</summary>
    public ClockMode Clock { get; init; } = ClockMode.Host;

    /// <summary>
    /// Each hardware thread runs on a host thread of its own. Only with the host's clock and two threads, else without effect;
    /// tried on x86-64 only, whose order of storage is stronger than a PPE's. Guests with two busy threads gain; the first tier of
    /// native code is for one host thread only, so that all others start more slowly.
    /// </summary>
    public bool HostThreads { get; init; }

    /// <summary>How guest code is run.</summary>
    public PpuEngine Engine { get; init; } = PpuEngine.Auto;

    /// <summary>
    /// Guest instructions kept compiled at most, by the PPE's compiler and by that of the SPEs; null: as many as usual for each. Code that is
    /// evicted is compiled again when it is hot again.
    /// </summary>
    public long? CompiledLimit { get; init; }

    /// <summary>The picture size the monitor asks for.</summary>
    public VideoMode Video { get; init; } = VideoMode.P720;

    /// <summary>What the GPU grants beside the framebuffer.</summary>
    public GpuProfile Gpu { get; init; } = GpuProfile.Retail;

    /// <summary>What lv1_get_version_info says.</summary>
    public FirmwareVersion Firmware { get; init; } = FirmwareVersion.Retail;

    /// <summary>
    /// Real-time clock at power-on with the instruction clock, in seconds since 2000-01-01 UTC. The default is the day OtherOS
    /// reached the shops in Europe, 2007-03-23.
    /// </summary>
    public ulong RtcAtPowerOn { get; init; } = 227_923_200;

    /// <summary>Symbols of a kernel whose image has none, or null.</summary>
    public SymbolTable? Symbols { get; init; }

    /// <summary>What is done about a guest that has locked up, or panicked and stopped.</summary>
    public LockupAction Lockup { get; init; } = LockupAction.Stop;

    /// <summary>The Ethernet controller's address and VLANs.</summary>
    public GelicConfig Gelic { get; init; } = new();

    /// <summary>What the Ethernet cable leads to; null: to nothing but the debug console, which is always read.</summary>
    public INetworkBackend? Network { get; init; }

    /// <summary>Takes console bytes: the debug console over Ethernet and lv1's own. Called under the machine's lock.</summary>
    public Action<ReadOnlySpan<byte>>? Console { get; init; }

    /// <summary>Where parts report what is unusual.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Boot memory (rm_size): 128 MiB as on consoles, or all memory when there is less.</summary>
    public ulong BootMemorySize => Math.Min(BootRequest.RetailBootMemory, MemorySize);
}
