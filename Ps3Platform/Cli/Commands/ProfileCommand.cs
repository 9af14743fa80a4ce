using System.CommandLine;

using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Session;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.Configuration.Kinds;
using Ps3Platform.Machine.Profiling;

namespace Ps3Platform.Cli.Commands;

/// <summary><c>ps3 profile</c>: boots like <c>ps3 boot</c>, and reports in which functions the guest spent its time.</summary>
internal sealed class ProfileCommand
{
    private readonly BootOptions _boot = new();
    private readonly Setting<string> _output = new(
        "--output", new PathKind("FILE"), "The flame graph; profile.speedscope.json or profile.trace.json unless given.", null, "-o");
    private readonly Setting<bool> _isSpeedscope = new(
        "--format", new ChoiceKind<bool>(("speedscope", true), ("perfetto", false), ("chrome", false)),
        "speedscope: for speedscope.app. perfetto, chrome: trace events, for ui.perfetto.dev and chrome://tracing.", "speedscope");
    private readonly Setting<TimeSpan> _interval = new(
        "--interval", new TimeKind(TimeSpan.FromMicroseconds(1)),
        "Guest time a thread runs between two samples; at least a turn of some ten microseconds passes.", "500us");
    private readonly Setting<string> _userSymbols = new(
        "--symbols-user", new PathKind("ELF"),
        "A program the guest runs, with symbols, linked at a fixed address. May be given several times.")
    { IsRepeatable = true };
    private readonly Setting<ulong> _top = new("--top", new NumberKind(1, 100_000), "Functions to print.", "25");

    public static Command Create()
    {
        var profile = new ProfileCommand();
        var command = new Command(
            "profile",
            "Boot a guest and sample its threads; print the hottest functions at the end and write a flame graph.\n\n"
            + "All options of \"ps3 boot\" hold. Samples do not change the run. Kernel functions have the names of the kernel's own\n"
            + "symbol table or of --symbols, programs those of --symbols-user; other code is counted by page.\n\n"
            + "Examples:\n"
            + "  ps3 profile vmlinux.xz --initrd initramfs.cpio.gz --symbols System.map.xz -o boot.json\n"
            + "  ps3 profile vmlinux --format perfetto --interval 100us --timeout 30s");
        profile._boot.AddTo(command);
        Option[] options = [profile._output, profile._isSpeedscope, profile._interval, profile._userSymbols, profile._top];
        foreach (Option option in options)
            command.Options.Add(option);
        command.SetAction(parsed => Failures.Guard(() => profile.Run(parsed)));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        // All options are checked before the guest runs, so that a misspelt name does not waste an hour of profiling.
        bool speedscope = _isSpeedscope.Read(parsed);
        TimeSpan interval = _interval.Read(parsed);
        int top = (int)_top.Read(parsed);
        var output = OutputFile.Check(
            _output.TryRead(parsed, out string? path) ? path : speedscope ? "profile.speedscope.json" : "profile.trace.json", _output.Name);
        SymbolTable[] user =
        [
            .. _userSymbols.ReadAll(parsed)
            .Select(program => SymbolTable.ReadExecutable(InputFiles.Read(program, _userSymbols.Name, "a program with symbols"))),
        ];

        GuestProfile? profile = null;
        string name = "ps3";
        int code = _boot.Run(parsed, machine =>
        {
            name = $"ps3: {Path.GetFileName(machine.Config.Kernel.File.Name)}";
            profile ??= new GuestProfile(machine.Config.Threads, machine.Symbols, user);
            machine.Sampler = new GuestSampler(profile, interval);
        });
        if (profile is null)
            return code;
        foreach (string line in ProfileReport.Lines(profile, top))
            Terminal.Note(line);
        bool isWritten = output.TryWrite(stream =>
        {
            if (speedscope)
                SpeedscopeWriter.Write(profile, name, stream);
            else
                ChromeTraceWriter.Write(profile, name, stream);
        });
        if (!isWritten)
            return code == ExitCode.Success ? ExitCode.OutputLost : code;
        Terminal.Note($"{output.Path} written; open it with {(speedscope ? "https://www.speedscope.app" : "https://ui.perfetto.dev")}");
        return code;
    }
}
