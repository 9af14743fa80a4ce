using System.CommandLine;

using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Profiling;

namespace Ps3Platform.Cli;

/// <summary><c>ps3 profile</c>: boots like <c>ps3 boot</c>, and says where the guest spent its time.</summary>
internal sealed class ProfileCommand
{
    private const string Speedscope = "speedscope";
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMicroseconds(1);

    private readonly BootOptions _boot = new();
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The flame graph; profile.speedscope.json or profile.trace.json unless given.", HelpName = "FILE" };
    private readonly Option<string> _format = new("--format") { Description = "speedscope: for speedscope.app. perfetto, chrome: trace events, for ui.perfetto.dev and chrome://tracing.", HelpName = "speedscope|perfetto|chrome", DefaultValueFactory = _ => Speedscope };
    private readonly Option<string> _interval = new("--interval") { Description = "Guest time a thread runs between two samples; at least a turn of some ten microseconds passes.", HelpName = "TIME", DefaultValueFactory = _ => "500us" };
    private readonly Option<string[]> _userSymbols = new("--symbols-user") { Description = "A program the guest runs, with symbols, linked at a fixed address. May be given several times.", HelpName = "ELF", DefaultValueFactory = _ => [] };
    private readonly Option<int> _top = new("--top") { Description = "Functions to print.", HelpName = "N", DefaultValueFactory = _ => 25 };

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
        Option[] options = [profile._output, profile._format, profile._interval, profile._userSymbols, profile._top];
        foreach (Option option in options)
            command.Options.Add(option);
        command.SetAction(parsed => Failures.Guard(() => profile.Run(parsed)));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        // Everything that can be wrong is found before the guest runs: a profile of an hour is not lost to a misspelt name.
        bool speedscope = ParseFormat(parsed.GetValue(_format)!);
        TimeSpan interval = Values.Time(parsed.GetValue(_interval)!, "--interval");
        if (interval < ShortestInterval)
            throw new UsageException($"--interval {parsed.GetValue(_interval)}: give 1us or more.");
        string path = parsed.GetValue(_output) ?? (speedscope ? "profile.speedscope.json" : "profile.trace.json");
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder && !Directory.Exists(folder))
            throw new UsageException($"--output {path}: there is no folder {folder}; make it first.");
        SymbolTable[] user = [.. parsed.GetValue(_userSymbols)!.Select(static program => SymbolTable.ReadExecutable(ImageFile.Read(program)))];

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
        foreach (string line in ProfileReport.Lines(profile, parsed.GetValue(_top)))
            Terminal.Note(line);
        using FileStream file = File.Create(path);
        if (speedscope)
            SpeedscopeWriter.Write(profile, name, file);
        else
            ChromeTraceWriter.Write(profile, name, file);
        Terminal.Note($"{path} written; open it with {(speedscope ? "https://www.speedscope.app" : "https://ui.perfetto.dev")}");
        return code;
    }

    private static bool ParseFormat(string text) => text switch
    {
        Speedscope => true,
        "perfetto" or "chrome" => false,
        _ => throw new UsageException($"--format {text}: give speedscope, perfetto or chrome."),
    };
}
