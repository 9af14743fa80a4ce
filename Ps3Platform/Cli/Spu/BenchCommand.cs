using System.CommandLine;
using System.Reflection;

using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Host.Streams;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.Configuration.Kinds;
using Ps3Platform.Standalone.Bench;

using SpuRuntime.Execution.Regions;

namespace Ps3Platform.Cli.Spu;

/// <summary><c>ps3 bench spu</c>: how fast the SPEs are on this host, as a table, JSON and a plot.</summary>
internal sealed class BenchCommand
{
    private readonly Setting<string> _only = new(
        "--only", new TextKind("NAMES"), "Measure only these, with commas between: dispatch, mailbox, dma, atomic, fairness, switch, sgemm, integer.");
    private readonly Setting<ulong> _rounds = new("--rounds", new NumberKind(1, 1000), "Samples of each case. Latencies take 400 in each round.", "5");
    private readonly Setting<TimeSpan> _time = new("--time", new TimeKind(), "How long a sample takes.", "200ms");
    private readonly Setting<string> _json = new("--json", new PathKind("FILE"), "Write all samples to this file.");
    private readonly Setting<string> _svg = new("--svg", new PathKind("FILE"), "Write a plot to this file.");
    private readonly SpuEngineChoice _engine = new();

    public static Command Create()
    {
        var bench = new BenchCommand();
        var spu = new Command(
            "spu",
            "Measure the SPEs: latencies, DMA, atomics, scheduling, arithmetic; without a kernel. Each line is the median of the\n"
            + "samples with the range that holds 90 of 100 of them. Close other programs, or read the better end of the range.\n\n"
            + "Examples:\n"
            + "  ps3 bench spu                                  everything, in some two minutes\n"
            + "  ps3 bench spu --only mailbox,dma --rounds 20   two of them, more carefully\n"
            + "  ps3 bench spu --json spu.json --svg spu.svg");
        Option[] options = [bench._only, bench._rounds, bench._time, bench._json, bench._svg, bench._engine.Engine];
        foreach (Option option in options)
            spu.Options.Add(option);
        spu.SetAction(parsed => Failures.Guard(() => bench.Run(parsed)));
        return new Command("bench", "Measure how fast this machine is.\n\nExample:\n  ps3 bench spu") { spu };
    }

    private int Run(ParseResult parsed)
    {
        // All options are checked before the measurements start.
        ISpuMeasure[] chosen = Choose(_only.TryRead(parsed, out string? only) ? only : null, SpuMeasures.All(ReadEmbedded("sgemm.elf"), ReadEmbedded("integer.elf")));
        using SpuCodeCache? code = SpuCodeCache.Create(_engine.ReadEngine(parsed));
        var options = new SpuBenchOptions { Rounds = (int)_rounds.Read(parsed), Time = _time.Read(parsed), Code = code };
        OutputFile? json = _json.TryRead(parsed, out string? jsonPath) ? OutputFile.Check(jsonPath, _json.Name) : null;
        OutputFile? svg = _svg.TryRead(parsed, out string? svgPath) ? OutputFile.Check(svgPath, _svg.Name) : null;

        using var stop = new ProgramStop();
        List<SpuMeasurement> all = Measure(chosen, options, stop);
        bool isWritten = json?.TryWrite(stream => BenchFiles.WriteJson(stream, all, options)) != false;
        isWritten &= svg?.TryWrite(stream => BenchPlot.Write(stream, all)) != false;
        if (stop.Reason != StopReason.None)
            return StopSignals.ExitCodeOf(stop.Reason);
        return isWritten ? ExitCode.Success : ExitCode.OutputLost;
    }

    /// <summary>Measures until all measurements are done or a signal arrives; completed ones are kept.</summary>
    private static List<SpuMeasurement> Measure(ISpuMeasure[] chosen, SpuBenchOptions options, ProgramStop stop)
    {
        var all = new List<SpuMeasurement>();
        try
        {
            foreach (ISpuMeasure measure in chosen)
            {
                BenchTable.Heading(measure);
                foreach (SpuMeasurement measurement in measure.Run(options).TakeWhile(_ => !stop.Token.IsCancellationRequested))
                {
                    all.Add(measurement);
                    BenchTable.Row(measurement);
                }

                if (!stop.Token.IsCancellationRequested)
                    continue;
                Terminal.Note($"stopped by {StopSignals.Describe(stop.Reason)} after {all.Count} measurements");
                break;
            }
        }
        catch (OutputClosedException)
        {
            stop.OnReaderGone();
        }

        return all;
    }

    private static ISpuMeasure[] Choose(string? only, IReadOnlyList<ISpuMeasure> all)
    {
        if (only is null)
            return [.. all];
        string[] names = only.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string? unknown = names.FirstOrDefault(name => all.All(measure => measure.Name != name));
        return unknown is null && names.Length > 0
            ? [.. all.Where(measure => names.Contains(measure.Name))]
            : throw new UsageException($"--only {only}: give some of {string.Join(", ", all.Select(static measure => measure.Name))}.");
    }

    private static SpuProgram ReadEmbedded(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return SpuProgram.Read(new ImageFile(name, bytes));
    }
}
