using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Results;

/// <summary>fres and frsqrte (Book I 5.2.1.1), by the tables that consoles were seen to use.</summary>
/// <remarks>
/// Seen on consoles, for normalized operands: results depend on the exponent and a few leading fraction bits alone, and no
/// estimate sets FI, XX, UX or OX (nor FX because of them): FPSCR is 0x00004000 after fres(1.6) and 0x00014000, a denormalized
/// result, after fres(FLT_MAX). ZX, VXSNAN and VXSQRT are raised as Book I says.
/// <para>
/// Chosen, because no console was seen: FR and FI are 0 after every estimate, as after an exact result. A denormalized operand
/// is taken by its leading one, as if it were normalized. A reciprocal beyond single precision is what a disabled
/// overflow gives in the rounding mode (4.4.3.2), without its exception; one below single precision is denormalized and
/// truncated, without its exception. Only operands of 2^128 and more lose bits in that.
/// </para>
/// </remarks>
internal static class Estimates
{
    // The biased exponent of the estimate of a reciprocal is this minus the operand's, that of a reciprocal square root this
    // minus half the operand's unbiased exponent: one below the power of two, because estimates lie below the exact value.
    private const int ReciprocalExponent = (2 * FloatImage.Bias) - 1;
    private const int RootExponent = FloatImage.Bias - 1;

    private const int ReciprocalIndexBits = 7;
    private const int RootIndexBits = 3;
    private const int FractionBits = 52;

    /// <summary>The 23 fraction bits of fres, by the operand's seven leading fraction bits (seen).</summary>
    private static ReadOnlySpan<uint> ReciprocalFractions =>
    [
        0x7f0000, 0x7d0800, 0x7b1800, 0x793000, 0x775000, 0x757000, 0x73a000, 0x71e000,
        0x700000, 0x6e4000, 0x6ca000, 0x6ae000, 0x694000, 0x678000, 0x660000, 0x646000,
        0x62c000, 0x614000, 0x5fc000, 0x5e4000, 0x5cc000, 0x5b4000, 0x59c000, 0x584000,
        0x570000, 0x558000, 0x540000, 0x52c000, 0x518000, 0x500000, 0x4ec000, 0x4d8000,
        0x4c0000, 0x4b0000, 0x498000, 0x488000, 0x474000, 0x460000, 0x44c000, 0x438000,
        0x428000, 0x418000, 0x400000, 0x3f0000, 0x3e0000, 0x3d0000, 0x3bc000, 0x3ac000,
        0x398000, 0x388000, 0x378000, 0x368000, 0x358000, 0x348000, 0x338000, 0x328000,
        0x318000, 0x308000, 0x2f8000, 0x2ec000, 0x2e0000, 0x2d0000, 0x2c0000, 0x2b0000,
        0x2a0000, 0x298000, 0x288000, 0x278000, 0x26c000, 0x260000, 0x250000, 0x244000,
        0x238000, 0x228000, 0x220000, 0x210000, 0x200000, 0x1f8000, 0x1e8000, 0x1e0000,
        0x1d0000, 0x1c8000, 0x1b8000, 0x1b0000, 0x1a0000, 0x198000, 0x190000, 0x180000,
        0x178000, 0x168000, 0x160000, 0x158000, 0x148000, 0x140000, 0x138000, 0x128000,
        0x120000, 0x118000, 0x108000, 0x100000, 0x0f8000, 0x0f0000, 0x0e0000, 0x0d8000,
        0x0d0000, 0x0c8000, 0x0b8000, 0x0b0000, 0x0a8000, 0x0a0000, 0x098000, 0x090000,
        0x080000, 0x078000, 0x070000, 0x068000, 0x060000, 0x058000, 0x050000, 0x048000,
        0x040000, 0x038000, 0x030000, 0x028000, 0x020000, 0x018000, 0x010000, 0x000000,
    ];

    /// <summary>
    /// The 20 leading fraction bits of frsqrte, by the lowest bit of the unbiased exponent and three fraction bits (seen).
    /// </summary>
    private static ReadOnlySpan<uint> RootFractions =>
    [
        0xf1000, 0xd8000, 0xc0000, 0xa8000, 0x98000, 0x88000, 0x80000, 0x70000,
        0x60000, 0x4c000, 0x3c000, 0x30000, 0x20000, 0x18000, 0x10000, 0x08000,
    ];

    /// <summary>fres.</summary>
    public static bool Reciprocal(ref Fpscr fpscr, ulong b, out ulong result)
    {
        if (FloatImage.IsNan(b))
            return FloatResult.Propagate<SinglePrecision>(ref fpscr, b, FloatResult.SnanException(b), out result);

        bool negative = FloatImage.IsNegative(b);
        if (FloatImage.IsZero(b))
            return FloatResult.ZeroDivide(ref fpscr, negative, out result);

        ulong image = FloatImage.IsInfinity(b)
            ? FloatImage.Zero(negative)
            : ReciprocalOf(ExactNumber.Unpack(b), Rounding.ModeOf(fpscr));
        return FloatResult.Exact<SinglePrecision>(ref fpscr, image, out result);
    }

    /// <summary>frsqrte.</summary>
    public static bool ReciprocalSquareRoot(ref Fpscr fpscr, ulong b, out ulong result)
    {
        if (FloatImage.IsZero(b))
            return FloatResult.ZeroDivide(ref fpscr, FloatImage.IsNegative(b), out result);
        if (FloatImage.IsNan(b) || FloatImage.IsNegative(b))
            return SquareRootArithmetic.Exactly<DoublePrecision>(ref fpscr, b, out result);

        ulong image = FloatImage.IsInfinity(b) ? FloatImage.Zero(negative: false) : ReciprocalSquareRootOf(ExactNumber.Unpack(b));
        return FloatResult.Exact<DoublePrecision>(ref fpscr, image, out result);
    }

    /// <summary>The fast path of fres, for normalized operands. The exponents of all others leave single precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ComputeReciprocal(double b)
    {
        ulong image = HostArithmetic.Bits(b);
        ulong exponent = (ulong)(ReciprocalExponent - (int)FloatImage.BiasedExponent(image)) << FractionBits;
        int index = (int)(image >> (FractionBits - ReciprocalIndexBits)) & ((1 << ReciprocalIndexBits) - 1);
        ulong fraction = (ulong)ReciprocalFractions[index] << 29;
        return BitConverter.UInt64BitsToDouble((image & FloatImage.SignMask) | (exponent + fraction));
    }

    /// <summary>The fast path of frsqrte, for positive normalized operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ComputeReciprocalSquareRoot(double b)
    {
        // With the bias, which is odd, the exponent's lowest bit is the inverse of the unbiased one's.
        ulong image = HostArithmetic.Bits(b) ^ (1UL << FractionBits);
        int half = ((int)FloatImage.BiasedExponent(HostArithmetic.Bits(b)) - FloatImage.Bias) >> 1;
        ulong fraction = (ulong)RootFractions[(int)(image >> (FractionBits - RootIndexBits)) & ((2 << RootIndexBits) - 1)] << 32;
        return BitConverter.UInt64BitsToDouble(((ulong)(RootExponent - half) << FractionBits) + fraction);
    }

    /// <summary>Whether an operand of frsqrte is positive and normalized: then no exception occurs, and the result is normalized.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPositiveNormalized(double b) => (HostArithmetic.Bits(b) >> FractionBits) - 1 < FloatImage.SpecialExponent - 1;

    private static ulong ReciprocalOf(in ExactNumber number, RoundingMode mode)
    {
        int exponent = -number.Exponent - 1;
        if (exponent > SinglePrecision.MaxExponent)
            return Rounding.Overflowed<SinglePrecision>(mode, number.Negative);

        int index = (int)(number.Significand >> (63 - ReciprocalIndexBits)) & ((1 << ReciprocalIndexBits) - 1);
        ulong fraction = ReciprocalFractions[index];
        ulong significand = (1UL << 63) | (fraction << (63 - 23));
        int below = SinglePrecision.MinExponent - exponent;
        if (below <= 0)
            return Rounding.Pack(number.Negative, exponent, significand);

        ulong kept = below < SinglePrecision.SignificandBits
            ? (significand >> below) & ~(ulong.MaxValue >> SinglePrecision.SignificandBits)
            : 0;
        return Rounding.Pack(number.Negative, SinglePrecision.MinExponent, kept);
    }

    private static ulong ReciprocalSquareRootOf(in ExactNumber number)
    {
        int fraction = (int)(number.Significand >> (63 - RootIndexBits)) & ((1 << RootIndexBits) - 1);
        int index = ((number.Exponent & 1) << RootIndexBits) | fraction;
        return ((ulong)(RootExponent - (number.Exponent >> 1)) << FractionBits) | ((ulong)RootFractions[index] << 32);
    }
}
