using System.Runtime.CompilerServices;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Format;

/// <summary>Single-precision arithmetic with operands that are too large for it, which Book I 4.3.5.1 leaves undefined.</summary>
/// <remarks>
/// Seen on consoles for fadds, fsubs, fmuls, fmadds, fmsubs, fnmadds and fnmsubs: if the magnitude of a finite operand is 2^128 or
/// more, the result is the default quiet NaN, with FPRF of a NaN and no exception bit, even where the exact result would be a
/// single-precision number (2^128 * 0, 2^128 * 0.5). A signaling NaN among the operands takes precedence. fdivs with such an operand does
/// what fdiv does.
/// <para>
/// Chosen, because no console was seen: the NaN replaces quiet NaNs among the operands and the exceptions of infinities, too.
/// Numbers too small for single precision are used as they are, as are those inside with more fraction bits (the latter is seen).
/// fsqrts and fres use large numbers as they are.
/// </para>
/// </remarks>
internal static class SingleRange
{
    // 2^128, the smallest magnitude outside, and the upper half of its image.
    private const double Beyond = 340282366920938463463374607431768211456.0;
    private const int BeyondUpper = (FloatImage.Bias + 128) << 20;

    /// <summary>
    /// Whether a number's magnitude is below 2^128. False for infinities and NaNs, which are not for the fast paths either.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsInside(double value) => Math.Abs(value) < Beyond;

    /// <summary>Whether the fast path of an operation in this precision may take these images: always in double precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreInside<TPrecision>(ulong a, ulong b)
        where TPrecision : struct, IFloatPrecision =>
        !IsSingle<TPrecision>() || (Distance(a) & Distance(b)) < 0;

    /// <inheritdoc cref="AreInside{TPrecision}(ulong, ulong)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreInside<TPrecision>(ulong a, ulong c, ulong b)
        where TPrecision : struct, IFloatPrecision =>
        !IsSingle<TPrecision>() || (Distance(a) & Distance(c) & Distance(b)) < 0;

    /// <summary>Whether one of the operands of an operation in this precision is a finite number outside the range.</summary>
    public static bool AnyOutside<TPrecision>(ulong a, ulong b)
        where TPrecision : struct, IFloatPrecision =>
        IsSingle<TPrecision>() && (IsOutside(a) || IsOutside(b));

    /// <summary>Whether the result is the default NaN because of an operand outside the range.</summary>
    public static bool MakesNan<TPrecision>(ulong a, ulong b)
        where TPrecision : struct, IFloatPrecision =>
        AnyOutside<TPrecision>(a, b) && !FloatImage.IsSignalingNan(a) && !FloatImage.IsSignalingNan(b);

    /// <inheritdoc cref="MakesNan{TPrecision}(ulong, ulong)"/>
    public static bool MakesNan<TPrecision>(ulong a, ulong c, ulong b)
        where TPrecision : struct, IFloatPrecision =>
        IsSingle<TPrecision>() && (IsOutside(a) || IsOutside(c) || IsOutside(b))
        && !FloatImage.IsSignalingNan(a) && !FloatImage.IsSignalingNan(c) && !FloatImage.IsSignalingNan(b);

    private static bool IsOutside(ulong image) => Distance(image) >= 0 && (image & ~FloatImage.SignMask) < FloatImage.PlusInfinity;

    // Negative inside, so that one branch decides for all operands.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Distance(ulong image) => ((int)(image >> 32) & int.MaxValue) - BeyondUpper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSingle<TPrecision>()
        where TPrecision : struct, IFloatPrecision => TPrecision.SignificandBits == SinglePrecision.SignificandBits;
}
