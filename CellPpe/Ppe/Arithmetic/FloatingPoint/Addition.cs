using System.Runtime.CompilerServices;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint;

/// <summary>fadd[s] and fsub[s] (Book I 4.6.5.1).</summary>
internal static class Addition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply<TPrecision>(ref Fpscr fpscr, ulong a, ulong b, bool subtract, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (HostArithmetic.Serves(fpscr))
        {
            double left = BitConverter.UInt64BitsToDouble(a);
            double right = BitConverter.UInt64BitsToDouble(subtract ? b ^ FloatImage.SignMask : b);
            double sum = left + right;
            if (HostArithmetic.TryDeliver<TPrecision>(
                    ref fpscr, sum, HostArithmetic.SumResidual(left, right, sum), out result))
                return true;
        }

        return Exactly<TPrecision>(ref fpscr, a, b, subtract, out result);
    }

    /// <summary>The same by integer arithmetic, for all operands and modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Exactly<TPrecision>(ref Fpscr fpscr, ulong a, ulong b, bool subtract, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (FloatImage.IsNan(a) || FloatImage.IsNan(b))
        {
            uint exceptions = FloatResult.SnanException(a) | FloatResult.SnanException(b);
            return FloatResult.Propagate<TPrecision>(
                ref fpscr, FloatImage.IsNan(a) ? a : b, exceptions, out result);
        }

        if (subtract)
            b ^= FloatImage.SignMask;
        if (FloatImage.IsInfinity(a))
        {
            return FloatImage.IsInfinity(b) && a != b
                ? FloatResult.Invalid(ref fpscr, Fpscr.VxIsi, out result)
                : FloatResult.Exact<TPrecision>(ref fpscr, a, out result);
        }

        if (FloatImage.IsInfinity(b))
            return FloatResult.Exact<TPrecision>(ref fpscr, b, out result);
        if (FloatImage.IsZero(a) && FloatImage.IsZero(b))
            return FloatResult.Exact<TPrecision>(ref fpscr, a == b ? a : ZeroOfCancellation(fpscr), out result);
        if (FloatImage.IsZero(a))
            return Rounding.Deliver<TPrecision>(ref fpscr, ExactNumber.Unpack(b), out result);
        if (FloatImage.IsZero(b))
            return Rounding.Deliver<TPrecision>(ref fpscr, ExactNumber.Unpack(a), out result);

        ExactNumber left = ExactNumber.Unpack(a);
        ExactNumber right = ExactNumber.Unpack(b);
        return TryAdd(left, Wide(left), right, Wide(right), out ExactNumber sum)
            ? Rounding.Deliver<TPrecision>(ref fpscr, sum, out result)
            : FloatResult.Exact<TPrecision>(ref fpscr, ZeroOfCancellation(fpscr), out result);
    }

    /// <summary>The sign of an exactly zero sum of opposite signs (Book I 4.3.3).</summary>
    public static ulong ZeroOfCancellation(in Fpscr fpscr) =>
        FloatImage.Zero(Rounding.ModeOf(fpscr) == RoundingMode.TowardMinusInfinity);

    /// <summary>The significand with its top bit at the top of 128.</summary>
    public static UInt128 Wide(in ExactNumber number) => new(number.Significand, 0);

    /// <summary>
    /// Adds two numbers whose significands are given with their top bits at the top of 128 (a product has more bits
    /// than an <see cref="ExactNumber"/> holds; of the numbers themselves only sign and exponent are used).
    /// </summary>
    /// <returns>False when the sum is zero.</returns>
    public static bool TryAdd(
        in ExactNumber left, UInt128 leftWide, in ExactNumber right, UInt128 rightWide, out ExactNumber sum)
    {
        // One bit of headroom for the carry. Both have at least 20 zeros at the bottom, so nothing is lost; and when
        // alignment does lose bits, it is by more than one place, so at most one bit cancels and the sticky bit holds.
        leftWide >>= 1;
        rightWide >>= 1;
        int exponent = Math.Max(left.Exponent, right.Exponent);
        leftWide = ExactNumber.ShiftRightSticky(leftWide, exponent - left.Exponent);
        rightWide = ExactNumber.ShiftRightSticky(rightWide, exponent - right.Exponent);

        bool negative = left.Negative;
        UInt128 wide;
        if (left.Negative == right.Negative)
        {
            wide = leftWide + rightWide;
        }
        else if (leftWide >= rightWide)
        {
            wide = leftWide - rightWide;
        }
        else
        {
            wide = rightWide - leftWide;
            negative = right.Negative;
        }

        sum = wide == 0 ? default : ExactNumber.FromWide(negative, exponent + 1, wide);
        return wide != 0;
    }
}
