namespace SpuRuntime.Scheduling.Measures;

/// <summary>What a number of measured times comes to, in the unit they were given in.</summary>
/// <param name="Count">How many.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Minimum">The shortest.</param>
/// <param name="Median">Half are no longer.</param>
/// <param name="Percentile95">95 of 100 are no longer.</param>
/// <param name="Percentile99">99 of 100 are no longer.</param>
/// <param name="Maximum">The longest.</param>
public readonly record struct LatencySummary(
    int Count, double Mean, double Minimum, double Median, double Percentile95, double Percentile99, double Maximum)
{
    /// <summary>Summarizes; sorts the samples in place.</summary>
    public static LatencySummary Of(Span<double> samples)
    {
        if (samples.IsEmpty)
            return default;
        samples.Sort();
        double sum = 0;
        foreach (double sample in samples)
            sum += sample;
        return new LatencySummary(
            samples.Length, sum / samples.Length, samples[0], Percentile(samples, 50), Percentile(samples, 95), Percentile(samples, 99),
            samples[^1]);
    }

    /// <summary>The nearest rank: the smallest sample that so many percent of all do not exceed.</summary>
    /// <param name="sorted">Samples in ascending order, at least one.</param>
    /// <param name="percent">Above 0, at most 100.</param>
    public static double Percentile(ReadOnlySpan<double> sorted, double percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        int rank = (int)Math.Ceiling(percent / 100 * sorted.Length);
        return sorted[Math.Clamp(rank, 1, sorted.Length) - 1];
    }
}
