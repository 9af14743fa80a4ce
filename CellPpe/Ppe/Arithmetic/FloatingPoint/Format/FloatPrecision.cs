namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Format;

/// <summary>A result format of Book I 4.3.1. Registers hold either as a double image.</summary>
internal interface IFloatPrecision
{
    /// <summary>Bits of the significand, with the leading unit bit.</summary>
    static abstract int SignificandBits { get; }

    /// <summary>Unbiased exponent of the smallest normalized number.</summary>
    static abstract int MinExponent { get; }

    /// <summary>Unbiased exponent of the largest finite number.</summary>
    static abstract int MaxExponent { get; }

    /// <summary>What enabled overflow subtracts from the exponent and enabled underflow adds (4.4.3.2, 4.4.4.2).</summary>
    static abstract int ExponentAdjustment { get; }
}

/// <summary>The 64-bit format.</summary>
internal readonly struct DoublePrecision : IFloatPrecision
{
    public static int SignificandBits => 53;
    public static int MinExponent => -1022;
    public static int MaxExponent => 1023;
    public static int ExponentAdjustment => 1536;
}

/// <summary>The 32-bit format, as single-precision arithmetic and frsp deliver it into a double image.</summary>
internal readonly struct SinglePrecision : IFloatPrecision
{
    public static int SignificandBits => 24;
    public static int MinExponent => -126;
    public static int MaxExponent => 127;
    public static int ExponentAdjustment => 192;
}
