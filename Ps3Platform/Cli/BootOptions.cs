using System.CommandLine;

using CellPpe.Ppe.Execution;

using Microsoft.Extensions.Logging;

using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Options;
using Ps3Platform.Devices.Video;
using Ps3Platform.Host.Characters;
using Ps3Platform.Loaders;
using Ps3Platform.Machine;

namespace Ps3Platform.Cli;

/// <summary>The options of every command that runs a guest, and what they ask for. One for each command.</summary>
internal sealed class BootOptions
{
    private readonly Argument<string?> _kernel = new("KERNEL")
    {
        Description = "vmlinux (ELF64), dtbImage.ps3 (ELF32 with boot wrapper) or otheros.bld; .gz and .xz are unpacked. \"-\": standard input. "
            + "\"linux\" is what firmware-stubs/linux/build.sh built. Nothing: the built-in guest.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Setting<string> _initrd = new("--initrd", new TextKind("FILE"), "Initial RAM disk to place beside the kernel (used as it is).");
    private readonly Setting<string> _append = new("--append", new TextKind("TEXT"), "Kernel command line, for instance \"console=hvc0 quiet\".");
    private readonly Setting<string> _tree = new("--dtb", new TextKind("FILE"), "Device tree blob in place of the generated one.");
    private readonly Setting<ulong> _memory = new(
        "--memory", new SizeKind(32UL << 20, 2UL << 30, 16UL << 20),
        "Memory of the partition: up to 128M as boot memory, the rest through lv1_allocate_memory. A console has 256M.",
        "256M", "-m");
    private readonly Setting<ulong> _cpus = new(
        "--cpus", new NumberKind(1, 2, "a PPE has two hardware threads"), "Hardware threads of the PPE.", "2", "--smp");
    private readonly Setting<ClockMode> _clock = new(
        "--clock", new ChoiceKind<ClockMode>(("host", ClockMode.Host), ("instructions", ClockMode.Instructions)),
        "host: guest time follows the host. instructions: time advances with instructions, and the same run gives the same states.", "host");
    private readonly Setting<ulong> _hostThreads = new(
        "--host-threads", new NumberKind(1, 2),
        "1 (default): both hardware threads of the PPE run in turns on one host thread. 2: each has its own, for guests that keep both busy.");
    private readonly Setting<PpuEngine> _engine = new(
        "--engine", new ChoiceKind<PpuEngine>(("auto", PpuEngine.Auto), ("interpreter", PpuEngine.Interpreter), ("compiled", PpuEngine.Compiled)),
        "auto: interpret, and compile what is hot. interpreter: never compile. compiled: compile what has run a few times.", "auto");
    private readonly SpeOptions _spes;
    private readonly KernelOptions _kernelOptions = new();
    private readonly Setting<VideoMode> _video = new(
        "--video", new ChoiceKind<VideoMode>("MODE", [.. VideoMode.All.Select(static mode => (mode.Name, mode))]), "Picture size the monitor asks for.", "720p");
    private readonly Setting<string> _screenshot = new("--screenshot", new TextKind("FILE"), "Write the screen to this PNG file when the machine stops.");
    private readonly Setting<TimeSpan> _every = new("--screenshot-every", new TimeKind(), "Also write it every TIME of guest time, as FILE-001.png and so on.");
    private readonly Setting<CharacterSpec> _console = new(
        "--console", new CharacterKindOfValue(),
        "Where the text of the guest's console goes. tcp and unix listen, on loopback if no HOST is given; "
        + "the guest does not wait for a client.",
        "stdio");
    private readonly Setting<TimeSpan> _timeout = new("--timeout", new TimeKind(), "Stop after this much host time, with exit code 124.");
    private readonly Setting<ulong> _instructions = new("--instructions", new NumberKind(1), "Stop after this many instructions of all threads together, with exit code 124.");
    private readonly Flag _noReboot = new("--no-reboot", "Stop with exit code 5 when the guest restarts, instead of restarting.");
    private readonly Flag _stats = new("--stats", "Print instructions, speed and counts at the end.");
    private readonly Flag _hash = new("--state-hash", "Print a hash of registers, page table, time and memory at the end.");
    private readonly Flag _audit = new("--audit", "Print how often each hypercall was made, and the last calls, at the end.");
    private readonly Setting<bool> _fixups = new(
        "--fixups", new ChoiceKind<bool>(("auto", true), ("none", false)),
        "auto: repair known faults of guest kernels that keep them from booting on a console too, and say so. none: boot them as they are.", "auto");
    private readonly Setting<LogLevel> _log = new(
        "--log",
        new ChoiceKind<LogLevel>(
            "LEVEL", ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error), ("none", LogLevel.None)),
        "Least severe messages to print.", "warning");

    public BootOptions() => _spes = new SpeOptions(_engine);

    /// <summary>Adds the kernel and all options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_kernel);
        Option[] options =
        [
            _initrd, _append, _tree, _memory, _cpus, _clock, _hostThreads, _engine, _video, _screenshot, _every, _timeout, _instructions, _noReboot, _stats, _hash, _audit, _fixups, _log,
            _console,
        ];
        foreach (Option option in (IEnumerable<Option>)[.. options, .. _spes.All, .. _kernelOptions.All])
            command.Options.Add(option);
    }

    /// <summary>Boots what the command line asks for and waits for its end.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="prepare">Called with every machine (there are several when the guest restarts) before it runs.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public int Run(ParseResult parsed, Action<Ps3Machine>? prepare = null)
    {
        using LoggerFactory loggers = CreateLoggers(_log.Read(parsed));
        BootReport report = ReadReport(parsed) with { Prepare = prepare };
        CharacterSpec consoleSpec = _console.Read(parsed);
        MachineConfig read = ReadConfig(parsed);
        // Last of all: a command line that is wrong opens no port and empties no file.
        using var console = new GuestConsole(consoleSpec);
        MachineConfig config = read with { Console = console.Write, Loggers = loggers };
        return new BootSession(config, console, report).Run();
    }

    private MachineConfig ReadConfig(ParseResult parsed)
    {
        // What can be wrong on the command line is found before files are read and unpacked.
        ulong size = _memory.Read(parsed);
        int threads = (int)_cpus.Read(parsed);
        ClockMode clock = _clock.Read(parsed);
        bool hostThreads = ReadHostThreads(parsed, clock, threads);
        PpuEngine engine = _engine.Read(parsed);
        VideoMode video = _video.Read(parsed);
        bool repairs = _fixups.Read(parsed);

        Guest guest = GuestFiles.Open(parsed.GetValue(_kernel));
        string? initrd = _initrd.TryRead(parsed, out string? path) ? path : guest.Initrd;
        var config = new MachineConfig
        {
            Kernel = ReadKernel(guest.Kernel, size, repairs),
            Initrd = initrd is null ? null : InputFiles.Read(initrd, _initrd.Name, "a cpio archive or file system image"),
            DeviceTree = _tree.TryRead(parsed, out string? tree) ? InputFiles.Read(tree, _tree.Name, "a device tree blob") : null,
            CommandLine = _append.TryRead(parsed, out string? text) ? text : guest.CommandLine,
            MemorySize = size,
            Threads = threads,
            Clock = clock,
            HostThreads = hostThreads,
            Engine = engine,
            Video = video,
        };
        return _kernelOptions.Apply(parsed, _spes.Apply(parsed, config));
    }

    private BootReport ReadReport(ParseResult parsed)
    {
        OutputFile? screenshot = _screenshot.TryRead(parsed, out string? path) ? OutputFile.Check(path, _screenshot.Name) : null;
        string stem = Path.ChangeExtension(path ?? "screenshot.png", null);
        string Numbered(int number) => $"{stem}-{number:000}.png";
        bool isPeriodic = _every.TryRead(parsed, out TimeSpan period);
        if (isPeriodic)
            OutputFile.Check(Numbered(1), _every.Name);
        return new BootReport
        {
            Screenshot = screenshot,
            ScreenshotEvery = isPeriodic ? period : null,
            NumberedScreenshot = number => OutputFile.Unchecked(Numbered(number)),
            Timeout = _timeout.TryRead(parsed, out TimeSpan limit) ? limit : null,
            Instructions = _instructions.TryRead(parsed, out ulong most) ? most : null,
            SpeTimeline = _spes.ReadTimeline(parsed),
            LogBuffer = _kernelOptions.WantsLog(parsed),
            NoReboot = parsed.GetValue(_noReboot),
            Stats = parsed.GetValue(_stats),
            StateHash = parsed.GetValue(_hash),
            Audit = parsed.GetValue(_audit),
        };
    }

    private bool ReadHostThreads(ParseResult parsed, ClockMode clock, int threads)
    {
        if (!_hostThreads.TryRead(parsed, out ulong hostThreads) || hostThreads == 1)
            return false;
        if (clock == ClockMode.Instructions)
            throw _hostThreads.Refuse(parsed, "with --clock instructions both hardware threads run in turns; leave one of the two out");
        return threads == 2 ? true : throw _hostThreads.Refuse(parsed, "has no effect with --cpus 1; leave one of the two out");
    }

    private static BootImage ReadKernel(ImageFile file, ulong memory, bool repairs)
    {
        BootImage image = OtherOsImage.Read(file, Math.Min(BootRequest.RetailBootMemory, memory));
        if (!repairs)
            return image;
        image = KernelFixups.Apply(image, out IReadOnlyList<KernelFixup> applied);
        foreach (KernelFixup fixup in applied)
            Terminal.Note($"fix-up at 0x{fixup.Address.Value:x}: {fixup.Reason}");
        return image;
    }

    private static LoggerFactory CreateLoggers(LogLevel least) =>
        // Not LoggerFactory.Create: the service container behind it costs more than the rest of the start.
        new([new TerminalLoggerProvider()], new LoggerFilterOptions { MinLevel = least });
}
