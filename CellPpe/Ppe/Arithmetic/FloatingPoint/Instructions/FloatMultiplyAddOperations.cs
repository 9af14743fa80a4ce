using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;

// One type an instruction, for machines to name (see Operations.cs and FastPathOperations.cs). The arithmetic is in
// MultiplyAddArithmetic.cs.

/// <summary>fmadd.</summary>
internal readonly struct FloatMultiplyAdd : IPpuFloatTernary, IPpuFloatFastPathTernary
{
    public static FloatKind Kind => FloatKind.MultiplyAdd;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAddArithmetic.Apply<DoublePrecision>(
            ref fpscr, a, c, b, subtract: false, negate: false, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c, double b) => Math.FusedMultiplyAdd(a, c, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double b, double result) =>
        MultiplyAddArithmetic.IsSafe(a, c, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double b, double result) => MultiplyAddArithmetic.IsExact(a, c, b, result);
}

/// <summary>fmadds.</summary>
internal readonly struct FloatMultiplyAddSingle : IPpuFloatTernary, IPpuFloatFastPathTernary, IPpuFloatSinglesTernary
{
    public static FloatKind Kind => FloatKind.MultiplyAddSingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAddArithmetic.Apply<SinglePrecision>(
            ref fpscr, a, c, b, subtract: false, negate: false, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c, double b) => MultiplyAddArithmetic.ComputeSingle(a, c, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double b, double result) =>
        MultiplyAddArithmetic.IsSafeSingle(a, c, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double b, double result) => MultiplyAddArithmetic.IsExact(a, c, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ComputeOfSingles(float a, float c, float b) => MathF.FusedMultiplyAdd(a, c, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeOfSingles(float a, float c, float b, float result) => MultiplyAddArithmetic.IsSafe(a, c, b, result);
}

/// <summary>fmsub.</summary>
internal readonly struct FloatMultiplySubtract : IPpuFloatTernary, IPpuFloatFastPathTernary
{
    public static FloatKind Kind => FloatKind.MultiplySubtract;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAddArithmetic.Apply<DoublePrecision>(
            ref fpscr, a, c, b, subtract: true, negate: false, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c, double b) => Math.FusedMultiplyAdd(a, c, -b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double b, double result) =>
        MultiplyAddArithmetic.IsSafe(a, c, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double b, double result) => MultiplyAddArithmetic.IsExact(a, c, -b, result);
}

/// <summary>fmsubs.</summary>
internal readonly struct FloatMultiplySubtractSingle : IPpuFloatTernary, IPpuFloatFastPathTernary, IPpuFloatSinglesTernary
{
    public static FloatKind Kind => FloatKind.MultiplySubtractSingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAddArithmetic.Apply<SinglePrecision>(
            ref fpscr, a, c, b, subtract: true, negate: false, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c, double b) => MultiplyAddArithmetic.ComputeSingle(a, c, -b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double b, double result) =>
        MultiplyAddArithmetic.IsSafeSingle(a, c, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double b, double result) => MultiplyAddArithmetic.IsExact(a, c, -b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ComputeOfSingles(float a, float c, float b) => MathF.FusedMultiplyAdd(a, c, -b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeOfSingles(float a, float c, float b, float result) => MultiplyAddArithmetic.IsSafe(a, c, b, result);
}

/// <summary>fnmadd.</summary>
internal readonly struct FloatNegativeMultiplyAdd : IPpuFloatTernary, IPpuFloatFastPathTernary
{
    public static FloatKind Kind => FloatKind.NegativeMultiplyAdd;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAddArithmetic.Apply<DoublePrecision>(
            ref fpscr, a, c, b, subtract: false, negate: true, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c, double b) => -Math.FusedMultiplyAdd(a, c, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double b, double result) =>
        MultiplyAddArithmetic.IsSafe(a, c, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double b, double result) => MultiplyAddArithmetic.IsExact(a, c, b, -result);
}

/// <summary>fnmadds.</summary>
internal readonly struct FloatNegativeMultiplyAddSingle : IPpuFloatTernary, IPpuFloatFastPathTernary, IPpuFloatSinglesTernary
{
    public static FloatKind Kind => FloatKind.NegativeMultiplyAddSingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAddArithmetic.Apply<SinglePrecision>(
            ref fpscr, a, c, b, subtract: false, negate: true, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c, double b) => -MultiplyAddArithmetic.ComputeSingle(a, c, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double b, double result) =>
        MultiplyAddArithmetic.IsSafeSingle(a, c, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double b, double result) => MultiplyAddArithmetic.IsExact(a, c, b, -result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ComputeOfSingles(float a, float c, float b) => -MathF.FusedMultiplyAdd(a, c, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeOfSingles(float a, float c, float b, float result) => MultiplyAddArithmetic.IsSafe(a, c, b, result);
}

/// <summary>fnmsub.</summary>
internal readonly struct FloatNegativeMultiplySubtract : IPpuFloatTernary, IPpuFloatFastPathTernary
{
    public static FloatKind Kind => FloatKind.NegativeMultiplySubtract;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAddArithmetic.Apply<DoublePrecision>(
            ref fpscr, a, c, b, subtract: true, negate: true, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c, double b) => -Math.FusedMultiplyAdd(a, c, -b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double b, double result) =>
        MultiplyAddArithmetic.IsSafe(a, c, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double b, double result) => MultiplyAddArithmetic.IsExact(a, c, -b, -result);
}

/// <summary>fnmsubs.</summary>
internal readonly struct FloatNegativeMultiplySubtractSingle : IPpuFloatTernary, IPpuFloatFastPathTernary, IPpuFloatSinglesTernary
{
    public static FloatKind Kind => FloatKind.NegativeMultiplySubtractSingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result) =>
        MultiplyAddArithmetic.Apply<SinglePrecision>(
            ref fpscr, a, c, b, subtract: true, negate: true, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c, double b) => -MultiplyAddArithmetic.ComputeSingle(a, c, -b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double b, double result) =>
        MultiplyAddArithmetic.IsSafeSingle(a, c, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double b, double result) => MultiplyAddArithmetic.IsExact(a, c, -b, -result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ComputeOfSingles(float a, float c, float b) => -MathF.FusedMultiplyAdd(a, c, -b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeOfSingles(float a, float c, float b, float result) => MultiplyAddArithmetic.IsSafe(a, c, b, result);
}
