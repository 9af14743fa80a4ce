namespace SpuRuntime.Arithmetic.SinglePrecision;

/// <summary>
/// Single-precision numbers so far from the ends of the range that sums of products of two of them cannot overflow, and are exact
/// zeros where they are zero: +0, and magnitudes from 2^-40 up to, but not including, 2^41.
/// </summary>
internal static class ModerateRange
{
    // A moderate number is +0, or at least 2^LowestExponent and below 2^HighestExponent in magnitude.
    private const int HighestExponent = 41;
    private const int LowestExponent = -40;
    private const int Bias = 127;
    private const int FractionBits = 23;

    /// <summary>From here on a word of <c>SingleFastPath.MagnitudeKey</c> is too great.</summary>
    public const uint MagnitudeKeyLimit = (uint)(HighestExponent + Bias) << (FractionBits + 1);

    /// <summary>Beyond this a word of <c>SingleFastPath.InverseMagnitudeKey</c> is too great.</summary>
    public const uint InverseMagnitudeKeyLimit = unchecked(0u - ((uint)(LowestExponent + Bias) << (FractionBits + 1)));

    /// <summary>No moderate number is greater.</summary>
    public const double Greatest = 1L << HighestExponent;

    /// <summary>Moderate numbers are multiples of this power of two.</summary>
    public const int UnitExponent = LowestExponent - FractionBits;

    /// <summary>No result may be greater: 2^126, which is exponent 253.</summary>
    public const double GreatestResult = (double)(1UL << 63) * (1UL << 63);

    /// <summary>Results must be multiples of this power of two, which is the smallest ordinary number.</summary>
    public const int ResultUnitExponent = 1 - Bias;
}
