using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;

// One type an instruction, for machines to name (see Operations.cs and FastPathOperations.cs). The arithmetic is in FloatConversion.cs.

/// <summary>frsp.</summary>
internal readonly struct FloatRoundToSingle : IPpuFloatUnary, IPpuFloatFastPathUnary
{
    public static FloatKind Kind => FloatKind.RoundToSingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.RoundToSingle(ref fpscr, b, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double b) => (float)b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double b, double result) => FloatConversion.IsSafeSingle(b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double result) => result == b;
}

/// <summary>fcfid.</summary>
internal readonly struct FloatConvertFromInteger : IPpuFloatUnary, IPpuFloatFastPathUnary
{
    public static FloatKind Kind => FloatKind.ConvertFromInteger;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.FromInteger(ref fpscr, b, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double b) => BitConverter.DoubleToInt64Bits(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double b, double result) => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double result) => FloatConversion.IsExactInteger(b, result);
}

/// <summary>fctid.</summary>
internal readonly struct FloatConvertToDoubleword : IPpuFloatUnary, IPpuFloatFastPathUnary
{
    public static FloatKind Kind => FloatKind.ConvertToDoubleword;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.ToInteger(ref fpscr, b, bits: 64, Rounding.ModeOf(fpscr), out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double b) => FloatConversion.ComputeInteger(Math.Round(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double b, double result) => Math.Abs(b) < FloatConversion.BeyondDoublewords;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double result) => FloatConversion.IsExact(b, result);
}

/// <summary>fctidz.</summary>
internal readonly struct FloatConvertToDoublewordTowardZero : IPpuFloatUnary, IPpuFloatFastPathUnary
{
    public static FloatKind Kind => FloatKind.ConvertToDoublewordTowardZero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.ToInteger(ref fpscr, b, bits: 64, RoundingMode.TowardZero, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double b) => FloatConversion.ComputeInteger(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double b, double result) => Math.Abs(b) < FloatConversion.BeyondDoublewords;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double result) => FloatConversion.IsExact(b, result);
}

/// <summary>fctiw.</summary>
internal readonly struct FloatConvertToWord : IPpuFloatUnary, IPpuFloatFastPathUnary
{
    public static FloatKind Kind => FloatKind.ConvertToWord;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.ToInteger(ref fpscr, b, bits: 32, Rounding.ModeOf(fpscr), out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double b) => FloatConversion.ComputeInteger(Math.Round(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double b, double result) => Math.Abs(b) < FloatConversion.BeyondRoundedWords;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double result) => FloatConversion.IsExact(b, result);
}

/// <summary>fctiwz.</summary>
internal readonly struct FloatConvertToWordTowardZero : IPpuFloatUnary, IPpuFloatFastPathUnary
{
    public static FloatKind Kind => FloatKind.ConvertToWordTowardZero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        FloatConversion.ToInteger(ref fpscr, b, bits: 32, RoundingMode.TowardZero, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double b) => FloatConversion.ComputeInteger(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double b, double result) => Math.Abs(b) < FloatConversion.BeyondWords;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double result) => FloatConversion.IsExact(b, result);
}
