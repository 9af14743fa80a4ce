using System.CommandLine;

using CellPpe.Ppe.Execution;

using Microsoft.Extensions.Logging;

using Ps3Platform.Devices.Video;
using Ps3Platform.Loaders;
using Ps3Platform.Machine;

namespace Ps3Platform.Cli;

/// <summary>The options of every command that runs a guest, and what they ask for. One for each command.</summary>
internal sealed class BootOptions
{
    private readonly Argument<string?> _kernel = new("KERNEL")
    {
        Description = "vmlinux (ELF64), dtbImage.ps3 (ELF32 with boot wrapper) or otheros.bld; .gz and .xz are unpacked. "
            + "\"linux\" is what firmware-stubs/linux/build.sh built. Nothing: the built-in guest.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _initrd = new("--initrd") { Description = "Initial RAM disk to place beside the kernel (used as it is).", HelpName = "FILE" };
    private readonly Option<string?> _append = new("--append") { Description = "Kernel command line, for instance \"console=hvc0 shell\".", HelpName = "TEXT" };
    private readonly Option<string?> _tree = new("--dtb") { Description = "Device tree blob in place of the generated one.", HelpName = "FILE" };
    private readonly Option<string> _memory = new("--memory", "-m") { Description = "Memory of the partition: up to 128M as boot memory, the rest through lv1_allocate_memory.", HelpName = "SIZE", DefaultValueFactory = _ => "256M" };
    private readonly Option<int> _cpus = new("--cpus", "--smp") { Description = "Hardware threads of the PPE: 1 or 2.", HelpName = "N", DefaultValueFactory = _ => 2 };
    private readonly Option<string> _clock = new("--clock") { Description = "host: guest time follows the host. instructions: time advances with instructions, and the same run gives the same states.", HelpName = "host|instructions", DefaultValueFactory = _ => "host" };
    private readonly Option<int?> _hostThreads = new("--host-threads") { Description = "1 (default): both hardware threads of the PPE run in turns on one host thread. 2: each has its own (with --clock host), for guests that keep both busy.", HelpName = "1|2" };
    private readonly Option<string> _engine = new("--engine") { Description = "auto: interpret, and compile what is hot. interpreter: never compile. compiled: compile what has run a few times.", HelpName = "auto|interpreter|compiled", DefaultValueFactory = _ => "auto" };
    private readonly SpeOptions _spes;
    private readonly KernelOptions _kernelOptions = new();
    private readonly Option<string> _video = new("--video") { Description = "Picture size the monitor asks for: 480p, 720p or 1080p.", HelpName = "MODE", DefaultValueFactory = _ => "720p" };
    private readonly Option<string?> _screenshot = new("--screenshot") { Description = "Write the screen to this PNG file when the machine stops.", HelpName = "FILE" };
    private readonly Option<string?> _every = new("--screenshot-every") { Description = "Also write it every TIME of guest time, as FILE-001.png and so on.", HelpName = "TIME" };
    private readonly Option<string?> _timeout = new("--timeout") { Description = "Stop after this much host time, with exit code 124.", HelpName = "TIME" };
    private readonly Option<ulong?> _instructions = new("--instructions") { Description = "Stop after this many instructions, with exit code 124.", HelpName = "N" };
    private readonly Option<bool> _noReboot = new("--no-reboot") { Description = "Stop with exit code 5 when the guest restarts, instead of restarting." };
    private readonly Option<bool> _stats = new("--stats") { Description = "Print instructions, speed and counts at the end." };
    private readonly Option<bool> _hash = new("--state-hash") { Description = "Print a hash of registers, page table, time and memory at the end." };
    private readonly Option<bool> _audit = new("--audit") { Description = "Print how often each hypercall was made, and the last calls, at the end." };
    private readonly Option<string> _fixups = new("--fixups") { Description = "auto: repair known faults of guest kernels that keep them from booting on a console too, and say so. none: boot them as they are.", HelpName = "auto|none", DefaultValueFactory = _ => "auto" };
    private readonly Option<string> _log = new("--log") { Description = "Least severe messages to print: debug, info, warning, error, none.", HelpName = "LEVEL", DefaultValueFactory = _ => "warning" };

    public BootOptions() => _spes = new SpeOptions(_engine);

    /// <summary>Adds the kernel and all options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_kernel);
        Option[] options =
        [
            _initrd, _append, _tree, _memory, _cpus, _clock, _hostThreads, _engine, _video, _screenshot, _every, _timeout, _instructions, _noReboot, _stats, _hash, _audit, _fixups, _log,
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
        using LoggerFactory loggers = CreateLoggers(parsed.GetValue(_log)!);
        if (Path.GetDirectoryName(parsed.GetValue(_screenshot)) is { Length: > 0 } folder && !Directory.Exists(folder))
            throw new UsageException($"--screenshot {parsed.GetValue(_screenshot)}: there is no folder {folder}; make it first.");
        using var console = new GuestConsole(Console.OpenStandardOutput());
        MachineConfig config = ReadConfig(parsed) with { Console = console.Write, Loggers = loggers };
        return new BootSession(config, console, ReadReport(parsed) with { Prepare = prepare }).Run();
    }

    private MachineConfig ReadConfig(ParseResult parsed)
    {
        ulong size = Values.Size(parsed.GetValue(_memory)!, "--memory");
        CheckMemory(size, parsed.GetValue(_memory)!);
        int threads = parsed.GetValue(_cpus);
        if (threads is < 1 or > 2)
            throw new UsageException($"--cpus {threads}: a PPE has two hardware threads; give 1 or 2.");
        if (!VideoMode.TryParse(parsed.GetValue(_video)!, out VideoMode? mode))
            throw new UsageException($"--video {parsed.GetValue(_video)}: give one of {string.Join(", ", VideoMode.All.Select(known => known.Name))}.");

        int? hostThreads = parsed.GetValue(_hostThreads);
        if (hostThreads is not (null or 1 or 2))
            throw new UsageException($"--host-threads {hostThreads}: give 1 or 2.");

        Guest guest = GuestFiles.Open(parsed.GetValue(_kernel));
        string? initrd = parsed.GetValue(_initrd) ?? guest.Initrd;
        var config = new MachineConfig
        {
            Kernel = ReadKernel(guest.Kernel, size, parsed.GetValue(_fixups)!),
            Initrd = initrd is null ? null : ImageFile.Read(initrd),
            DeviceTree = parsed.GetValue(_tree) is { } path ? ImageFile.Read(path) : null,
            CommandLine = parsed.GetValue(_append) ?? guest.CommandLine,
            MemorySize = size,
            Threads = threads,
            Clock = ParseClock(parsed.GetValue(_clock)!),
            Engine = ParseEngine(parsed.GetValue(_engine)!),
            Video = mode,
        };
        config = _kernelOptions.Apply(parsed, _spes.Apply(parsed, config));
        return hostThreads is { } chosen ? config with { HostThreads = chosen == 2 } : config;
    }

    private BootReport ReadReport(ParseResult parsed) => new()
    {
        Screenshot = parsed.GetValue(_screenshot),
        ScreenshotEvery = parsed.GetValue(_every) is { } period ? Values.Time(period, "--screenshot-every") : null,
        Timeout = parsed.GetValue(_timeout) is { } limit ? Values.Time(limit, "--timeout") : null,
        Instructions = parsed.GetValue(_instructions),
        SpeTimeline = _spes.TimelinePath(parsed),
        LogBuffer = _kernelOptions.WantsLog(parsed),
        NoReboot = parsed.GetValue(_noReboot),
        Stats = parsed.GetValue(_stats),
        StateHash = parsed.GetValue(_hash),
        Audit = parsed.GetValue(_audit),
    };

    private static void CheckMemory(ulong size, string text)
    {
        const ulong Granule = 16UL << 20;
        const ulong Smallest = 32UL << 20;
        const ulong Largest = 2UL << 30;
        if (size is < Smallest or > Largest || size % Granule != 0)
            throw new UsageException($"--memory {text}: give a multiple of 16M from 32M to 2G; a console has 256M.");
    }

    private static BootImage ReadKernel(ImageFile file, ulong memory, string fixups)
    {
        BootImage image = OtherOsImage.Read(file, Math.Min(BootRequest.RetailBootMemory, memory));
        if (fixups == "none")
            return image;
        if (fixups != "auto")
            throw new UsageException($"--fixups {fixups}: give auto or none.");
        image = KernelFixups.Apply(image, out IReadOnlyList<KernelFixup> applied);
        foreach (KernelFixup fixup in applied)
            Terminal.Note($"fix-up at 0x{fixup.Address.Value:x}: {fixup.Reason}");
        return image;
    }

    private static ClockMode ParseClock(string text) => text switch
    {
        "host" => ClockMode.Host,
        "instructions" => ClockMode.Instructions,
        _ => throw new UsageException($"--clock {text}: give host or instructions."),
    };

    private static PpuEngine ParseEngine(string text) => text switch
    {
        "auto" => PpuEngine.Auto,
        "interpreter" => PpuEngine.Interpreter,
        "compiled" => PpuEngine.Compiled,
        _ => throw new UsageException($"--engine {text}: give auto, interpreter or compiled."),
    };

    private static LoggerFactory CreateLoggers(string level)
    {
        LogLevel least = level switch
        {
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "none" => LogLevel.None,
            _ => throw new UsageException($"--log {level}: give debug, info, warning, error or none."),
        };
        // Not LoggerFactory.Create: the service container behind it costs more than the rest of the start.
        return new LoggerFactory([new TerminalLoggerProvider()], new LoggerFilterOptions { MinLevel = least });
    }
}
