using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.Execution.Regions;
using SpuRuntime.Scheduling.Measures;

namespace Ps3Platform.Standalone.Bench;

/// <summary>One measured quantity, with a sample from each round or trip.</summary>
/// <param name="Group">The measurement that it belongs to.</param>
/// <param name="Case">The case within the measurement.</param>
/// <param name="Unit">The unit of the samples.</param>
/// <param name="MoreIsBetter">True for rates, false for times.</param>
/// <param name="Samples">At least one, in no order.</param>
public sealed record SpuMeasurement(string Group, string Case, string Unit, bool MoreIsBetter, IReadOnlyList<double> Samples)
{
    /// <summary>Median and spread.</summary>
    public LatencySummary Summary { get; } = LatencySummary.Of(Samples.ToArray());

    /// <summary>The 5th percentile: the lower end of the spread.</summary>
    public double Low { get; } = LatencySummary.Percentile([.. Samples.Order()], 5);

    /// <summary>The 95th percentile: the upper end of the spread.</summary>
    public double High => Summary.Percentile95;
}

/// <summary>How long to measure, and with which code.</summary>
public sealed record SpuBenchOptions
{
    /// <summary>Samples of a quantity that is measured once per run.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>How long one such sample takes.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Compiled code that all SPEs share; null for the interpreter.</summary>
    public SpuCodeCache? Code { get; init; }

    internal ISpuEngineFactory Engines => new SpuCoreFactory(Code);
}

/// <summary>One measurement, of several cases.</summary>
public interface ISpuMeasure
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>A one-line description.</summary>
    string Title { get; }

    /// <summary>Measures. Each case is returned as soon as it is complete.</summary>
    IEnumerable<SpuMeasurement> Run(SpuBenchOptions options);
}
