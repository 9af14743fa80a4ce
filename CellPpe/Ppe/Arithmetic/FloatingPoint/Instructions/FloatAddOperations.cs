using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;

// One type an instruction, for machines to name (see Operations.cs and FastPathOperations.cs). The arithmetic is in AdditionArithmetic.cs.

/// <summary>fadd.</summary>
internal readonly struct FloatAdd : IPpuFloatBinary, IPpuFloatFastPathBinary
{
    public static FloatKind Kind => FloatKind.Add;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        AdditionArithmetic.Apply<DoublePrecision>(ref fpscr, a, b, subtract: false, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double b, double result) => AdditionArithmetic.IsSafe(result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double b, double result) => AdditionArithmetic.IsExact(a, b, result);
}

/// <summary>fadds.</summary>
internal readonly struct FloatAddSingle : IPpuFloatBinary, IPpuFloatFastPathBinary, IPpuFloatSinglesBinary
{
    public static FloatKind Kind => FloatKind.AddSingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        AdditionArithmetic.Apply<SinglePrecision>(ref fpscr, a, b, subtract: false, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double b) => AdditionArithmetic.ComputeSingle(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double b, double result) => AdditionArithmetic.IsSafeSingle(a, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double b, double result) => AdditionArithmetic.IsExact(a, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ComputeOfSingles(float a, float b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeOfSingles(float a, float b, float result) => AdditionArithmetic.IsSafe(a, b, result);
}

/// <summary>fsub.</summary>
internal readonly struct FloatSubtract : IPpuFloatBinary, IPpuFloatFastPathBinary
{
    public static FloatKind Kind => FloatKind.Subtract;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        AdditionArithmetic.Apply<DoublePrecision>(ref fpscr, a, b, subtract: true, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double b, double result) => AdditionArithmetic.IsSafe(result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double b, double result) => AdditionArithmetic.IsExact(a, -b, result);
}

/// <summary>fsubs.</summary>
internal readonly struct FloatSubtractSingle : IPpuFloatBinary, IPpuFloatFastPathBinary, IPpuFloatSinglesBinary
{
    public static FloatKind Kind => FloatKind.SubtractSingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        AdditionArithmetic.Apply<SinglePrecision>(ref fpscr, a, b, subtract: true, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double b) => AdditionArithmetic.ComputeSingle(a, -b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double b, double result) => AdditionArithmetic.IsSafeSingle(a, -b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double b, double result) => AdditionArithmetic.IsExact(a, -b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ComputeOfSingles(float a, float b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeOfSingles(float a, float b, float result) => AdditionArithmetic.IsSafe(a, -b, result);
}
