using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Results;

/// <summary>fdiv[s] (Book I 4.6.5.1).</summary>
internal static class DivisionArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply<TPrecision>(ref Fpscr fpscr, ulong a, ulong b, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (HostArithmetic.Serves(fpscr) && SingleRange.AreInside<TPrecision>(a, b))
        {
            double dividend = BitConverter.UInt64BitsToDouble(a);
            double divisor = BitConverter.UInt64BitsToDouble(b);
            double quotient = dividend / divisor;
            double remainder = Math.FusedMultiplyAdd(-quotient, divisor, dividend);
            double residual = FloatImage.IsNegative(b) ? -remainder : remainder;
            if (HostArithmetic.HasResidual(dividend) && HostArithmetic.HasResidual(quotient)
                && HostArithmetic.TryDeliver<TPrecision>(ref fpscr, quotient, residual, out result))
                return true;
        }

        return Exactly<TPrecision>(ref fpscr, a, b, out result);
    }

    /// <summary>The fast path of fdivs.</summary>
    /// <remarks>
    /// The quotient of two singles is never halfway between two others (its 25 bits times the divisor's would be more than
    /// the dividend has), nor so near that a double could not tell; so nothing is lost by not asking whether it is exact.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ComputeSingle(double a, double b)
    {
        double quotient = a / b;
        return HostArithmetic.IsHalfwayOfSingles(quotient) ? double.NaN : (float)quotient;
    }

    /// <summary>Whether a quotient, rounded to either precision, is certainly exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double b, double quotient) =>
        Math.FusedMultiplyAdd(-quotient, b, a) == 0
        && (Math.Abs(a) >= HostArithmetic.SmallestWithResidual || a == 0);

    /// <summary>Whether a double quotient is safe; a zero is when it is not an underflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double quotient) =>
        HostArithmetic.IsSafelyNormalized<DoublePrecision>(quotient) || (quotient == 0 && a == 0);

    /// <summary>Whether a quotient rounded to single is safe. A zero is the same in both precisions, whatever it was divided by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeSingle(double a, double b, double quotient) =>
        HostArithmetic.IsSafelyNormalizedSingle(quotient, a, b) || (quotient == 0 && a == 0);

    /// <summary>The same of single-precision numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(float a, float quotient) =>
        HostArithmetic.IsSafelyNormalized(quotient) || (quotient == 0 && a == 0);

    /// <summary>The same by integer arithmetic, for all operands and modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Exactly<TPrecision>(ref Fpscr fpscr, ulong a, ulong b, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (SingleRange.AnyOutside<TPrecision>(a, b))
            return Exactly<DoublePrecision>(ref fpscr, a, b, out result);
        if (FloatImage.IsNan(a) || FloatImage.IsNan(b))
        {
            uint exceptions = FloatResult.SnanException(a) | FloatResult.SnanException(b);
            return FloatResult.Propagate<TPrecision>(
                ref fpscr, FloatImage.IsNan(a) ? a : b, exceptions, out result);
        }

        bool negative = FloatImage.IsNegative(a ^ b);
        if (FloatImage.IsInfinity(a))
        {
            return FloatImage.IsInfinity(b)
                ? FloatResult.Invalid(ref fpscr, Fpscr.VxIdi, out result)
                : FloatResult.Exact<TPrecision>(ref fpscr, FloatImage.Infinity(negative), out result);
        }

        if (FloatImage.IsInfinity(b))
            return FloatResult.Exact<TPrecision>(ref fpscr, FloatImage.Zero(negative), out result);
        if (FloatImage.IsZero(b))
        {
            return FloatImage.IsZero(a)
                ? FloatResult.Invalid(ref fpscr, Fpscr.VxZdz, out result)
                : FloatResult.ZeroDivide(ref fpscr, negative, out result);
        }

        if (FloatImage.IsZero(a))
            return FloatResult.Exact<TPrecision>(ref fpscr, FloatImage.Zero(negative), out result);

        ExactNumber quotient = Divide(ExactNumber.Unpack(a), ExactNumber.Unpack(b));
        return Rounding.Deliver<TPrecision>(ref fpscr, quotient, out result);
    }

    /// <summary>The quotient of two numbers.</summary>
    public static ExactNumber Divide(in ExactNumber dividend, in ExactNumber divisor)
    {
        // The dividend is placed so that the quotient has exactly 64 bits.
        bool less = dividend.Significand < divisor.Significand;
        UInt128 wide = new UInt128(dividend.Significand, 0) >> (less ? 0 : 1);
        (UInt128 quotient, UInt128 remainder) = UInt128.DivRem(wide, divisor.Significand);
        ulong sticky = remainder != 0 ? 1UL : 0;
        int exponent = dividend.Exponent - divisor.Exponent - (less ? 1 : 0);
        return new(dividend.Negative != divisor.Negative, exponent, (ulong)quotient | sticky);
    }
}
