using CellPpe.Ppe.Engines;
using Lv1Hypervisor;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ps3Platform.Devices.Audio;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Gelic;
using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.Network;
using Ps3Platform.Devices.Storage;
using Ps3Platform.Devices.Storage.Optical;
using Ps3Platform.Devices.Usb;
using Ps3Platform.Devices.Video;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.Lockups;
using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Timeline;

namespace Ps3Platform.Machine.Configuration;

/// <summary>The source of guest time.</summary>
public enum ClockMode
{
    /// <summary>The time base follows the host's clock.</summary>
    Host,

    /// <summary>The time base advances with retired instructions: the same run gives the same states, always.</summary>
    Instructions,
}

/// <summary>The complete configuration from which <see cref="MachineBuilder"/> builds a machine.</summary>
public sealed record MachineConfig
{
    /// <summary>Retail consoles: 256 MiB.</summary>
    public const ulong DefaultMemory = 256UL << 20;

    /// <summary>SPEs that a retail console gives to OtherOS: one of eight is disabled, and lv1 reserves one.</summary>
    public const int RetailSpes = 6;

    /// <summary>SPEs of a Cell.</summary>
    public const int MostSpes = 8;

    /// <summary>
    /// Functions that make devices in addition to those of every console. Each is called once, while the machine is built.
    /// </summary>
    public IReadOnlyList<Func<DevicePorts, IDevice>> Devices { get; init; } = [];

    /// <summary>
    /// Stores the bytes of the disk's OtherOS region; null for a machine without a disk. The machine does not dispose of it, so that a
    /// restarted guest has the same disk.
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

    /// <summary>
    /// What is plugged into the USB sockets; null: nothing. The machine does not dispose of it: a guest that restarts finds the same
    /// devices.
    /// </summary>
    public UsbPlugs? Usb { get; init; }

    /// <summary>The kernel, already recognised.</summary>
    public required BootImage Kernel { get; init; }

    /// <summary>The initial RAM disk, or null.</summary>
    public ImageFile? Initrd { get; init; }

    /// <summary>A device tree in place of the generated one, or null.</summary>
    public ImageFile? DeviceTree { get; init; }

    /// <summary>The kernel command line.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Memory of the partition in bytes: boot memory and the memory that lv1_allocate_memory allocates, together.</summary>
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

    /// <summary>Record what each SPE does and when, in <see cref="Spes.MachineSpes.Timeline"/>.</summary>
    public bool SpeTimeline { get; init; }

    /// <summary>The engine that executes SPU instructions.</summary>
    public SpuEngine SpuEngine { get; init; } = SpuEngine.Auto;

    /// <summary>Accuracy of single precision in compiled SPU code.</summary>
    public SpuFloatMode SpuFloat { get; init; } = SpuFloatMode.Exact;

    /// <summary>Makes the engines of SPU instructions, for tests; null for the standard engines.</summary>
    internal ISpuEngineFactory? SpuEngines { get; init; }

    /// <summary>The source of guest time.</summary>
    public ClockMode Clock { get; init; } = ClockMode.Host;

    /// <summary>
    /// Runs each hardware thread on its own host thread. It has an effect only with the host's clock and two threads, and was tested only
    /// on x86-64, whose storage order is stronger than a PPE's. Guests with two busy threads run faster. The first tier of native code
    /// supports one host thread only, so all other guests start more slowly.
    /// </summary>
    public bool HostThreads { get; init; }

    /// <summary>The engine that executes PPE instructions.</summary>
    public PpuEngine Engine { get; init; } = PpuEngine.Auto;

    /// <summary>
    /// The maximum of guest instructions kept compiled, for the PPE's compiler and for that of the SPEs; null for their defaults. Evicted
    /// code is compiled again when it becomes hot again.
    /// </summary>
    public long? CompiledLimit { get; init; }

    /// <summary>The picture size that the monitor reports.</summary>
    public VideoMode Video { get; init; } = VideoMode.P720;

    /// <summary>The functions that the GPU allows beside the framebuffer.</summary>
    public GpuProfile Gpu { get; init; } = GpuProfile.Retail;

    /// <summary>The version that lv1_get_version_info reports.</summary>
    public FirmwareVersion Firmware { get; init; } = FirmwareVersion.Retail;

    /// <summary>
    /// Real-time clock at power-on with the instruction clock, in seconds since 2000-01-01 UTC. The default is the day of the console's
    /// release in Europe, 2007-03-23.
    /// </summary>
    public ulong RtcAtPowerOn { get; init; } = 227_923_200;

    /// <summary>Symbols of a kernel whose image has none, or null.</summary>
    public SymbolTable? Symbols { get; init; }

    /// <summary>What is done about a guest that has locked up, or panicked and stopped.</summary>
    public LockupAction Lockup { get; init; } = LockupAction.Stop;

    /// <summary>The Ethernet controller's address and VLANs.</summary>
    public GelicConfig Gelic { get; init; } = new();

    /// <summary>The network that the Ethernet cable is connected to; null for none. The debug console is read in either case.</summary>
    public INetworkBackend? Network { get; init; }

    /// <summary>Receives what the sound device plays; null to drop it. The machine does not dispose of it.</summary>
    public IAudioSink? Audio { get; init; }

    /// <summary>Receives the bytes of the debug console over Ethernet and of lv1's console. Called under the machine's lock.</summary>
    public Action<ReadOnlySpan<byte>>? Console { get; init; }

    /// <summary>Makes the loggers of the machine's parts.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Boot memory (rm_size) in bytes: 128 MiB as on consoles, or all memory when that is less.</summary>
    public ulong BootMemorySize => Math.Min(BootRequest.RetailBootMemory, MemorySize);
}
