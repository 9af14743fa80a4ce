using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Format;

/// <summary>
/// The ways a floating-point instruction can end, apart from rounding: each sets FPRF, FR, FI and the exception bits
/// and says whether the target register is written.
/// </summary>
internal static class FloatResult
{
    // FPRF (Book I figure 29): C < > = ?
    private const uint FprfNan = 0b10001;
    private const uint FprfDenormalized = 0b10000;
    private const uint FprfNegative = 0b01000;
    private const uint FprfPositive = 0b00100;
    private const uint FprfZero = 0b00010;
    private const uint FprfMinusZero = 0b10010;
    private const uint FprfInfinity = 0b00001;

    /// <summary>FPRF of a normalized result.</summary>
    public static uint FprfOfNormalized(bool negative) => negative ? FprfNegative : FprfPositive;

    /// <summary>FPRF of any result of the precision; one with a smaller exponent than it has is denormalized.</summary>
    public static uint Fprf<TPrecision>(ulong image)
        where TPrecision : struct, IFloatPrecision
    {
        if (FloatImage.IsNan(image))
            return FprfNan;

        bool negative = FloatImage.IsNegative(image);
        if (FloatImage.IsZero(image))
            return negative ? FprfMinusZero : FprfZero;
        if (FloatImage.IsInfinity(image))
            return FprfOfNormalized(negative) | FprfInfinity;

        bool denormalized = FloatImage.BiasedExponent(image) < TPrecision.MinExponent + FloatImage.Bias;
        return FprfOfNormalized(negative) | (denormalized ? FprfDenormalized : 0);
    }

    /// <summary>A zero, an infinity or another result that needs no rounding.</summary>
    public static bool Exact<TPrecision>(ref Fpscr fpscr, ulong image, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        fpscr.SetResult(Fprf<TPrecision>(image));
        result = image;
        return true;
    }

    /// <summary>An Invalid Operation Exception whose disabled result is the generated QNaN (Book I 4.4.1.2).</summary>
    public static bool Invalid(ref Fpscr fpscr, uint exceptions, out ulong result) =>
        Invalid(ref fpscr, exceptions, FloatImage.GeneratedNan, out result);

    /// <summary>
    /// The result when an operand is a NaN: that operand, made quiet (Book I 4.3.2).
    /// </summary>
    /// <param name="fpscr">The register to record in.</param>
    /// <param name="nan">The first NaN of FRA, FRB, FRC.</param>
    /// <param name="exceptions">Invalid operation bits to set; VXSNAN when any operand signals.</param>
    /// <param name="result">The quiet NaN. Single precision has none of its low 29 fraction bits (4.3.5.1).</param>
    public static bool Propagate<TPrecision>(ref Fpscr fpscr, ulong nan, uint exceptions, out ulong result)
        where TPrecision : struct, IFloatPrecision
    {
        nan |= FloatImage.QuietBit;
        if (TPrecision.SignificandBits == SinglePrecision.SignificandBits)
            nan &= ~FloatImage.BelowSingle;
        if (exceptions != 0)
            return Invalid(ref fpscr, exceptions, nan, out result);

        fpscr.SetResult(FprfNan);
        result = nan;
        return true;
    }

    /// <summary>VXSNAN if the operand is a signaling NaN, otherwise nothing.</summary>
    public static uint SnanException(ulong operand) => FloatImage.IsSignalingNan(operand) ? Fpscr.VxSnan : 0;

    /// <summary>A Zero Divide Exception (Book I 4.4.2.2): an infinity, or no result when enabled.</summary>
    public static bool ZeroDivide(ref Fpscr fpscr, bool negative, out ulong result)
    {
        fpscr.Raise(Fpscr.Zx);
        if (fpscr.Has(Fpscr.Ze))
            return Suppress(ref fpscr, out result);

        return Exact<DoublePrecision>(ref fpscr, FloatImage.Infinity(negative), out result);
    }

    /// <summary>An enabled exception keeps the target register and FPRF; FR and FI become 0.</summary>
    public static bool Suppress(ref Fpscr fpscr, out ulong result)
    {
        fpscr.Value &= ~(Fpscr.Fr | Fpscr.Fi);
        result = 0;
        return false;
    }

    private static bool Invalid(ref Fpscr fpscr, uint exceptions, ulong nan, out ulong result)
    {
        fpscr.Raise(exceptions);
        if (fpscr.Has(Fpscr.Ve))
            return Suppress(ref fpscr, out result);

        fpscr.SetResult(FprfNan);
        result = nan;
        return true;
    }
}
