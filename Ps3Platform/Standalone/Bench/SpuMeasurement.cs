using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.Execution.Regions;
using SpuRuntime.Scheduling.Measures;

namespace Ps3Platform.Standalone.Bench;

/// <summary>One measured quantity, with a sample from each round or trip.</summary>
/// <param name="Group">Which measurement it belongs to.</param>
/// <param name="Case">Which of its cases.</param>
/// <param name="Unit">What the samples are in.</param>
/// <param name="MoreIsBetter">True of rates, false of times.</param>
/// <param name="Samples">At least one, in no order.</param>
public sealed record SpuMeasurement(string Group, string Case, string Unit, bool MoreIsBetter, IReadOnlyList<double> Samples)
{
    /// <summary>Median and spread.</summary>
    public LatencySummary Summary { get; } = LatencySummary.Of(Samples.ToArray());

    /// <summary>The sample 5 of 100 are no larger than: the lower end of the spread.</summary>
    public double Low { get; } = LatencySummary.Percentile([.. Samples.Order()], 5);

    /// <summary>The upper end of the spread.</summary>
    public double High => Summary.Percentile95;
}

/// <summary>How long to measure, and what.</summary>
public sealed record SpuBenchOptions
{
    /// <summary>Samples of what is measured as a whole.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>How long one such sample takes.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Compiled code that all SPEs share; null: everything is interpreted.</summary>
    public SpuCodeCache? Code { get; init; }

    internal ISpuEngineFactory Engines => new SpuCoreFactory(Code);
}

/// <summary>One measurement, of several cases.</summary>
public interface ISpuMeasure
{
    /// <summary>What a command line calls it.</summary>
    string Name { get; }

    /// <summary>What it shows, in a line.</summary>
    string Title { get; }

    /// <summary>Measures. Cases come as they are done.</summary>
    IEnumerable<SpuMeasurement> Run(SpuBenchOptions options);
}
