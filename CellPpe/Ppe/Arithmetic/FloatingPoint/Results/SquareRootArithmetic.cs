using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Results;

/// <summary>fsqrt[s] (Book I 5.2.1.1).</summary>
internal static class SquareRootArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply<TPrecision>(ref Fpscr fpscr, ulong b, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (HostArithmetic.Serves(fpscr))
        {
            double square = BitConverter.UInt64BitsToDouble(b);
            double root = Math.Sqrt(square);
            double residual = Math.FusedMultiplyAdd(-root, root, square);
            if (HostArithmetic.HasResidual(square)
                && HostArithmetic.TryDeliver<TPrecision>(ref fpscr, root, residual, out result))
                return true;
        }

        return Exactly<TPrecision>(ref fpscr, b, out result);
    }

    /// <summary>The fast path of fsqrts. As with quotients, the root of a single is never halfway between two others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ComputeSingle(double b)
    {
        double root = Math.Sqrt(b);
        return HostArithmetic.IsHalfwayOfSingles(root) ? double.NaN : (float)root;
    }

    /// <summary>Whether a root, rounded to either precision, is certainly exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double root) =>
        Math.FusedMultiplyAdd(-root, root, b) == 0 && (b >= HostArithmetic.SmallestWithResidual || b == 0);

    /// <summary>Whether a double root is safe: it cannot be tiny or overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double root) => root < double.PositiveInfinity;

    /// <summary>Whether a root rounded to single is safe.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeSingle(double b, double root) =>
        HostArithmetic.IsSafelyNormalized<SinglePrecision>(root) || (root == 0 && b == 0);

    /// <summary>The same by integer arithmetic, for all operands and modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Exactly<TPrecision>(ref Fpscr fpscr, ulong b, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        if (FloatImage.IsNan(b))
            return FloatResult.Propagate<TPrecision>(ref fpscr, b, FloatResult.SnanException(b), out result);
        if (FloatImage.IsZero(b) || b == FloatImage.PlusInfinity)
            return FloatResult.Exact<TPrecision>(ref fpscr, b, out result);
        if (FloatImage.IsNegative(b))
            return FloatResult.Invalid(ref fpscr, Fpscr.VxSqrt, out result);

        return Rounding.Deliver<TPrecision>(ref fpscr, Root(ExactNumber.Unpack(b)), out result);
    }

    /// <summary>The square root of a positive number.</summary>
    public static ExactNumber Root(in ExactNumber number)
    {
        // Placed so that the exponent is even and the root has exactly 64 bits.
        int odd = number.Exponent & 1;
        UInt128 square = new UInt128(number.Significand, 0) >> (1 - odd);

        // The host's root is right to about 53 bits, one step of Newton's to within a few units of 64.
        ulong root = (ulong)Math.Sqrt((double)square);
        root = (ulong)((root + (square / root)) >> 1);
        while (Math.BigMul(root, root) > square)
            root--;
        while (Math.BigMul(root + 1, root + 1) <= square)
            root++;

        ulong sticky = Math.BigMul(root, root) != square ? 1UL : 0;
        return new(false, (number.Exponent - odd) >> 1, root | sticky);
    }
}
