using System.Runtime.CompilerServices;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint;

// One type an instruction, for machines to name (see Operations.cs). The arithmetic is in the files beside this one.

/// <summary>fadd.</summary>
internal readonly struct FloatAdd : IFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        Addition.Apply<DoublePrecision>(ref fpscr, a, b, subtract: false, out result);
}

/// <summary>fadds.</summary>
internal readonly struct FloatAddSingle : IFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        Addition.Apply<SinglePrecision>(ref fpscr, a, b, subtract: false, out result);
}

/// <summary>fsub.</summary>
internal readonly struct FloatSubtract : IFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        Addition.Apply<DoublePrecision>(ref fpscr, a, b, subtract: true, out result);
}

/// <summary>fsubs.</summary>
internal readonly struct FloatSubtractSingle : IFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        Addition.Apply<SinglePrecision>(ref fpscr, a, b, subtract: true, out result);
}

/// <summary>fmul: FRA and FRC.</summary>
internal readonly struct FloatMultiply : IFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, out ulong result) =>
        Multiplication.Apply<DoublePrecision>(ref fpscr, a, c, out result);
}

/// <summary>fmuls: FRA and FRC.</summary>
internal readonly struct FloatMultiplySingle : IFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, out ulong result) =>
        Multiplication.Apply<SinglePrecision>(ref fpscr, a, c, out result);
}

/// <summary>fdiv.</summary>
internal readonly struct FloatDivide : IFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        Division.Apply<DoublePrecision>(ref fpscr, a, b, out result);
}

/// <summary>fdivs.</summary>
internal readonly struct FloatDivideSingle : IFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        Division.Apply<SinglePrecision>(ref fpscr, a, b, out result);
}

/// <summary>fmadd.</summary>
internal readonly struct FloatMultiplyAdd : IFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAdd.Apply<DoublePrecision>(
            ref fpscr, a, c, b, subtract: false, negate: false, out result);
}

/// <summary>fmadds.</summary>
internal readonly struct FloatMultiplyAddSingle : IFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAdd.Apply<SinglePrecision>(
            ref fpscr, a, c, b, subtract: false, negate: false, out result);
}

/// <summary>fmsub.</summary>
internal readonly struct FloatMultiplySubtract : IFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAdd.Apply<DoublePrecision>(
            ref fpscr, a, c, b, subtract: true, negate: false, out result);
}

/// <summary>fmsubs.</summary>
internal readonly struct FloatMultiplySubtractSingle : IFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAdd.Apply<SinglePrecision>(
            ref fpscr, a, c, b, subtract: true, negate: false, out result);
}

/// <summary>fnmadd.</summary>
internal readonly struct FloatNegativeMultiplyAdd : IFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAdd.Apply<DoublePrecision>(
            ref fpscr, a, c, b, subtract: false, negate: true, out result);
}

/// <summary>fnmadds.</summary>
internal readonly struct FloatNegativeMultiplyAddSingle : IFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAdd.Apply<SinglePrecision>(
            ref fpscr, a, c, b, subtract: false, negate: true, out result);
}

/// <summary>fnmsub.</summary>
internal readonly struct FloatNegativeMultiplySubtract : IFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAdd.Apply<DoublePrecision>(
            ref fpscr, a, c, b, subtract: true, negate: true, out result);
}

/// <summary>fnmsubs.</summary>
internal readonly struct FloatNegativeMultiplySubtractSingle : IFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAdd.Apply<SinglePrecision>(
            ref fpscr, a, c, b, subtract: true, negate: true, out result);
}

/// <summary>fsqrt.</summary>
internal readonly struct FloatSquareRoot : IFloatUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        SquareRoot.Apply<DoublePrecision>(ref fpscr, b, out result);
}

/// <summary>fsqrts.</summary>
internal readonly struct FloatSquareRootSingle : IFloatUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        SquareRoot.Apply<SinglePrecision>(ref fpscr, b, out result);
}

/// <summary>fres.</summary>
internal readonly struct FloatReciprocalEstimateSingle : IFloatUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        Estimates.Reciprocal(ref fpscr, b, out result);
}

/// <summary>frsqrte.</summary>
internal readonly struct FloatReciprocalSquareRootEstimate : IFloatUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        Estimates.ReciprocalSquareRoot(ref fpscr, b, out result);
}

/// <summary>frsp.</summary>
internal readonly struct FloatRoundToSingle : IFloatUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.RoundToSingle(ref fpscr, b, out result);
}

/// <summary>fcfid.</summary>
internal readonly struct FloatConvertFromInteger : IFloatUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.FromInteger(ref fpscr, b, out result);
}

/// <summary>fctid.</summary>
internal readonly struct FloatConvertToDoubleword : IFloatUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.ToInteger(ref fpscr, b, bits: 64, Rounding.ModeOf(fpscr), out result);
}

/// <summary>fctidz.</summary>
internal readonly struct FloatConvertToDoublewordTowardZero : IFloatUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.ToInteger(ref fpscr, b, bits: 64, RoundingMode.TowardZero, out result);
}

/// <summary>fctiw.</summary>
internal readonly struct FloatConvertToWord : IFloatUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.ToInteger(ref fpscr, b, bits: 32, Rounding.ModeOf(fpscr), out result);
}

/// <summary>fctiwz.</summary>
internal readonly struct FloatConvertToWordTowardZero : IFloatUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.ToInteger(ref fpscr, b, bits: 32, RoundingMode.TowardZero, out result);
}

/// <summary>fcmpu.</summary>
internal readonly struct FloatCompareUnordered : IFloatCompare
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Apply(ref Fpscr fpscr, ulong a, ulong b) =>
        FloatComparison.Apply(ref fpscr, a, b, ordered: false);
}

/// <summary>fcmpo.</summary>
internal readonly struct FloatCompareOrdered : IFloatCompare
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Apply(ref Fpscr fpscr, ulong a, ulong b) =>
        FloatComparison.Apply(ref fpscr, a, b, ordered: true);
}
