using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint;

/// <summary>fres and frsqrte (Book I 5.2.1.1).</summary>
/// <remarks>
/// The bits a PPE delivers are not published, and the manual lets them differ between implementations within one part
/// in 256 and one in 32. Both are computed here to full precision and rounded once, with FR, FI and XX (undefined by the
/// manual) as that rounding leaves them: software that refines an estimate only gets there sooner.
/// </remarks>
internal static class Estimates
{
    public static bool Reciprocal(ref Fpscr fpscr, ulong b, out ulong result)
    {
        if (FloatImage.IsZero(b))
            return FloatResult.ZeroDivide(ref fpscr, FloatImage.IsNegative(b), out result);

        return Division.Apply<SinglePrecision>(ref fpscr, FloatImage.One, b, out result);
    }

    public static bool ReciprocalSquareRoot(ref Fpscr fpscr, ulong b, out ulong result)
    {
        if (FloatImage.IsZero(b))
            return FloatResult.ZeroDivide(ref fpscr, FloatImage.IsNegative(b), out result);
        if (FloatImage.IsNan(b) || FloatImage.IsNegative(b))
            return SquareRoot.Exactly<DoublePrecision>(ref fpscr, b, out result);
        if (FloatImage.IsInfinity(b))
            return FloatResult.Exact<DoublePrecision>(ref fpscr, 0, out result);

        ExactNumber root = SquareRoot.Root(ExactNumber.Unpack(b));
        return Rounding.Deliver<DoublePrecision>(
            ref fpscr, Division.Divide(ExactNumber.Unpack(FloatImage.One), root), out result);
    }
}
