using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;

// One type an instruction, for machines to name (see Operations.cs and FastPathOperations.cs). The arithmetic is in
// MultiplicationArithmetic.cs and DivisionArithmetic.cs.

/// <summary>fmul: FRA and FRC.</summary>
internal readonly struct FloatMultiply : IPpuFloatBinary, IPpuFloatFastPathBinary
{
    public static FloatKind Kind => FloatKind.Multiply;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, out ulong result) =>
        MultiplicationArithmetic.Apply<DoublePrecision>(ref fpscr, a, c, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c) => a * c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double result) => MultiplicationArithmetic.IsSafe(a, c, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double result) => MultiplicationArithmetic.IsExact(a, c, result);
}

/// <summary>fmuls: FRA and FRC.</summary>
internal readonly struct FloatMultiplySingle : IPpuFloatBinary, IPpuFloatFastPathBinary, IPpuFloatSinglesBinary
{
    public static FloatKind Kind => FloatKind.MultiplySingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, out ulong result) =>
        MultiplicationArithmetic.Apply<SinglePrecision>(ref fpscr, a, c, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c) => MultiplicationArithmetic.ComputeSingle(a, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double result) => MultiplicationArithmetic.IsSafeSingle(a, c, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double result) => MultiplicationArithmetic.IsExact(a, c, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ComputeOfSingles(float a, float c) => a * c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeOfSingles(float a, float c, float result) => MultiplicationArithmetic.IsSafe(a, c, result);
}

/// <summary>fdiv.</summary>
internal readonly struct FloatDivide : IPpuFloatBinary, IPpuFloatFastPathBinary
{
    public static FloatKind Kind => FloatKind.Divide;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        DivisionArithmetic.Apply<DoublePrecision>(ref fpscr, a, b, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double b, double result) => DivisionArithmetic.IsSafe(a, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double b, double result) => DivisionArithmetic.IsExact(a, b, result);
}

/// <summary>fdivs.</summary>
internal readonly struct FloatDivideSingle : IPpuFloatBinary, IPpuFloatFastPathBinary, IPpuFloatSinglesBinary
{
    public static FloatKind Kind => FloatKind.DivideSingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        DivisionArithmetic.Apply<SinglePrecision>(ref fpscr, a, b, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double b) => DivisionArithmetic.ComputeSingle(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double b, double result) => DivisionArithmetic.IsSafeSingle(a, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double b, double result) => DivisionArithmetic.IsExact(a, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ComputeOfSingles(float a, float b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeOfSingles(float a, float b, float result) => DivisionArithmetic.IsSafe(a, result);
}
