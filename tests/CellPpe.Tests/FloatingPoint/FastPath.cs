using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

namespace CellPpe.Tests.FloatingPoint;

/// <summary>The integer path of an instruction: operands in the manual's order FRA, FRC, FRB.</summary>
internal delegate bool ExactPath(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result);

/// <summary>The fast path of one instruction, with one signature for all, and the integer path that it must agree with.</summary>
internal sealed record FastPath(
    FloatKind Kind,
    Func<double, double, double, double> Compute,
    Func<double, double, double, double, bool> IsSafe,
    Func<double, double, double, double, bool> IsExact,
    ExactPath Exactly)
{
    private const FloatKind FirstFused = FloatKind.MultiplyAdd;

    public static IReadOnlyDictionary<FloatKind, FastPath> All { get; } = new[]
    {
        Binary<FloatAdd>((ref f, a, c, b, out r) => AdditionArithmetic.Exactly<DoublePrecision>(ref f, a, b, false, out r)),
        Binary<FloatAddSingle>((ref f, a, c, b, out r) => AdditionArithmetic.Exactly<SinglePrecision>(ref f, a, b, false, out r)),
        Binary<FloatSubtract>((ref f, a, c, b, out r) => AdditionArithmetic.Exactly<DoublePrecision>(ref f, a, b, true, out r)),
        Binary<FloatSubtractSingle>((ref f, a, c, b, out r) => AdditionArithmetic.Exactly<SinglePrecision>(ref f, a, b, true, out r)),
        Binary<FloatMultiply>((ref f, a, c, b, out r) => MultiplicationArithmetic.Exactly<DoublePrecision>(ref f, a, b, out r)),
        Binary<FloatMultiplySingle>((ref f, a, c, b, out r) => MultiplicationArithmetic.Exactly<SinglePrecision>(ref f, a, b, out r)),
        Binary<FloatDivide>((ref f, a, c, b, out r) => DivisionArithmetic.Exactly<DoublePrecision>(ref f, a, b, out r)),
        Binary<FloatDivideSingle>((ref f, a, c, b, out r) => DivisionArithmetic.Exactly<SinglePrecision>(ref f, a, b, out r)),
        Ternary<FloatMultiplyAdd>(Fused<DoublePrecision>(false, false)),
        Ternary<FloatMultiplyAddSingle>(Fused<SinglePrecision>(false, false)),
        Ternary<FloatMultiplySubtract>(Fused<DoublePrecision>(true, false)),
        Ternary<FloatMultiplySubtractSingle>(Fused<SinglePrecision>(true, false)),
        Ternary<FloatNegativeMultiplyAdd>(Fused<DoublePrecision>(false, true)),
        Ternary<FloatNegativeMultiplyAddSingle>(Fused<SinglePrecision>(false, true)),
        Ternary<FloatNegativeMultiplySubtract>(Fused<DoublePrecision>(true, true)),
        Ternary<FloatNegativeMultiplySubtractSingle>(Fused<SinglePrecision>(true, true)),
        Unary<FloatSquareRoot>((ref f, a, c, b, out r) => SquareRootArithmetic.Exactly<DoublePrecision>(ref f, b, out r)),
        Unary<FloatSquareRootSingle>((ref f, a, c, b, out r) => SquareRootArithmetic.Exactly<SinglePrecision>(ref f, b, out r)),
        Unary<FloatReciprocalEstimateSingle>((ref f, a, c, b, out r) => Estimates.Reciprocal(ref f, b, out r)),
        Unary<FloatReciprocalSquareRootEstimate>((ref f, a, c, b, out r) => Estimates.ReciprocalSquareRoot(ref f, b, out r)),
        Unary<FloatRoundToSingle>((ref f, a, c, b, out r) => FloatConversion.RoundToSingleExactly(ref f, b, out r)),
        Unary<FloatConvertFromInteger>((ref f, a, c, b, out r) => FloatConversion.FromIntegerExactly(ref f, b, out r)),
        Unary<FloatConvertToDoubleword>(ToInteger(64, RoundingMode.Nearest)),
        Unary<FloatConvertToDoublewordTowardZero>(ToInteger(64, RoundingMode.TowardZero)),
        Unary<FloatConvertToWord>(ToInteger(32, RoundingMode.Nearest)),
        Unary<FloatConvertToWordTowardZero>(ToInteger(32, RoundingMode.TowardZero)),
    }.ToDictionary(form => form.Kind);

    public bool IsFused => Kind is >= FirstFused and <= FloatKind.NegativeMultiplySubtractSingle;

    private static FastPath Unary<TOperation>(ExactPath exactly)
        where TOperation : struct, IPpuFloatFastPathUnary => new(
            TOperation.Kind,
            (a, c, b) => TOperation.Compute(b),
            (a, c, b, result) => TOperation.IsSafe(b, result),
            (a, c, b, result) => TOperation.IsExact(b, result),
            exactly);

    private static FastPath Binary<TOperation>(ExactPath exactly)
        where TOperation : struct, IPpuFloatFastPathBinary => new(
            TOperation.Kind,
            (a, c, b) => TOperation.Compute(a, b),
            (a, c, b, result) => TOperation.IsSafe(a, b, result),
            (a, c, b, result) => TOperation.IsExact(a, b, result),
            exactly);

    private static FastPath Ternary<TOperation>(ExactPath exactly)
        where TOperation : struct, IPpuFloatFastPathTernary => new(
            TOperation.Kind, TOperation.Compute, TOperation.IsSafe, TOperation.IsExact, exactly);

    private static ExactPath Fused<TPrecision>(bool subtract, bool negate)
        where TPrecision : struct, IFloatPrecision =>
        (ref f, a, c, b, out r) => MultiplyAddArithmetic.Exactly<TPrecision>(ref f, a, c, b, subtract, negate, out r);

    private static ExactPath ToInteger(int bits, RoundingMode mode) =>
        (ref f, a, c, b, out r) => FloatConversion.ToInteger(ref f, b, bits, mode, out r);
}
