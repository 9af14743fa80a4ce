using System.CommandLine;
using System.Reflection;

using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.Spu.Bench;

using SpuRuntime.Execution;

namespace Ps3Platform.Cli.Spu;

/// <summary><c>ps3 bench spu</c>: how fast the SPEs are on this host, as a table, JSON and a plot.</summary>
internal sealed class BenchCommand
{
    private readonly Option<string?> _only = new("--only") { Description = "Measure only these, with commas between: dispatch, mailbox, dma, atomic, fairness, switch, sgemm, integer.", HelpName = "NAMES" };
    private readonly Option<int> _rounds = new("--rounds") { Description = "Samples of each case. Latencies take 400 in each round.", HelpName = "N", DefaultValueFactory = _ => 5 };
    private readonly Option<string> _time = new("--time") { Description = "How long a sample takes.", HelpName = "TIME", DefaultValueFactory = _ => "200ms" };
    private readonly Option<string?> _json = new("--json") { Description = "Write all samples to this file.", HelpName = "FILE" };
    private readonly Option<string?> _svg = new("--svg") { Description = "Write a plot to this file.", HelpName = "FILE" };
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
        return new Command("bench", "Measure how fast this machine is. \"ps3 bench spu --help\" says more.") { spu };
    }

    private int Run(ParseResult parsed)
    {
        // Whatever can be wrong is found before anything is measured.
        ISpuMeasure[] chosen = Choose(parsed.GetValue(_only), SpuMeasures.All(Program("sgemm.elf"), Program("integer.elf")));
        int rounds = parsed.GetValue(_rounds);
        if (rounds is < 1 or > 1000)
            throw new UsageException($"--rounds {rounds}: give 1 to 1000.");
        using SpuCodeCache? code = SpuCodeCache.Create(_engine.ReadEngine(parsed));
        var options = new SpuBenchOptions { Rounds = rounds, Time = Values.Time(parsed.GetValue(_time)!, "--time"), Code = code };
        using FileStream? json = parsed.GetValue(_json) is { } jsonPath ? File.Create(jsonPath) : null;
        using FileStream? svg = parsed.GetValue(_svg) is { } svgPath ? File.Create(svgPath) : null;

        var all = new List<SpuMeasurement>();
        foreach (ISpuMeasure measure in chosen)
        {
            BenchTable.Heading(measure);
            foreach (SpuMeasurement measurement in measure.Run(options))
            {
                all.Add(measurement);
                BenchTable.Row(measurement);
            }
        }

        if (json is not null)
            BenchFiles.WriteJson(json, all, options);
        if (svg is not null)
            BenchPlot.Write(svg, all);
        return ExitCode.Success;
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

    private static SpuProgram Program(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return SpuProgram.Read(new ImageFile(name, bytes));
    }
}
