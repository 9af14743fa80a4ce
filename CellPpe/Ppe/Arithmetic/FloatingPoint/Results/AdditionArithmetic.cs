using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Results;

/// <summary>fadd[s] and fsub[s] (Book I 4.6.5.1).</summary>
internal static class AdditionArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply<TPrecision>(ref Fpscr fpscr, ulong a, ulong b, bool subtract, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (HostArithmetic.Serves(fpscr) && SingleRange.AreInside<TPrecision>(a, b))
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

    /// <summary>The fast path of fadds; fsubs gives it the inverse of FRB.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ComputeSingle(double a, double b)
    {
        double sum = a + b;
        return HostArithmetic.IsHalfwayOfSingles(sum) && !IsExact(a, b, sum) ? double.NaN : (float)sum;
    }

    /// <summary>Whether a finite sum, rounded to either precision, is exact.</summary>
    /// <remarks>
    /// Its error is 0 if so many places cancel that the sum's last place is below the operands' (every bit then fits), and
    /// otherwise a multiple of the last place of the smaller operand: but if both differences come out right, rounding has
    /// absorbed it in each, so that it is at most half of that.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double b, double sum) => sum - a == b && sum - b == a;

    /// <summary>
    /// Whether a double sum is safe. Sums of doubles that are not normalized are exact, so only an overflow, or an operand
    /// that is not finite, can make a difference.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double sum) => double.IsFinite(sum);

    /// <summary>Whether a sum rounded to single is safe. An exact zero has the same sign on the host.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeSingle(double a, double b, double sum) =>
        HostArithmetic.IsSafelyNormalizedSingleSum(sum, a) || (sum == 0 && a == -b && SingleRange.IsInside(a));

    /// <summary>The same of single-precision numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(float a, float b, float sum) =>
        HostArithmetic.IsSafelyNormalized(sum) || (sum == 0 && a == -b);

    /// <summary>The same by integer arithmetic, for all operands and modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Exactly<TPrecision>(ref Fpscr fpscr, ulong a, ulong b, bool subtract, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (SingleRange.MakesNan<TPrecision>(a, b))
            return FloatResult.Exact<TPrecision>(ref fpscr, FloatImage.GeneratedNan, out result);
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
