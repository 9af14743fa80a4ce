using System.Numerics;
using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Results;

/// <summary>Conversions between formats: loads and stores, frsp, fcfid and the conversions to integers.</summary>
internal static class FloatConversion
{
    /// <summary>What no integer of 64 bits reaches.</summary>
    public const double BeyondDoublewords = 9223372036854775808;

    /// <summary>What no integer of 32 bits reaches.</summary>
    public const double BeyondWords = 2147483648;

    /// <summary>What rounds, to nearest, to an integer of more than 32 bits.</summary>
    public const double BeyondRoundedWords = 2147483647.5;

    private const ulong HalfFraction = 1UL << 63;

    /// <summary>The double image of a word in storage (Book I 4.6.2). Signaling NaNs stay as they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong DoubleFromSingle(uint word)
    {
        uint biased = (word >> 23) & 0xff;
        ulong sign = (ulong)(word & 0x8000_0000) << 32;
        if (biased - 1 < 254)
            return sign | ((((ulong)(word & 0x7fff_ffff)) << 29) + (896UL << 52));

        return sign | DoubleFromSpecialSingle(word & 0x7fff_ffff);
    }

    /// <summary>
    /// The word a double image is stored as (Book I 4.6.3): the bits that fit, not rounded. What the manual leaves
    /// undefined (exponents below 874) is stored as a zero of the same sign.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SingleFromDouble(ulong image)
    {
        uint biased = FloatImage.BiasedExponent(image);
        if (biased > 896 || FloatImage.IsZero(image))
            return ((uint)(image >> 32) & 0xc000_0000) | ((uint)(image >> 29) & 0x3fff_ffff);

        uint sign = (uint)(image >> 32) & 0x8000_0000;
        if (biased < 874)
            return sign;

        ulong significand = (image & FloatImage.FractionMask) | (FloatImage.FractionMask + 1);
        return sign | (uint)(significand >> (29 + 897 - (int)biased));
    }

    /// <summary>frsp (Book I 4.6.6 and A.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool RoundToSingle(ref Fpscr fpscr, ulong b, out ulong result)
    {
        if (HostArithmetic.Serves(fpscr)
            && HostArithmetic.TryDeliver<SinglePrecision>(
                ref fpscr, BitConverter.UInt64BitsToDouble(b), residual: 0, out result))
            return true;

        return RoundToSingleExactly(ref fpscr, b, out result);
    }

    /// <summary>The same by integer arithmetic, for all operands and modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool RoundToSingleExactly(ref Fpscr fpscr, ulong b, out ulong result)
    {
        if (FloatImage.IsNan(b))
            return FloatResult.Propagate<SinglePrecision>(ref fpscr, b, FloatResult.SnanException(b), out result);
        if (FloatImage.IsInfinity(b) || FloatImage.IsZero(b))
            return FloatResult.Exact<SinglePrecision>(ref fpscr, b, out result);

        return Rounding.Deliver<SinglePrecision>(ref fpscr, ExactNumber.Unpack(b), out result);
    }

    /// <summary>Whether a number rounded to single is safe.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeSingle(double b, double result) =>
        HostArithmetic.IsSafelyNormalized<SinglePrecision>(result) || (result == 0 && b == 0);

    /// <summary>Whether an integer is a double, by converting it back. What has become 2^63 would not come back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExactInteger(double integerImage, double result) =>
        result < BeyondDoublewords && double.ConvertToIntegerNative<long>(result) == BitConverter.DoubleToInt64Bits(integerImage);

    /// <summary>The image of an integer in a register; a fraction is cut off.</summary>
    /// <remarks>The word conversions too: FRT0:31 is the sign, as <see cref="ToInteger"/> has it.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ComputeInteger(double b) => BitConverter.Int64BitsToDouble(double.ConvertToIntegerNative<long>(b));

    /// <summary>Whether a safe conversion left no fraction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double integerImage) => BitConverter.DoubleToInt64Bits(integerImage) == b;

    /// <summary>fcfid (Book I 4.6.6 and A.3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool FromInteger(ref Fpscr fpscr, ulong b, out ulong result)
    {
        // Integers of 53 bits and a sign are doubles: there is nothing to round, in any mode.
        if (b + (1UL << 53) <= 1UL << 54 && HostArithmetic.TryDeliver<DoublePrecision>(ref fpscr, (long)b, residual: 0, out result))
            return true;

        return FromIntegerExactly(ref fpscr, b, out result);
    }

    /// <summary>The same by integer arithmetic, for all operands and modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool FromIntegerExactly(ref Fpscr fpscr, ulong b, out ulong result)
    {
        if (b == 0)
            return FloatResult.Exact<DoublePrecision>(ref fpscr, b, out result);

        bool negative = (long)b < 0;
        ulong magnitude = negative ? 0 - b : b;
        int shift = BitOperations.LeadingZeroCount(magnitude);
        ExactNumber number = new(negative, 63 - shift, magnitude << shift);
        return Rounding.Deliver<DoublePrecision>(ref fpscr, number, out result);
    }

    /// <summary>
    /// fctid, fctidz, fctiw and fctiwz (Book I 4.6.6 and A.2). FPRF is undefined and left alone. The word conversions
    /// leave FRT0:31 undefined; they are filled with the sign.
    /// </summary>
    public static bool ToInteger(ref Fpscr fpscr, ulong b, int bits, RoundingMode mode, out ulong result)
    {
        ulong largest = (1UL << (bits - 1)) - 1;
        bool negative = FloatImage.IsNegative(b);
        if (FloatImage.IsNan(b))
            return NotConverted(ref fpscr, FloatResult.SnanException(b), ~largest, out result);

        ulong outOfRange = negative ? ~largest : largest;
        int exponent = (int)FloatImage.BiasedExponent(b) - FloatImage.Bias;
        if (exponent >= 64)
            return NotConverted(ref fpscr, 0, outOfRange, out result);

        ulong magnitude = 0;
        ulong fraction = 0;
        if (!FloatImage.IsZero(b))
        {
            // The number as magnitude.fraction, 64 bits each, the last bit of the fraction sticky.
            ExactNumber number = ExactNumber.Unpack(b);
            UInt128 wide = ExactNumber.ShiftRightSticky(
                new UInt128(number.Significand, 0), 63 - number.Exponent);
            magnitude = (ulong)(wide >> 64);
            fraction = (ulong)wide;
        }

        bool increment = Rounding.Increments(mode, negative, (magnitude & 1) != 0, fraction, HalfFraction);
        if (increment)
            magnitude++; // cannot wrap: a number with a fraction is below 2^53

        if (magnitude > (negative ? largest + 1 : largest))
            return NotConverted(ref fpscr, 0, outOfRange, out result);

        fpscr.Value &= ~(Fpscr.Fr | Fpscr.Fi);
        if (increment)
            fpscr.Value |= Fpscr.Fr;
        if (fraction != 0)
        {
            fpscr.Value |= Fpscr.Fi;
            fpscr.Raise(Fpscr.Xx);
        }

        result = negative ? 0 - magnitude : magnitude;
        return true;
    }

    private static bool NotConverted(ref Fpscr fpscr, uint exceptions, ulong disabledResult, out ulong result)
    {
        fpscr.Raise(Fpscr.VxCvi | exceptions);
        fpscr.Value &= ~(Fpscr.Fr | Fpscr.Fi);
        result = disabledResult;
        return !fpscr.Has(Fpscr.Ve);
    }

    private static ulong DoubleFromSpecialSingle(uint magnitude)
    {
        if (magnitude >= 0x7f80_0000)
            return FloatImage.PlusInfinity | ((ulong)magnitude << 29);
        if (magnitude == 0)
            return 0;

        // Denormalized: the leading one goes to the place of the unit bit and leaves the fraction.
        int shift = BitOperations.LeadingZeroCount(magnitude) - 8;
        return ((ulong)(897 - shift) << 52) | (((ulong)magnitude << (29 + shift)) & FloatImage.FractionMask);
    }
}
