using System.Numerics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Format;

/// <summary>FPSCR.RN (Book I 4.3.6).</summary>
internal enum RoundingMode
{
    Nearest,
    TowardZero,
    TowardPlusInfinity,
    TowardMinusInfinity,
}

/// <summary>Rounds an intermediate result to its target precision and packs it (Book I 4.3.6, 4.4.3, 4.4.4, 4.4.5).</summary>
internal static class Rounding
{
    public static RoundingMode ModeOf(in Fpscr fpscr) => (RoundingMode)(fpscr.Value & Fpscr.RnMask);

    /// <summary>Whether discarding these low bits of a significand increments what stays.</summary>
    /// <param name="mode">The rounding mode.</param>
    /// <param name="negative">The sign of the number.</param>
    /// <param name="odd">Whether the last bit that stays is 1.</param>
    /// <param name="discarded">The bits after it.</param>
    /// <param name="half">The value of a one in the first discarded bit.</param>
    public static bool Increments(RoundingMode mode, bool negative, bool odd, ulong discarded, ulong half) => mode switch
    {
        RoundingMode.Nearest => discarded > half || (discarded == half && odd),
        RoundingMode.TowardZero => false,
        RoundingMode.TowardPlusInfinity => discarded != 0 && !negative,
        _ => discarded != 0 && negative,
    };

    /// <summary>Delivers an intermediate result, with its sign inverted after rounding for fnmadd and fnmsub.</summary>
    public static bool Deliver<TPrecision>(ref Fpscr fpscr, in ExactNumber number, out ulong result, bool negate = false)
        where TPrecision : struct, IFloatPrecision
    {
        int exponent = number.Exponent;
        ulong significand = number.Significand;
        bool tiny = exponent < TPrecision.MinExponent;
        bool adjusted = false;

        if (tiny && fpscr.Has(Fpscr.Ue))
        {
            fpscr.Raise(Fpscr.Ux);
            exponent += TPrecision.ExponentAdjustment;
            adjusted = true;
        }
        else if (tiny)
        {
            significand = ExactNumber.ShiftRightSticky(significand, TPrecision.MinExponent - exponent);
            exponent = TPrecision.MinExponent;
        }

        ulong discardedMask = ulong.MaxValue >> TPrecision.SignificandBits;
        ulong discarded = significand & discardedMask;
        ulong lastBit = discardedMask + 1;
        significand &= ~discardedMask;
        bool increment = Increments(
            ModeOf(fpscr), number.Negative, (significand & lastBit) != 0, discarded, lastBit >> 1);
        if (increment)
        {
            significand += lastBit;
            if (significand == 0)
            {
                significand = 1UL << 63;
                exponent++;
            }
        }

        if (exponent > TPrecision.MaxExponent && !adjusted)
        {
            fpscr.Raise(Fpscr.Ox);
            if (!fpscr.Has(Fpscr.Oe))
                return Overflow<TPrecision>(ref fpscr, number.Negative, negate, out result);

            exponent -= TPrecision.ExponentAdjustment;
            adjusted = true;
        }

        bool inexact = discarded != 0;
        if (inexact)
            fpscr.Raise(tiny ? Fpscr.Ux | Fpscr.Xx : Fpscr.Xx);

        bool negative = number.Negative != negate;
        result = Pack(negative, exponent, significand);
        fpscr.SetResult(
            adjusted ? FloatResult.FprfOfNormalized(negative) : FloatResult.Fprf<TPrecision>(result),
            (increment ? Fpscr.Fr : 0) | (inexact ? Fpscr.Fi : 0));
        return true;
    }

    // Book I 4.4.3.2, disabled. FR is undefined there. On consoles it is 1 after an overflow to infinity in the mode that rounds to nearest
    // (seen); no other mode was logged. Chosen: it says in all modes whether the magnitude grew, as after any rounding (4.2.2).
    private static bool Overflow<TPrecision>(ref Fpscr fpscr, bool negative, bool negate, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        fpscr.Raise(Fpscr.Xx);
        result = Overflowed<TPrecision>(ModeOf(fpscr), negative) ^ FloatImage.Zero(negate);
        fpscr.SetResult(FloatResult.Fprf<TPrecision>(result), Fpscr.Fi | (FloatImage.IsInfinity(result) ? Fpscr.Fr : 0));
        return true;
    }

    /// <summary>The result for a number beyond the precision: an infinity or the largest number (Book I 4.4.3.2, disabled).</summary>
    public static ulong Overflowed<TPrecision>(RoundingMode mode, bool negative)
        where TPrecision : struct, IFloatPrecision
    {
        bool toInfinity = mode switch
        {
            RoundingMode.Nearest => true,
            RoundingMode.TowardZero => false,
            RoundingMode.TowardPlusInfinity => !negative,
            _ => negative,
        };
        return toInfinity
            ? FloatImage.Infinity(negative)
            : Pack(negative, TPrecision.MaxExponent, ~(ulong.MaxValue >> TPrecision.SignificandBits));
    }

    /// <summary>The image of a number of at most 53 significant bits.</summary>
    /// <remarks>
    /// The significand's top bit is clear only for a result that was denormalized, or is zero. What a double can hold
    /// normalized is so held (Book I 4.2.2, FPRF). The exponent cannot leave the field for operands the architecture
    /// defines; for undefined ones (single-precision arithmetic on numbers too small for it, 4.3.5.1) it wraps.
    /// </remarks>
    public static ulong Pack(bool negative, int exponent, ulong significand)
    {
        ulong sign = FloatImage.Zero(negative);
        if (significand == 0)
            return sign;

        if ((long)significand > 0 && exponent > DoublePrecision.MinExponent)
        {
            int shift = BitOperations.LeadingZeroCount(significand);
            significand <<= shift;
            exponent -= shift;
        }

        ulong biased = (long)significand < 0 ? (ulong)(exponent + FloatImage.Bias) & FloatImage.SpecialExponent : 0;
        return sign | (biased << 52) | ((significand >> 11) & FloatImage.FractionMask);
    }
}
