using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Results;

/// <summary>f[n]madd[s] and f[n]msub[s] (Book I 4.6.5.2).</summary>
internal static class MultiplyAddArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply<TPrecision>(
        ref Fpscr fpscr, ulong a, ulong c, ulong b, bool subtract, bool negate, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (HostArithmetic.Serves(fpscr) && SingleRange.AreInside<TPrecision>(a, c, b))
        {
            double left = BitConverter.UInt64BitsToDouble(a);
            double right = BitConverter.UInt64BitsToDouble(c);
            double addend = BitConverter.UInt64BitsToDouble(subtract ? b ^ FloatImage.SignMask : b);
            double product = left * right;
            double sum = Math.FusedMultiplyAdd(left, right, addend);
            double residual = HostArithmetic.FusedResidual(left, right, addend, product, sum);

            // Rounding to nearest is symmetric: negating before or after it is the same.
            if (negate)
            {
                sum = -sum;
                residual = -residual;
            }

            if (HostArithmetic.HasResidual(product)
                && HostArithmetic.TryDeliver<TPrecision>(ref fpscr, sum, residual, out result))
                return true;
        }

        return Exactly<TPrecision>(ref fpscr, a, c, b, subtract, negate, out result);
    }

    /// <summary>The fast path of fmadds; the others give it inverses and invert what it gives.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ComputeSingle(double a, double c, double b)
    {
        double sum = Math.FusedMultiplyAdd(a, c, b);
        return HostArithmetic.IsHalfwayOfSingles(sum) && !IsExact(a, c, b, sum) ? double.NaN : (float)sum;
    }

    /// <summary>Whether a * c + b, rounded to either precision, is certainly exact: the product is, and then the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double b, double sum)
    {
        double product = a * c;
        return MultiplicationArithmetic.IsExact(a, c, product) && AdditionArithmetic.IsExact(product, b, sum);
    }

    /// <summary>Whether a * c + b in double precision is safe; a zero is when it is one of zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double b, double sum) =>
        HostArithmetic.IsSafelyNormalized<DoublePrecision>(sum) || (sum == 0 && b == 0 && (a == 0 || c == 0));

    /// <summary>Whether a * c + b rounded to single is safe.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeSingle(double a, double c, double b, double sum) =>
        HostArithmetic.IsSafelyNormalizedSingle(sum, a, c, b)
        || (sum == 0 && b == 0 && (a == 0 || c == 0) && SingleRange.IsInside(a) && SingleRange.IsInside(c));

    /// <summary>The same of single-precision numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(float a, float c, float b, float sum) =>
        HostArithmetic.IsSafelyNormalized(sum) || (sum == 0 && b == 0 && (a == 0 || c == 0));

    /// <summary>The same by integer arithmetic, for all operands and modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Exactly<TPrecision>(
        ref Fpscr fpscr, ulong a, ulong c, ulong b, bool subtract, bool negate, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (SingleRange.MakesNan<TPrecision>(a, c, b))
            return FloatResult.Exact<TPrecision>(ref fpscr, FloatImage.GeneratedNan, out result);

        bool infiniteProduct = FloatImage.IsInfinity(a) || FloatImage.IsInfinity(c);
        bool invalidProduct = infiniteProduct && (FloatImage.IsZero(a) || FloatImage.IsZero(c));
        uint exceptions = invalidProduct ? Fpscr.VxImz : 0;
        if (FloatImage.IsNan(a) || FloatImage.IsNan(b) || FloatImage.IsNan(c))
        {
            exceptions |= FloatResult.SnanException(a) | FloatResult.SnanException(b) | FloatResult.SnanException(c);
            ulong nan = FloatImage.IsNan(a) ? a : FloatImage.IsNan(b) ? b : c;
            return FloatResult.Propagate<TPrecision>(ref fpscr, nan, exceptions, out result);
        }

        if (invalidProduct)
            return FloatResult.Invalid(ref fpscr, exceptions, out result);

        if (subtract)
            b ^= FloatImage.SignMask;
        bool negative = FloatImage.IsNegative(a ^ c);
        ulong flip = FloatImage.Zero(negate);
        if (infiniteProduct)
        {
            ulong infinity = FloatImage.Infinity(negative);
            return FloatImage.IsInfinity(b) && b != infinity
                ? FloatResult.Invalid(ref fpscr, Fpscr.VxIsi, out result)
                : FloatResult.Exact<TPrecision>(ref fpscr, infinity ^ flip, out result);
        }

        if (FloatImage.IsInfinity(b))
            return FloatResult.Exact<TPrecision>(ref fpscr, b ^ flip, out result);

        if (FloatImage.IsZero(a) || FloatImage.IsZero(c))
        {
            ulong zero = FloatImage.Zero(negative);
            if (!FloatImage.IsZero(b))
                return Rounding.Deliver<TPrecision>(ref fpscr, ExactNumber.Unpack(b), out result, negate);

            zero = zero == b ? zero : AdditionArithmetic.ZeroOfCancellation(fpscr);
            return FloatResult.Exact<TPrecision>(ref fpscr, zero ^ flip, out result);
        }

        ExactNumber product = MultiplicationArithmetic.Multiply(ExactNumber.Unpack(a), ExactNumber.Unpack(c), out UInt128 wide);
        if (FloatImage.IsZero(b))
            return Rounding.Deliver<TPrecision>(ref fpscr, product, out result, negate);

        ExactNumber addend = ExactNumber.Unpack(b);
        return AdditionArithmetic.TryAdd(product, wide, addend, AdditionArithmetic.Wide(addend), out ExactNumber sum)
            ? Rounding.Deliver<TPrecision>(ref fpscr, sum, out result, negate)
            : FloatResult.Exact<TPrecision>(ref fpscr, AdditionArithmetic.ZeroOfCancellation(fpscr) ^ flip, out result);
    }
}
