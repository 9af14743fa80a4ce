using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;

// One type an instruction, for machines to name (see Operations.cs and FastPathOperations.cs). The arithmetic is in SquareRootArithmetic.cs
// and Estimates.cs.

/// <summary>fsqrt.</summary>
internal readonly struct FloatSquareRoot : IPpuFloatUnary, IPpuFloatFastPathUnary
{
    public static FloatKind Kind => FloatKind.SquareRoot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        SquareRootArithmetic.Apply<DoublePrecision>(ref fpscr, b, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double b) => Math.Sqrt(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double b, double result) => SquareRootArithmetic.IsSafe(result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double result) => SquareRootArithmetic.IsExact(b, result);
}

/// <summary>fsqrts.</summary>
internal readonly struct FloatSquareRootSingle : IPpuFloatUnary, IPpuFloatFastPathUnary
{
    public static FloatKind Kind => FloatKind.SquareRootSingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        SquareRootArithmetic.Apply<SinglePrecision>(ref fpscr, b, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double b) => SquareRootArithmetic.ComputeSingle(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double b, double result) => SquareRootArithmetic.IsSafeSingle(b, result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double result) => SquareRootArithmetic.IsExact(b, result);
}

/// <summary>fres.</summary>
internal readonly struct FloatReciprocalEstimateSingle : IPpuFloatUnary, IPpuFloatFastPathUnary
{
    public static FloatKind Kind => FloatKind.ReciprocalEstimateSingle;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        Estimates.Reciprocal(ref fpscr, b, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double b) => Estimates.ComputeReciprocal(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double b, double result) => HostArithmetic.IsSafelyNormalized<SinglePrecision>(result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double result) => true;
}

/// <summary>frsqrte.</summary>
internal readonly struct FloatReciprocalSquareRootEstimate : IPpuFloatUnary, IPpuFloatFastPathUnary
{
    public static FloatKind Kind => FloatKind.ReciprocalSquareRootEstimate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(ref Fpscr fpscr, ulong b, out ulong result) =>
        Estimates.ReciprocalSquareRoot(ref fpscr, b, out result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Compute(double b) => Estimates.ComputeReciprocalSquareRoot(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafe(double b, double result) => Estimates.IsPositiveNormalized(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(double b, double result) => true;
}
