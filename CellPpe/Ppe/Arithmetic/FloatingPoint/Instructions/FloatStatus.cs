using System.Runtime.CompilerServices;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;

/// <summary>
/// When the fast paths of operations may be used, and the status bits they leave for later (see FastPathOperations.cs).
/// </summary>
/// <remarks>
/// A status is derived by doing the operation again on a register without enables: a safe result has the same one there.
/// </remarks>
internal static unsafe class FloatStatus
{
    private const uint Result = Fpscr.FprfMask | Fpscr.Fr | Fpscr.Fi;
    private const uint Rounded = Fpscr.Fr | Fpscr.Fi;

    // UE is among them because an enabled underflow changes even an exact denormalized result (Book I 4.4.4.2).
    private const uint FastPathEnables = Fpscr.RnMask | Fpscr.Ue | Fpscr.Xe;

    private static readonly Entry[] Entries = MakeEntries();

    /// <summary>Whether a safe result needs nothing done to the sticky bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllowsFastPath(uint fpscr) => (fpscr & (FastPathEnables | Fpscr.Xx)) == Fpscr.Xx;

    /// <summary>Whether a safe and exact result needs nothing done to the sticky bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllowsExact(uint fpscr) => (fpscr & FastPathEnables) == 0;

    /// <summary>Sets the bits that describe the last result (or comparison) of this kind, for operands whose fast path was safe.</summary>
    /// <param name="fpscr">The register; its other bits stay.</param>
    /// <param name="kind">The operation; nothing happens for <see cref="FloatKind.None"/>.</param>
    /// <param name="a">The first of two or three operands.</param>
    /// <param name="c">The second of three operands.</param>
    /// <param name="b">The last, or only, operand.</param>
    public static void Derive(ref Fpscr fpscr, FloatKind kind, double a, double c, double b)
    {
        ref readonly Entry entry = ref Entries[(int)kind];
        if (kind != FloatKind.None)
            fpscr.Value = (fpscr.Value & ~entry.Mask) | (entry.Recompute(a, c, b) & entry.Mask);
    }

    private static Entry[] MakeEntries()
    {
        var entries = new Entry[(int)FloatKind.Compare + 1];
        Binary<FloatAdd>();
        Binary<FloatAddSingle>();
        Binary<FloatSubtract>();
        Binary<FloatSubtractSingle>();
        Binary<FloatMultiply>();
        Binary<FloatMultiplySingle>();
        Binary<FloatDivide>();
        Binary<FloatDivideSingle>();
        Ternary<FloatMultiplyAdd>();
        Ternary<FloatMultiplyAddSingle>();
        Ternary<FloatMultiplySubtract>();
        Ternary<FloatMultiplySubtractSingle>();
        Ternary<FloatNegativeMultiplyAdd>();
        Ternary<FloatNegativeMultiplyAddSingle>();
        Ternary<FloatNegativeMultiplySubtract>();
        Ternary<FloatNegativeMultiplySubtractSingle>();
        Unary<FloatSquareRoot>(Result);
        Unary<FloatSquareRootSingle>(Result);
        Unary<FloatReciprocalEstimateSingle>(Result);
        Unary<FloatReciprocalSquareRootEstimate>(Result);
        Unary<FloatRoundToSingle>(Result);
        Unary<FloatConvertFromInteger>(Result);
        Unary<FloatConvertToDoubleword>(Rounded);
        Unary<FloatConvertToDoublewordTowardZero>(Rounded);
        Unary<FloatConvertToWord>(Rounded);
        Unary<FloatConvertToWordTowardZero>(Rounded);
        entries[(int)FloatKind.Compare] = new(Fpscr.FpccMask, &OfCompare);
        return entries;

        void Unary<TOperation>(uint mask)
            where TOperation : struct, IPpuFloatUnary, IPpuFloatFastPathUnary =>
                entries[(int)TOperation.Kind] = new(mask, &OfUnary<TOperation>);
        void Binary<TOperation>()
            where TOperation : struct, IPpuFloatBinary, IPpuFloatFastPathBinary =>
                entries[(int)TOperation.Kind] = new(Result, &OfBinary<TOperation>);
        void Ternary<TOperation>()
            where TOperation : struct, IPpuFloatTernary, IPpuFloatFastPathTernary =>
                entries[(int)TOperation.Kind] = new(Result, &OfTernary<TOperation>);
    }

    private static uint OfUnary<TOperation>(double a, double c, double b)
        where TOperation : struct, IPpuFloatUnary
    {
        Fpscr scratch = default;
        TOperation.Apply(ref scratch, HostArithmetic.Bits(b), out _);
        return scratch.Value;
    }

    private static uint OfBinary<TOperation>(double a, double c, double b)
        where TOperation : struct, IPpuFloatBinary
    {
        Fpscr scratch = default;
        TOperation.Apply(ref scratch, HostArithmetic.Bits(a), HostArithmetic.Bits(b), out _);
        return scratch.Value;
    }

    private static uint OfTernary<TOperation>(double a, double c, double b)
        where TOperation : struct, IPpuFloatTernary
    {
        Fpscr scratch = default;
        TOperation.Apply(ref scratch, HostArithmetic.Bits(a), HostArithmetic.Bits(c), HostArithmetic.Bits(b), out _);
        return scratch.Value;
    }

    private static uint OfCompare(double a, double c, double b)
    {
        Fpscr scratch = default;
        scratch.SetFpcc(FloatComparison.Relation(a, b));
        return scratch.Value;
    }

    private readonly struct Entry(uint mask, delegate*<double, double, double, uint> recompute)
    {
        /// <summary>The bits the operation sets.</summary>
        public readonly uint Mask = mask;

        public readonly delegate*<double, double, double, uint> Recompute = recompute;
    }
}
