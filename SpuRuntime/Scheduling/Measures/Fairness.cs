namespace SpuRuntime.Scheduling.Measures;

/// <summary>How evenly something was shared out.</summary>
public static class Fairness
{
    /// <summary>
    /// Jain's index, (sum x)^2 / (n * sum x^2): 1 when all got the same, 1/n when one got everything. Shares may be in any unit, none
    /// negative. 1 where nothing was shared.
    /// </summary>
    public static double JainIndex(ReadOnlySpan<double> shares)
    {
        double sum = 0;
        double squares = 0;
        foreach (double share in shares)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(share, nameof(shares));
            sum += share;
            squares += share * share;
        }

        return squares == 0 ? 1 : sum * sum / (shares.Length * squares);
    }

    /// <summary>The smallest share over the largest: 1 when all got the same, 0 when one got nothing. 1 where nothing was shared.</summary>
    public static double SmallestToLargest(ReadOnlySpan<double> shares)
    {
        double smallest = double.PositiveInfinity;
        double largest = 0;
        foreach (double share in shares)
        {
            smallest = Math.Min(smallest, share);
            largest = Math.Max(largest, share);
        }

        return largest == 0 ? 1 : smallest / largest;
    }
}
