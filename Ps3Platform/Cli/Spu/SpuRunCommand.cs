using System.CommandLine;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Standalone;

using SpuRuntime.Execution;
using SpuRuntime.Execution.Regions;

namespace Ps3Platform.Cli.Spu;

/// <summary><c>ps3 spu run</c>: a program on an SPE alone, its library calls served by the host.</summary>
internal sealed class SpuRunCommand
{
    private readonly SpuRunOptions _run = new();
    private readonly SpuEngineChoice _engine = new();

    public static Command Create()
    {
        var run = new SpuRunCommand();
        var command = new Command(
            "run",
            "Run an SPU program without a kernel. What newlib asks of a PPE, streams, files, time, is done by the host, with your\n"
            + "rights. The exit status is the program's; a program that cannot go on is an error that names address and instruction.\n\n"
            + "Options stand before PROGRAM; what follows it is the program's.\n\n"
            + "Examples:\n"
            + "  ps3 spu run hello.elf\n"
            + "  ps3 spu run --stats --timeout 10s sgemm.elf 1000\n"
            + "  ps3 spu run --clock instructions channels.elf      the same, always");
        run._run.AddTo(command);
        run._engine.AddTo(command);
        command.SetAction(parsed => Failures.Guard(() => run.Run(parsed)));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        SpuProgram program = _run.ReadProgram(parsed);
        using SpuCodeCache? code = _engine.Read(parsed);
        return _run.Run(parsed, program, new SpuCoreFactory(code), observer: null, parsed.GetValue(_run.Stats) ? (spe, time) =>
            Report(spe, time, code) : null);
    }

    private static void Report(StandaloneSpe spe, TimeSpan time, SpuCodeCache? code)
    {
        ref SpuRuntime.State.SpuState state = ref spe.State;
        Terminal.Note(
            $"{spe.Instructions} instructions in {time.TotalSeconds:0.000} s: "
            + $"{spe.Instructions / 1e6 / Math.Max(time.TotalSeconds, 1e-9):0.0} million a second");
        if (code is { Work: var work })
            Terminal.Note($"{work.Instructions} instructions compiled in {work.Time.TotalSeconds:0.000} s");
        Terminal.Note($"{spe.Calls} call-backs served; stopped at 0x{state.Pc:x5}");
    }
}
