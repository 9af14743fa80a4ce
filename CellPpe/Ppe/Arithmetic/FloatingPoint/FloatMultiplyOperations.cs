using System.Runtime.CompilerServices;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint;

// One type an instruction, for machines to name (see Operations.cs and QuickOperations.cs). The arithmetic is in Multiplication.cs
// and Division.cs.

/// <summary>fmul: FRA and FRC.</summary>
internal readonly struct FloatMultiply : IFloatBinary, IFloatQuickBinary
{
    public static FloatKind Kind => FloatKind.Multiply;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, out ulong result) =>
        Multiplication.Apply<DoublePrecision>(ref fpscr, a, c, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c) => a * c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double result) => Multiplication.IsSafe(a, c, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double result) => Multiplication.IsExact(a, c, result);
}

/// <summary>fmuls: FRA and FRC.</summary>
internal readonly struct FloatMultiplySingle : IFloatBinary, IFloatQuickBinary, IFloatSinglesBinary
{
    public static FloatKind Kind => FloatKind.MultiplySingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong c, out ulong result) =>
        Multiplication.Apply<SinglePrecision>(ref fpscr, a, c, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double c) => Multiplication.ComputeSingle(a, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double c, double result) => Multiplication.IsSafeSingle(a, c, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double c, double result) => Multiplication.IsExact(a, c, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ComputeOfSingles(float a, float c) => a * c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeOfSingles(float a, float c, float result) => Multiplication.IsSafe(a, c, result);
}

/// <summary>fdiv.</summary>
internal readonly struct FloatDivide : IFloatBinary, IFloatQuickBinary
{
    public static FloatKind Kind => FloatKind.Divide;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        Division.Apply<DoublePrecision>(ref fpscr, a, b, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double b, double result) => Division.IsSafe(a, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double b, double result) => Division.IsExact(a, b, result);
}

/// <summary>fdivs.</summary>
internal readonly struct FloatDivideSingle : IFloatBinary, IFloatQuickBinary, IFloatSinglesBinary
{
    public static FloatKind Kind => FloatKind.DivideSingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result) =>
        Division.Apply<SinglePrecision>(ref fpscr, a, b, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double a, double b) => Division.ComputeSingle(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double a, double b, double result) => Division.IsSafeSingle(a, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double a, double b, double result) => Division.IsExact(a, b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ComputeOfSingles(float a, float b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeOfSingles(float a, float b, float result) => Division.IsSafe(a, result);
}
