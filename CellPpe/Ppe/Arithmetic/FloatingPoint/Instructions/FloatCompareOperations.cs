using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;

// One type an instruction, for machines to name (see Operations.cs and FastPathOperations.cs). The arithmetic is in FloatComparison.cs.

/// <summary>fcmpu.</summary>
internal readonly struct FloatCompareUnordered : IPpuFloatCompare, IPpuFloatFastPathCompare
{
    public static FloatKind Kind => FloatKind.Compare;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Apply(ref Fpscr fpscr, ulong a, ulong b) =>
        FloatComparison.Apply(ref fpscr, a, b, ordered: false);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Compute(double a, double b) => FloatComparison.Relation(a, b);
}

/// <summary>fcmpo.</summary>
internal readonly struct FloatCompareOrdered : IPpuFloatCompare, IPpuFloatFastPathCompare
{
    public static FloatKind Kind => FloatKind.Compare;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Apply(ref Fpscr fpscr, ulong a, ulong b) =>
        FloatComparison.Apply(ref fpscr, a, b, ordered: true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Compute(double a, double b) => FloatComparison.Relation(a, b);
}
