using System.Numerics;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Format;

/// <summary>
/// A nonzero finite number, or the intermediate result of an operation before rounding (Book I 4.5):
/// significand * 2^(exponent - 63), with the significand's top bit set.
/// </summary>
/// <remarks>
/// An intermediate result keeps the OR of all lower bits in the lowest bit of the significand. Sixty-four bits leave at
/// least ten below the last bit of a double, so the guard, round and sticky bits of the manual are all there.
/// </remarks>
internal readonly struct ExactNumber(bool negative, int exponent, ulong significand)
{
    public bool Negative { get; } = negative;

    public int Exponent { get; } = exponent;

    public ulong Significand { get; } = significand;

    /// <summary>Takes apart the image of a normalized or denormalized number; not of zero, an infinity or a NaN.</summary>
    public static ExactNumber Unpack(ulong image)
    {
        bool negative = FloatImage.IsNegative(image);
        ulong fraction = image & FloatImage.FractionMask;
        int biased = (int)FloatImage.BiasedExponent(image);
        if (biased != 0)
            return new(negative, biased - FloatImage.Bias, (1UL << 63) | (fraction << 11));

        int shift = BitOperations.LeadingZeroCount(fraction);
        return new(negative, 11 - FloatImage.Bias + 1 - shift, fraction << shift);
    }

    /// <summary>The number wide * 2^(exponent - 127), normalized; wide is not zero.</summary>
    public static ExactNumber FromWide(bool negative, int exponent, UInt128 wide)
    {
        int shift = (int)UInt128.LeadingZeroCount(wide);
        wide <<= shift;
        ulong high = (ulong)(wide >> 64);
        ulong sticky = (ulong)wide != 0 ? 1UL : 0;
        return new(negative, exponent - shift, high | sticky);
    }

    /// <summary>Shifts right and keeps in the lowest bit whether anything was shifted out.</summary>
    public static UInt128 ShiftRightSticky(UInt128 value, int count)
    {
        if (count == 0)
            return value;
        if (count > 127)
            return value == 0 ? UInt128.Zero : UInt128.One;

        UInt128 shifted = value >> count;
        return shifted << count == value ? shifted : shifted | UInt128.One;
    }

    /// <summary>Shifts right and keeps in the lowest bit whether anything was shifted out.</summary>
    public static ulong ShiftRightSticky(ulong value, int count)
    {
        if (count == 0)
            return value;
        if (count > 63)
            return value == 0 ? 0UL : 1UL;

        ulong shifted = value >> count;
        return shifted << count == value ? shifted : shifted | 1;
    }
}
