using System.Diagnostics;
using System.Globalization;

using Ps3Platform.Loaders.Elf;

using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;

namespace Ps3Platform.Standalone.Bench;

/// <summary>Runs a compiled program with two amounts of work; the difference excludes its start and end.</summary>
internal abstract class ProgramMeasure(SpuProgram program) : ISpuMeasure
{
    private const int Trial = 20;
    private const long MostWork = 1_000_000_000;
    private const double WarmRun = 0.5;
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromMinutes(1);

    public abstract string Name { get; }

    public abstract string Title { get; }

    public abstract IEnumerable<SpuMeasurement> Run(SpuBenchOptions options);

    /// <summary>Samples of a rate, which <paramref name="rate"/> computes from the work done, its instructions and its seconds.</summary>
    protected double[] Measure(SpuBenchOptions options, long little, Func<long, ulong, double, double> rate)
    {
        double each = WarmUp(options, little);
        // The cost of a run beside the work is the same in all runs, so the shortest is used.
        (ulong fewInstructions, double rest) = Once(options, little);
        long much = little + (long)Math.Clamp(options.Time.TotalSeconds / each, little * Trial, MostWork);
        double[] samples = new double[options.Rounds];
        for (int round = 0; round < options.Rounds; round++)
        {
            rest = Math.Min(rest, Once(options, little).Seconds);
            (ulong instructions, double seconds) = Once(options, much);
            samples[round] = rate(much - little, instructions - fewInstructions, Math.Max(seconds - rest, seconds / 100));
        }

        return samples;
    }

    // Hot code is compiled on another thread, which a busy host may delay, so the program runs until its speed has not increased for a
    // while. Returns the seconds of the last unit of work.
    private double WarmUp(SpuBenchOptions options, long little)
    {
        double seconds;
        long started = Stopwatch.GetTimestamp();
        long changed = started;
        long compiled = 0;
        long work = little * Trial;
        long done;
        do
        {
            // Code becomes hot by one SPE's count of executions, which short runs do not reach.
            done = work;
            seconds = Once(options, work).Seconds;
            if (seconds < WarmRun && work < MostWork)
                work *= 2;
            if (options.Code is null)
                break;
            if (options.Code.Work.Instructions == compiled)
                continue;
            compiled = options.Code.Work.Instructions;
            changed = Stopwatch.GetTimestamp();
        }
        while (Stopwatch.GetElapsedTime(changed) < QuietTime && Stopwatch.GetElapsedTime(started) < LongestWarmUp);

        return seconds / done;
    }

    private (ulong Instructions, double Seconds) Once(SpuBenchOptions options, long work)
    {
        using var spe = new StandaloneSpe(program, new StandaloneOptions
        {
            Arguments = [Name, work.ToString(CultureInfo.InvariantCulture)],
            Engines = options.Engines,
        });
        long started = Stopwatch.GetTimestamp();
        StandaloneOutcome outcome = spe.Run(new StandaloneLimits { Timeout = TimeSpan.FromMinutes(5) });
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (outcome is not { End: StandaloneEnd.Exited, ExitCode: 0 })
            throw new InvalidOperationException($"{Name}: {outcome.Message}");
        return (spe.Instructions, seconds);
    }
}

/// <summary>
/// Matrix products of 64 by 64 blocks, fetched from main memory by double-buffered DMA, with SPU intrinsics: in exact arithmetic, and in
/// the relaxed arithmetic that only compiled code has.
/// </summary>
internal sealed class SgemmMeasure(SpuProgram program) : ProgramMeasure(program)
{
    // A multiplication and an addition for each element of each row of one block and column of the other.
    private const double OperationsPerProduct = 2.0 * 64 * 64 * 64;

    public override string Name => "sgemm";

    public override string Title => "single-precision matrix product of one SPE (a real one peaks at 25.6)";

    public override IEnumerable<SpuMeasurement> Run(SpuBenchOptions options)
    {
        SpuFloatMode[] modes = options.Code is null ? [SpuFloatMode.Exact] : [SpuFloatMode.Exact, SpuFloatMode.Relaxed];
        foreach (SpuFloatMode mode in modes)
        {
            using SpuCodeCache? code = options.Code?.Another(mode);
            double[] samples = Measure(options with { Code = code }, 2, static (work, _, seconds) => work * OperationsPerProduct / seconds / 1e9);
            yield return new SpuMeasurement(Name, mode == SpuFloatMode.Exact ? "exact" : "relaxed", "GFLOPS", MoreIsBetter: true, samples);
        }
    }
}

/// <summary>A loop of shifts and exclusive ors.</summary>
internal sealed class IntegerMeasure(SpuProgram program) : ProgramMeasure(program)
{
    public override string Name => "integer";

    public override string Title => "an integer loop that no compiler can shorten";

    public override IEnumerable<SpuMeasurement> Run(SpuBenchOptions options) =>
        [new SpuMeasurement(Name, "xorshift", "MIPS", MoreIsBetter: true, Measure(options, 10_000, static (_, instructions, seconds) => instructions / seconds / 1e6))];
}

/// <summary>The list of all measurements.</summary>
public static class SpuMeasures
{
    /// <summary>All measurements in the order of the report. The programs are those of firmware-stubs/spe/standalone.</summary>
    public static IReadOnlyList<ISpuMeasure> All(SpuProgram sgemm, SpuProgram integer) =>
    [
        new DispatchMeasure(), new MailboxMeasure(), new DmaMeasure(), new AtomicMeasure(), new FairnessMeasure(), new SwitchMeasure(),
        new SgemmMeasure(sgemm), new IntegerMeasure(integer),
    ];
}
