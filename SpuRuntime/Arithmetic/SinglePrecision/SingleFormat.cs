using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using SpuRuntime.State;

namespace SpuRuntime.Arithmetic.SinglePrecision;

/// <summary>
/// The extended-range single format (SPU ISA 9.1) lane by lane: exponent 255 is a number like others, exponent 0 is zero. A double holds
/// every such number and every product of two exactly; a sum is held as its rounded double and what the rounding has left.
/// </summary>
internal static class SingleFormat
{
    public const uint Sign = 0x8000_0000;
    public const uint ExponentMask = 0x7f80_0000;
    public const uint Largest = 0x7fff_ffff;

    private const int FractionShift = 52 - 23;
    private const int BiasDifference = 1023 - 127;

    /// <summary>The number a word is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Value(uint word) => (word & ExponentMask) == 0
        ? 0
        : BitConverter.UInt64BitsToDouble(
            ((ulong)(word & Sign) << 32) | (((ulong)(word & Largest) << FractionShift) + ((ulong)BiasDifference << 52)));

    /// <summary>DIFF when IEEE arithmetic takes the operand for something else: infinity, NaN or a denormal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Difference(uint word)
    {
        uint exponent = word & ExponentMask;
        return exponent == ExponentMask || (exponent == 0 && (word & Largest) != 0) ? SpuFpscr.SingleDifference : 0;
    }

    /// <summary>
    /// The word for <paramref name="sum"/> + <paramref name="rest"/>, truncated, where sum is the double nearest to the exact result and
    /// rest is exact.
    /// </summary>
    public static uint Pack(double sum, double rest, ref uint flags)
    {
        if (sum == 0)
            return 0;
        ulong bits = BitConverter.DoubleToUInt64Bits(sum);
        // Rounding to 53 bits never crosses a number of 24 bits. If it has reached one from below, the exact result lies in the
        // interval before: one unit of the double less leads there, and changes nothing for any other sum.
        if (rest != 0 && double.IsNegative(rest) != double.IsNegative(sum))
            bits--;
        int exponent = (int)((bits >> 52) & 0x7ff) - BiasDifference;
        uint sign = (uint)(bits >> 32) & Sign;
        if (exponent <= 0)
        {
            flags |= SpuFpscr.SingleUnderflow | SpuFpscr.SingleDifference;
            return 0;
        }

        // The manual says "before rounding" (9.1, OVF). Consoles judge what truncation leaves: an exact result between the largest
        // number and the next one there would be is the largest number, without OVF.
        if (exponent > 255)
        {
            flags |= SpuFpscr.SingleOverflow | SpuFpscr.SingleDifference;
            return sign | Largest;
        }

        if (exponent == 255)
            flags |= SpuFpscr.SingleDifference;
        return sign | ((uint)exponent << 23) | ((uint)(bits >> FractionShift) & 0x7f_ffff);
    }

    /// <summary>As <see cref="Pack"/>, of a sum of two doubles that are exact.</summary>
    public static uint PackSum(double left, double right, ref uint flags)
    {
        // Two-sum (Knuth): the rest is exact whatever the magnitudes, for nothing here comes near the ends of the double range.
        double sum = left + right;
        double rightPart = sum - left;
        double rest = (left - (sum - rightPart)) + (right - rightPart);
        return Pack(sum, rest, ref flags);
    }
}
