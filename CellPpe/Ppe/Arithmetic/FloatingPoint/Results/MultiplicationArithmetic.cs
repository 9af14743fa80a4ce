using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Results;

/// <summary>fmul[s] (Book I 4.6.5.1).</summary>
internal static class MultiplicationArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply<TPrecision>(ref Fpscr fpscr, ulong a, ulong c, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (HostArithmetic.Serves(fpscr) && SingleRange.AreInside<TPrecision>(a, c))
        {
            double left = BitConverter.UInt64BitsToDouble(a);
            double right = BitConverter.UInt64BitsToDouble(c);
            double product = left * right;
            double residual = Math.FusedMultiplyAdd(left, right, -product);
            if (HostArithmetic.HasResidual(product)
                && HostArithmetic.TryDeliver<TPrecision>(ref fpscr, product, residual, out result))
                return true;
        }

        return Exactly<TPrecision>(ref fpscr, a, c, out result);
    }

    /// <summary>The fast path of fmuls.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ComputeSingle(double a, double c)
    {
        double product = a * c;
        return HostArithmetic.IsHalfwayOfSingles(product) && !IsExact(a, c, product) ? double.NaN : (float)product;
    }

    /// <summary>Whether a product, rounded to either precision, is certainly exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double product) =>
        Math.FusedMultiplyAdd(a, c, -product) == 0
        && (Math.Abs(product) >= HostArithmetic.SmallestWithResidual || a == 0 || c == 0);

    /// <summary>Whether a double product is safe; a zero is when it is not an underflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double product) =>
        HostArithmetic.IsSafelyNormalized<DoublePrecision>(product) || (product == 0 && (a == 0 || c == 0));

    /// <summary>Whether a product rounded to single is safe.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeSingle(double a, double c, double product) =>
        HostArithmetic.IsSafelyNormalizedSingle(product, a, c)
        || (product == 0 && (a == 0 || c == 0) && SingleRange.IsInside(a) && SingleRange.IsInside(c));

    /// <summary>The same of single-precision numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(float a, float c, float product) =>
        HostArithmetic.IsSafelyNormalized(product) || (product == 0 && (a == 0 || c == 0));

    /// <summary>The same by integer arithmetic, for all operands and modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Exactly<TPrecision>(ref Fpscr fpscr, ulong a, ulong c, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (SingleRange.MakesNan<TPrecision>(a, c))
            return FloatResult.Exact<TPrecision>(ref fpscr, FloatImage.GeneratedNan, out result);
        if (FloatImage.IsNan(a) || FloatImage.IsNan(c))
        {
            uint exceptions = FloatResult.SnanException(a) | FloatResult.SnanException(c);
            return FloatResult.Propagate<TPrecision>(
                ref fpscr, FloatImage.IsNan(a) ? a : c, exceptions, out result);
        }

        bool negative = FloatImage.IsNegative(a ^ c);
        bool zero = FloatImage.IsZero(a) || FloatImage.IsZero(c);
        if (FloatImage.IsInfinity(a) || FloatImage.IsInfinity(c))
        {
            return zero
                ? FloatResult.Invalid(ref fpscr, Fpscr.VxImz, out result)
                : FloatResult.Exact<TPrecision>(ref fpscr, FloatImage.Infinity(negative), out result);
        }

        if (zero)
            return FloatResult.Exact<TPrecision>(ref fpscr, FloatImage.Zero(negative), out result);

        ExactNumber product = Multiply(ExactNumber.Unpack(a), ExactNumber.Unpack(c), out _);
        return Rounding.Deliver<TPrecision>(ref fpscr, product, out result);
    }

    /// <summary>The product of two numbers, and all bits of its significand with the top bit at the top of 128.</summary>
    public static ExactNumber Multiply(in ExactNumber left, in ExactNumber right, out UInt128 wide)
    {
        ulong high = Math.BigMul(left.Significand, right.Significand, out ulong low);
        int exponent = left.Exponent + right.Exponent + 1;
        wide = new UInt128(high, low);
        if ((long)high > 0)
        {
            wide <<= 1;
            exponent--;
        }

        return ExactNumber.FromWide(left.Negative != right.Negative, exponent, wide);
    }
}
