using System.CommandLine;

using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Cli.Spu;

/// <summary><c>ps3 spu trace</c>: runs a program and writes down every instruction with what it changed.</summary>
internal sealed class SpuTraceCommand
{
    private readonly SpuRunOptions _run = new();
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Write the trace to this file; standard error unless given.", HelpName = "FILE" };
    private readonly Option<string?> _from = new("--from") { Description = "Begin when the program gets here: an address (0x...) or a symbol.", HelpName = "START" };
    private readonly Option<long?> _count = new("--count", "-n") { Description = "End the run after so many lines.", HelpName = "N" };
    private readonly Option<string> _only = new("--only") { Description = "all; channels: instructions on channels, and stops; branches: branches that were taken, and stops.", HelpName = "all|channels|branches", DefaultValueFactory = _ => "all" };

    public static Command Create()
    {
        var trace = new SpuTraceCommand();
        var command = new Command(
            "trace",
            "Run an SPU program and write down each instruction: its number, its address, its text, and what it changed. The\n"
            + "program's own output goes to standard output, the trace to standard error or to a file. Everything is interpreted.\n\n"
            + "Options stand before PROGRAM; what follows it is the program's.\n\n"
            + "Examples:\n"
            + "  ps3 spu trace --from main --count 50 hello.elf\n"
            + "  ps3 spu trace --only channels -o dma.txt sgemm.elf 1\n\n"
            + "  21 00174 wrch    $ch16,$4            MFC_LSA <- 0x0003ff80\n"
            + "  38 001b8 ori     $80,$3,0            $80 = 00000001 00000000 00000000 00000000");
        trace._run.AddTo(command);
        Option[] options = [trace._output, trace._from, trace._count, trace._only];
        foreach (Option option in options)
            command.Options.Add(option);
        command.SetAction(parsed => Failures.Guard(() => trace.Run(parsed)));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        SpuProgram program = _run.ReadProgram(parsed);
        TraceFilter filter = parsed.GetValue(_only) switch
        {
            "channels" => TraceFilter.Channels,
            "branches" => TraceFilter.Branches,
            "all" or null => TraceFilter.All,
            string other => throw new UsageException($"--only {other}: give all, channels or branches."),
        };
        if (parsed.GetValue(_count) is <= 0)
            throw new UsageException($"--count {parsed.GetValue(_count)}: give 1 or more.");
        uint? from = parsed.GetValue(_from) is { } start ? SpuCommand.Resolve(program, start) : null;
        string? path = parsed.GetValue(_output);
        using StreamWriter? file = path is null ? null : new StreamWriter(path);
        var tracer = new SpuTracer(file ?? Console.Error, program, filter, from, parsed.GetValue(_count) ?? long.MaxValue);
        int code = _run.Run(parsed, program, tracer, tracer, parsed.GetValue(_run.Stats) ? (_, _) => Terminal.Note($"{tracer.Lines} lines") : null, tracer.HasReachedCount);
        if (from is { } missed && !tracer.HasBegun)
            Terminal.Note($"nothing to show: the program never got to 0x{missed:x5}");
        return code;
    }
}
