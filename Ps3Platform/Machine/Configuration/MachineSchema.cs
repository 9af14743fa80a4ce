using CellPpe.Ppe.Engines;

using Microsoft.Extensions.Logging;

using Ps3Platform.Devices.Audio;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.Network;
using Ps3Platform.Devices.Usb;
using Ps3Platform.Devices.Video;
using Ps3Platform.Machine.Configuration.Kinds;
using Ps3Platform.Machine.Lockups;

using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Timeline;

namespace Ps3Platform.Machine.Configuration;

/// <summary>
/// The one table of options: for each property of <see cref="MachineOptions"/> its name, kind of value with unit and range, and help.
/// To add an option, add the property, whose initial value is the default, and a row here.
/// </summary>
public static class MachineSchema
{
    private const int MostSpeThreads = 64;

    /// <summary>Engines of SPU programs; <c>ps3 spu run</c> has the same.</summary>
    internal static readonly ChoiceKind<SpuEngine> SpuEngines = new(
        ("auto", SpuEngine.Auto), ("interpreter", SpuEngine.Interpreter), ("compiled", SpuEngine.Compiled));

    /// <summary>Single precision of compiled SPU code.</summary>
    internal static readonly ChoiceKind<SpuFloatMode> SpuFloats = new(("exact", SpuFloatMode.Exact), ("relaxed", SpuFloatMode.Relaxed));

    /// <summary>Clocks.</summary>
    internal static readonly ChoiceKind<ClockMode> Clocks = new(("host", ClockMode.Host), ("instructions", ClockMode.Instructions));

    private static readonly ChoiceKind<PpuEngine> PpuEngines = new(
        ("auto", PpuEngine.Auto), ("interpreter", PpuEngine.Interpreter), ("compiled", PpuEngine.Compiled));

    private static readonly ChoiceKind<LogLevel> LogLevels = new(
        "LEVEL", ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error),
        ("none", LogLevel.None));

    private static readonly ChoiceKind<GpuProfile> GpuProfiles = new(("retail", GpuProfile.Retail), ("strict", GpuProfile.Strict));

    private static readonly ChoiceKind<LockupAction> LockupActions = new(
        ("off", LockupAction.Off), ("report", LockupAction.Report), ("stop", LockupAction.Stop));

    /// <summary>All options, in the order in which help pages list them.</summary>
    public static IReadOnlyList<OptionField> Fields { get; } =
    [
        new ValueField<string>(
            "kernel", new PathKind("KERNEL", "linux", "penguin"),
            "vmlinux (ELF64), dtbImage.ps3 (ELF32 with boot wrapper) or otheros.bld; .gz and .xz are unpacked. \"-\": standard input. "
            + "\"linux\" is what firmware-stubs/linux/build.sh built. Nothing: the image in --flash, or the built-in guest.",
            static o => o.Kernel, static (o, path) => o with { Kernel = path }) { IsOperand = true },
        new ValueField<string>(
            "initrd", new PathKind("FILE"), "Initial RAM disk to place beside the kernel (used as it is).",
            static o => o.Initrd, static (o, path) => o with { Initrd = path }),
        new ValueField<string>(
            "append", new TextKind("TEXT"), "Kernel command line, for instance \"console=hvc0 quiet\".",
            static o => o.CommandLine, static (o, text) => o with { CommandLine = text }),
        new ValueField<BlockOptions>(
            "disk", new BlockKind(),
            "Disk image, a raw file; with size=8G it is made when there is none. ro: the guest cannot write. snapshot: its writes are "
            + "dropped "
            + "at the end. format=qcow2: by qemu-nbd. Also nbd://HOST:PORT/NAME and nbd+unix:///NAME?socket=PATH. onerror=report: errors "
            + "of the "
            + "host reach the guest; onerror=pause: the machine waits until they are mended. A comma of a name is written twice.",
            static o => o.Disk, static (o, disk) => o with { Disk = disk }),
        new ValueField<BlockOptions>(
            "cdrom", new BlockKind(),
            "Image of the disc in the optical drive, which is read only: an .iso file, or an address or format as for --disk. Its size "
            + "makes it a CD, a DVD or a BD. If not given, the drive is empty.",
            static o => o.Disc, static (o, disc) => o with { Disc = disc }),
        new ValueField<string>(
            "flash", new PathKind("FILE"),
            "Flash of 4 MiB with the console's settings; it is made when there is none. Without KERNEL the guest is the image in it. "
            + "\"ps3 flash\" shows and changes it.",
            static o => o.Flash, static (o, path) => o with { Flash = path }),
        new ValueField<UsbDeviceList>(
            "usb", new UsbDevicesKind(),
            "Plug a device into a USB socket; may be given several times. A keyboard and a tablet are there beside it, unless none is "
            + "given. A disk takes what --disk takes, a serial adapter (/dev/ttyUSB0 in Linux) what --console takes.",
            static o => o.Usb.ToString() is { Length: > 0 } ? o.Usb : null, static (o, usb) => o with { Usb = usb }) { Separator = ";" },
        new ValueField<CharacterSpec>(
            "serial", new CharacterPlaceKind(hasPage: true),
            "Connect a USB serial adapter, /dev/ttyUSB0 in Linux: the same as --usb serial=WHERE. stdio on a terminal: each key goes to "
            + "the guest, Ctrl-C too; Ctrl-A x ends the machine, Ctrl-A h lists more. A kernel that is booted on a terminal has that "
            + "unless this option or --expect is given. web: the terminal in the page of --web.",
            static o => o.Serial, static (o, place) => o with { Serial = place }),
        new ValueField<string>(
            "expect", new PathKind("FILE"),
            "Talk to the guest at a USB serial adapter as this file says, a step a line: wait for TEXT, send TEXT, type TEXT, fail on "
            + "TEXT, within TIME, break, quit. Exit code 8 when the dialogue fails. It needs no --serial.",
            static o => o.Expect, static (o, path) => o with { Expect = path }),
        new ValueField<string>(
            "dtb", new PathKind("FILE"), "Device tree blob in place of the generated one.",
            static o => o.DeviceTree, static (o, path) => o with { DeviceTree = path }),
        new ValueField<ulong>(
            "memory", new SizeKind(32UL << 20, 2UL << 30, 16UL << 20),
            "Memory of the partition: up to 128M as boot memory, the rest through lv1_allocate_memory. A console has 256M.",
            static o => o.MemorySize, static (o, size) => o with { MemorySize = size }) { Aliases = ["-m"] },
        new ValueField<ulong>(
            "cpus", new NumberKind(1, 2, "a PPE has two hardware threads"), "Hardware threads of the PPE.",
            static o => (ulong)o.Threads, static (o, count) => o with { Threads = (int)count }) { Aliases = ["--smp"] },
        new ValueField<ClockMode>(
            "clock", Clocks,
            "host: guest time follows the host. instructions: time advances with instructions, and the same run gives the same states.",
            static o => o.Clock, static (o, clock) => o with { Clock = clock }),
        new ValueField<ulong>(
            "host-threads", new NumberKind(1, 2),
            "1: both hardware threads of the PPE run in turns on one host thread. 2: each has its own, for guests that keep both busy.",
            static o => (ulong)o.HostThreads, static (o, count) => o with { HostThreads = (int)count }),
        new ValueField<PpuEngine>(
            "engine", PpuEngines,
            "auto: interpret, and compile what is hot. interpreter: never compile. compiled: compile what has run a few times.",
            static o => o.Engine, static (o, engine) => o with { Engine = engine }),
        new ValueField<VideoMode>(
            "video", new ChoiceKind<VideoMode>("MODE", [.. VideoMode.All.Select(static mode => (mode.Name, mode))]),
            "Picture size the monitor asks for.",
            static o => o.Video, static (o, mode) => o with { Video = mode }),
        new ValueField<string>(
            "screenshot", new PathKind("FILE"), "Write the screen to this PNG file when the machine stops.",
            static o => o.Screenshot, static (o, path) => o with { Screenshot = path }),
        new ValueField<TimeSpan>(
            "screenshot-every", new TimeKind(), "Also write it every TIME of guest time, as FILE-001.png and so on.",
            static o => o.ScreenshotEvery, static (o, time) => o with { ScreenshotEvery = time }),
        new ValueField<TimeSpan>(
            "timeout", new TimeKind(), "Stop after this much host time, with exit code 124.",
            static o => o.Timeout, static (o, time) => o with { Timeout = time }),
        new ValueField<ulong>(
            "instructions", new NumberKind(1), "Stop after this many instructions of all threads together, with exit code 124.",
            static o => o.Instructions, static (o, count) => o with { Instructions = count }),
        new FlagField(
            "no-reboot", "Stop with exit code 5 when the guest restarts, instead of restarting.",
            static o => o.NoReboot, static (o, on) => o with { NoReboot = on }),
        new ValueField<CharacterSpec>(
            "console", new CharacterPlaceKind(),
            "Where the text of the guest's console goes. tcp and unix listen, on loopback if no HOST is given; "
            + "the guest does not wait for a client.",
            static o => o.Console, static (o, place) => o with { Console = place }),
        new ValueField<CharacterSpec>(
            "monitor", new MonitorPlaceKind(),
            "Take commands while the guest runs, a line each: info, stop, cont, screendump, system_reset, quit; \"help\" lists them. "
            + "tcp and unix listen, on loopback if no HOST is given.",
            static o => o.Monitor, static (o, place) => o with { Monitor = place }),
        new ValueField<CharacterSpec>(
            "qmp", new MonitorPlaceKind(), "The same for programs: JSON lines as of the QEMU Machine Protocol, with events.",
            static o => o.Qmp, static (o, place) => o with { Qmp = place }),
        new ValueField<VncSpec>(
            "vnc", new VncPlaceKind(),
            "Serve the screen to VNC viewers: display N is port 5900 + N, on loopback if no ADDRESS is given. "
            + "password=FILE: the first line of FILE, of which eight characters count.",
            static o => o.Vnc, static (o, place) => o with { Vnc = place }),
        new ValueField<WebSpec>(
            "web", new WebPlaceKind(),
            "Serve screen, keyboard, pointer and controls to browsers, on loopback if no ADDRESS is given. "
            + "The address to open is printed; it has a secret in it.",
            static o => o.Web, static (o, place) => o with { Web = place }),
        new ValueField<AudioSpec>(
            "audio", new AudioPlaceKind(),
            "Where the guest's sound goes. wav: a file, another one for each format. pipe: samples without a header, little-endian, left "
            + "and right in turn. host: the loudspeakers, by aplay (apt install alsa-utils).",
            static o => o.Audio, static (o, place) => o with { Audio = place }),
        new FlagField(
            "paused", "Start stopped: the guest waits for the monitor's command cont.",
            static o => o.Paused, static (o, on) => o with { Paused = on }) { Aliases = ["-S"] },
        new FlagField(
            "stats", "Print instructions, speed and counts at the end.",
            static o => o.Stats, static (o, on) => o with { Stats = on }),
        new FlagField(
            "state-hash", "Print a hash of registers, page table, time and memory at the end.",
            static o => o.StateHash, static (o, on) => o with { StateHash = on }),
        new FlagField(
            "audit", "Print how often each hypercall was made, and the last calls, at the end.",
            static o => o.Audit, static (o, on) => o with { Audit = on }),
        new ValueField<bool>(
            "fixups", new ChoiceKind<bool>(("auto", true), ("none", false)),
            "auto: repair known faults of guest kernels that keep them from booting on a console too, and say so. "
            + "none: boot them as they are.",
            static o => o.RepairKernel, static (o, on) => o with { RepairKernel = on }),
        new ValueField<LogLevel>(
            "log", LogLevels, "Least severe messages to print.",
            static o => o.Log, static (o, level) => o with { Log = level }),
        new ValueField<ulong>(
            "spes", new NumberKind(0, MachineConfig.MostSpes, "a Cell has eight SPEs, of which a retail console gives six"),
            "SPEs of the partition.",
            static o => (ulong)o.Spes, static (o, count) => o with { Spes = (int)count }),
        new ValueField<SpuEngine>(
            "spu-engine", SpuEngines, "The same for the SPEs' programs; like --engine if not given.",
            static o => o.SpuEngine, static (o, engine) => o with { SpuEngine = engine }),
        new ValueField<SpuFloatMode>(
            "spu-float", SpuFloats,
            "Single precision of compiled SPU code. exact: as the SPU manual defines it, to the bit. relaxed: as the host does it.",
            static o => o.SpuFloat, static (o, mode) => o with { SpuFloat = mode }) { Implied = SpuFloats.Write(SpuFloatMode.Exact) },
        new ValueField<SpePolicy>(
            "spe-policy",
            new ChoiceKind<SpePolicy>(
                "POLICY", [.. Enum.GetValues<SpePolicy>().Select(static policy => (SpeSchedulerOptions.NameOf(policy), policy))]),
            "one-thread-each: an SPE has a host thread (default where the host has more cores than SPEs). "
            + "time-sliced: SPEs share some (default elsewhere). "
            + "round-robin: SPEs run in turns with the PPE (always with --clock instructions).",
            static o => o.SpePolicy, static (o, policy) => o with { SpePolicy = policy }),
        new ValueField<ulong>(
            "spe-threads", new NumberKind(1, MostSpeThreads),
            "Host threads of --spe-policy time-sliced; as many as the host has cores if not given.",
            static o => o.SpeThreads is { } count ? (ulong)count : null, static (o, count) => o with { SpeThreads = (int)count }),
        new ValueField<SpeQuantum>(
            "spe-quantum", new QuantumKind(), "How long an SPE runs while others wait: host time, or instructions (i).",
            static o => o.SpeQuantum, static (o, quantum) => o with { SpeQuantum = quantum }),
        new ValueField<string>(
            "spe-timeline", new PathKind("FILE"), "Write what each SPE did when to this file, for ui.perfetto.dev or chrome://tracing.",
            static o => o.SpeTimeline, static (o, path) => o with { SpeTimeline = path }),
        new ValueField<string>(
            "symbols", new PathKind("FILE"), "System.map with the symbols of a stripped kernel (.xz, .gz as they are).",
            static o => o.Symbols, static (o, path) => o with { Symbols = path }),
        new ValueField<GpuProfile>(
            "gpu", GpuProfiles,
            "What the GPU grants beside the framebuffer. retail: the copies of the command FIFO that Linux's ps3vram uses; strict: no "
            + "FIFO.",
            static o => o.Gpu, static (o, profile) => o with { Gpu = profile }),
        new ValueField<LockupAction>(
            "lockup", LockupActions,
            "When the guest can provably never go on, or has panicked and waits: stop with exit code 4 or 3; "
            + "report it and run on; off: do not look for it.",
            static o => o.Lockup, static (o, action) => o with { Lockup = action }),
        new FlagField(
            "log-buffer", "Print the kernel's whole log from guest memory at the end, however the run ends.",
            static o => o.LogBuffer, static (o, on) => o with { LogBuffer = on }),
        new ValueField<string>(
            "break", new TextKind("PLACE"),
            "Stop with exit code 7 before the instruction at an effective address (0x...) or symbol of the kernel, and say where. "
            + "Linux runs at its symbols' addresses once it has turned translation on.",
            static o => o.Break, static (o, place) => o with { Break = place }),
        new ValueField<string>(
            "name", new TextKind("NAME"), "Name of the machine. Machines of different names have different Ethernet addresses.",
            static o => o.Name, static (o, name) => o with { Name = name }),
        new ValueField<NetworkSpec>(
            "net", new NetworkSpecKind(),
            "What the Ethernet cable leads to. user: the host's network behind address translation, with DHCP and DNS; "
            + "hostfwd=tcp:127.0.0.1:2222-:22 lets host port 2222 reach guest port 22, restrict=on keeps the guest from all else. "
            + "switch: other machines with the same socket. tap: an interface of the host (Linux).",
            static o => o.Network, static (o, network) => o with { Network = network }),
        new ValueField<ulong>(
            "mac", new MacAddressKind(), "Ethernet address of the machine; if not given, it follows from --name.",
            static o => o.MacAddress, static (o, address) => o with { MacAddress = address }),
        new ValueField<string>(
            "pcap", new PathKind("FILE"), "Write every Ethernet frame in and out to this pcapng file, for tcpdump or Wireshark.",
            static o => o.PacketCapture, static (o, path) => o with { PacketCapture = path }),
        new ValueField<bool>(
            "gelic", new ChoiceKind<bool>(("plain", false), ("vlan", true)),
            "plain: the Ethernet controller alone. vlan: with a console's internal VLANs, and a wireless LAN whose scan finds nothing.",
            static o => o.GelicVlans, static (o, on) => o with { GelicVlans = on }),
    ];

    /// <summary>The option with a name, without dashes, or null.</summary>
    public static OptionField? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);
}
