using System.CommandLine;
using System.Text;

using Microsoft.Extensions.Logging;

using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Remote;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Cli.Terminals;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Devices.Storage.Optical;
using Ps3Platform.Devices.Usb;
using Ps3Platform.Host.Blocks;
using Ps3Platform.Host.Characters;
using Ps3Platform.Host.Network;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Configuration.Kinds;
using Ps3Platform.Monitor.Control;
using Ps3Platform.Web;

namespace Ps3Platform.Cli.Session;

/// <summary>
/// The options of a command that runs a guest, and the run that they describe. Each command has its own instance. The options are declared
/// in <see cref="MachineSchema"/>; the command line takes precedence over the file of <c>--config</c>.
/// </summary>
internal sealed class BootOptions
{
    private static readonly OptionField KernelField = MachineSchema.Fields.Single(static field => field.IsOperand);

    private readonly Operand<string?> _kernel = new(KernelField.Placeholder!)
    {
        Description = KernelField.Help,
        Arity = ArgumentArity.ZeroOrOne,
        Shape = KernelField.Shape,
    };
    private readonly Setting<string> _config = new(
        "--config", new PathKind("FILE"),
        "Read options from this JSON file, by their names without dashes: { \"memory\": \"1G\", \"cpus\": 1 }. "
        + "Options of the command line win.");
    private readonly Setting<string> _save = new(
        "--save", new PathKind("FILE"),
        "Write what all options together mean to this JSON file, then boot. \"ps3 run FILE\" boots that machine.");
    private readonly FieldOptions _fields = new();

    /// <summary>Adds the kernel and all options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_kernel);
        command.Options.Add(_config);
        AddOptionsTo(command);
    }

    /// <summary>Adds all options to a command whose operand is a file of options.</summary>
    public void AddOptionsTo(Command command)
    {
        foreach (Option option in (IEnumerable<Option>)[_save, .. _fields.All])
            command.Options.Add(option);
    }

    /// <summary>Boots the guest that the command line names and waits for its end.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="prepare">Called with every machine (there are several when the guest restarts) before it runs.</param>
    /// <param name="file">A file of options, when it is an operand of the command and the kernel is not.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public int Run(ParseResult parsed, Action<Ps3Machine>? prepare = null, string? file = null)
    {
        // Options are checked before other files are read and unpacked.
        SourcedOptions options = Read(parsed, file);
        options.Check();
        OutputFile? saved = _save.TryRead(parsed, out string? path) ? OutputFile.Check(path, _save.Name) : null;
        MachineOptions asked = options.Options;
        SerialChoice.Complete(options, GuestFiles.IsBuiltIn(options.Options));
        using LoggerFactory loggers = CreateLoggers(options.Options.Log);
        var control = new MachineControl(options.Options.Paused);
        BootReport report = ReadReport(options, control) with { Prepare = prepare };
        MonitorPorts.Check(options);
        MachineConfig read = MachineConfigFactory.Create(options.Options, new OptionFiles(options), Terminal.Note);
        ulong? place = BreakOf(options, read);
        if (saved is not null)
            Save(asked, saved);
        // Opened last, so that a wrong command line opens no port and truncates no file.
        using IBlockBackend? disk = Open(options, "disk", options.Options.Disk ?? GuestFiles.DiskOf(options.Options), BlockBackends.Open);
        using var disc = new DiscTray(Open(options, "cdrom", options.Options.Disc, BlockBackends.OpenDisc), DiscFiles.Open);
        using StandardLine? line = StandardLine.Open(options);
        using SerialLine? page = options.Options.Web is null ? null : new SerialLine();
        using UsbPlugs usb = UsbFiles.Open(options, line?.Serial, page);
        using IBlockBackend? flash = options.Options.Flash is { } image ? FlashFile.OpenOrMake(image, options.PlaceOf("flash")) : null;
        using var console = new GuestConsole(options, line?.Backend);
        line?.Tell(console.Remember);
        using HostNetwork? network = HostNetwork.Open(options.Options.Network, options.Options.PacketCapture);
        using var sound = new SoundOutput(options);
        using var monitor = new MonitorPorts(options, control, line?.Monitor);
        using var screens = new RemoteScreens(options, control, page);
        MachineConfig config = read with
        {
            Console = line?.Dialogue is not { } dialogue ? console.Write : bytes =>
            {
                console.Write(bytes);
                dialogue.Feed(bytes);
            },
            Loggers = loggers,
            Disk = disk,
            Disc = disc,
            Flash = flash,
            Usb = usb,
            Network = network,
            Audio = sound.Feed,
        };
        // lv1 reads the boot image at each start, and a guest may have written another.
        MachineConfig Renew(MachineConfig before) => flash is null || options.Options.Kernel is not null ? before
            : before with { Kernel = MachineConfigFactory.ReadKernelOf(FlashFile.Read(flash), options.Options, Terminal.Note) };
        int code = sound.Finish(
            new BootSession(config, Renew, console, report with { Break = place, Line = line, Screens = screens }).Run());
        UsbFiles.Drain(usb);
        return network is null ? code : Finish(network, code);
    }

    // The capture file is complete only when it is closed.
    private static int Finish(HostNetwork network, int code)
    {
        network.Dispose();
        if (network.NotCaptured > 0)
            Terminal.Note($"{network.NotCaptured:N0} frames are not in the capture: its file was too slow");
        if (network.Dropped > 0)
            Terminal.Note($"{network.Dropped:N0} frames of the guest were dropped: the network did not keep up");
        if (network.CaptureProblem is not { } problem)
            return code;
        Terminal.Error(problem);
        return code == ExitCode.Success ? ExitCode.OutputLost : code;
    }

    private static IBlockBackend? Open(
        SourcedOptions options, string name, BlockOptions? asked, Func<BlockOptions, Action<string>, IBlockBackend> open)
    {
        try
        {
            return asked is null ? null : open(asked, Terminal.Error);
        }
        catch (BlockOpenException e)
        {
            throw new UsageException($"{options.PlaceOf(name)} {e.Message}.");
        }
    }

    private static ulong? BreakOf(SourcedOptions options, MachineConfig config)
    {
        if (options.Options.Break is not { } place)
            return null;
        ulong address = KernelPlace.Resolve(place, config.Kernel, config.Symbols ?? config.Kernel.Symbols, "--symbols");
        return (address & 3) == 0
            ? address
            : throw new UsageException($"{options.PlaceOf("break")} {place}: instructions stand at multiples of 4.");
    }

    private static void Save(MachineOptions options, OutputFile file)
    {
        string text = ConfigurationWriter.Write(options, Path.GetDirectoryName(Path.GetFullPath(file.Path)) ?? "");
        file.Write(stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    private SourcedOptions Read(ParseResult parsed, string? operand)
    {
        var options = new SourcedOptions();
        if (operand is not null)
            OptionFiles.ReadConfiguration(operand, place: null, options);
        else if (_config.TryRead(parsed, out string? file))
            OptionFiles.ReadConfiguration(file, _config.Name, options);
        _fields.Read(parsed, options);
        if (operand is null && parsed.GetValue(_kernel) is { } kernel)
            options.Set(KernelField, kernel, KernelField.Placeholder!);
        return options;
    }

    private static BootReport ReadReport(SourcedOptions sourced, MachineControl control)
    {
        MachineOptions options = sourced.Options;
        OutputFile? Checked(string? path, string option) => path is null ? null : OutputFile.Check(path, sourced.PlaceOf(option));
        OutputFile? screenshot = Checked(options.Screenshot, "screenshot");
        string stem = Path.ChangeExtension(options.Screenshot ?? "screenshot.png", null);
        string Numbered(int number) => $"{stem}-{number:000}.png";
        if (options.ScreenshotEvery is not null)
            _ = Checked(Numbered(1), "screenshot-every");
        return new BootReport
        {
            Control = control,
            Screenshot = screenshot,
            ScreenshotEvery = options.ScreenshotEvery,
            NumberedScreenshot = number => OutputFile.Unchecked(Numbered(number)),
            Timeout = options.Timeout,
            Instructions = options.Instructions,
            SpeTimeline = Checked(options.SpeTimeline, "spe-timeline"),
            LogBuffer = options.LogBuffer,
            NoReboot = options.NoReboot,
            Stats = options.Stats,
            StateHash = options.StateHash,
            Audit = options.Audit,
        };
    }

    private static LoggerFactory CreateLoggers(LogLevel least) =>
        // LoggerFactory.Create is avoided, because its service container takes longer than the rest of the start.
        new([new TerminalLoggerProvider()], new LoggerFilterOptions { MinLevel = least });
}
