using System.CommandLine;

using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Spu;

/// <summary><c>ps3 spu trace</c>: runs a program and prints every instruction with the registers that it changed.</summary>
internal sealed class SpuTraceCommand
{
    private readonly SpuRunOptions _run = new();
    private readonly Setting<string> _output = new("--output", new PathKind("FILE"), "Write the trace to this file, which appears when the run has ended; standard error unless given.", null, "-o");
    private readonly Setting<string> _from = new("--from", new TextKind("START"), "Begin when the program gets here: an address (0x...) or a symbol.");
    private readonly Setting<ulong> _count = new("--count", new NumberKind(1, long.MaxValue), "End the run after so many lines.", null, "-n");
    private readonly Setting<TraceFilter> _only = new(
        "--only", new ChoiceKind<TraceFilter>(("all", TraceFilter.All), ("channels", TraceFilter.Channels), ("branches", TraceFilter.Branches)),
        "all; channels: instructions on channels, and stops; branches: branches that were taken, and stops.", "all");

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
        TraceFilter filter = _only.Read(parsed);
        long count = _count.TryRead(parsed, out ulong most) ? (long)most : long.MaxValue;
        OutputFile? output = _output.TryRead(parsed, out string? path) ? OutputFile.Check(path, _output.Name) : null;
        SpuProgram program = _run.ReadProgram(parsed);
        uint? from = _from.TryRead(parsed, out string? start) ? SpuProgramFile.Resolve(program, start) : null;
        if (output is null)
            return Trace(parsed, program, Console.Error, filter, from, count);

        using OutputFileStream stream = output.Open();
        int code = ExitCode.Success;
        stream.Write(open =>
        {
            using var file = new StreamWriter(open);
            code = Trace(parsed, program, file, filter, from, count);
        });
        stream.Complete();
        return code;
    }

    private int Trace(ParseResult parsed, SpuProgram program, TextWriter output, TraceFilter filter, uint? from, long count)
    {
        var tracer = new SpuTracer(output, program, filter, from, count);
        int code = _run.Run(parsed, program, tracer, tracer, parsed.GetValue(_run.Stats) ? (_, _) => Terminal.Note($"{tracer.Lines} lines") : null, tracer.HasReachedCount);
        if (from is { } place && !tracer.HasBegun)
            Terminal.Note($"nothing to show: the program never got to 0x{place:x5}");
        return code;
    }
}
