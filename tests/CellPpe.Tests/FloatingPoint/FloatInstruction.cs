using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;
using CellPpe.Ppe.State;

namespace CellPpe.Tests.FloatingPoint;

/// <summary>What an arithmetic instruction leaves: the target register, FPSCR and, for a compare, the CR field.</summary>
internal readonly record struct FloatOutcome(ulong Target, uint Fpscr, uint CrField = 0);

/// <summary>The arithmetic of one instruction, with one signature for all: operands in the manual's order FRA, FRC, FRB.</summary>
internal delegate FloatOutcome FloatInstruction(uint fpscr, ReadOnlySpan<ulong> operands);

/// <summary>Every floating-point instruction with arithmetic, by mnemonic.</summary>
internal static class FloatInstructions
{
    public static IReadOnlyDictionary<string, FloatInstruction> ByMnemonic { get; } =
        new Dictionary<string, FloatInstruction>
        {
            ["fadd"] = Binary<FloatAdd>,
            ["fadds"] = Binary<FloatAddSingle>,
            ["fsub"] = Binary<FloatSubtract>,
            ["fsubs"] = Binary<FloatSubtractSingle>,
            ["fmul"] = Binary<FloatMultiply>,
            ["fmuls"] = Binary<FloatMultiplySingle>,
            ["fdiv"] = Binary<FloatDivide>,
            ["fdivs"] = Binary<FloatDivideSingle>,
            ["fmadd"] = Ternary<FloatMultiplyAdd>,
            ["fmadds"] = Ternary<FloatMultiplyAddSingle>,
            ["fmsub"] = Ternary<FloatMultiplySubtract>,
            ["fmsubs"] = Ternary<FloatMultiplySubtractSingle>,
            ["fnmadd"] = Ternary<FloatNegativeMultiplyAdd>,
            ["fnmadds"] = Ternary<FloatNegativeMultiplyAddSingle>,
            ["fnmsub"] = Ternary<FloatNegativeMultiplySubtract>,
            ["fnmsubs"] = Ternary<FloatNegativeMultiplySubtractSingle>,
            ["fsqrt"] = Unary<FloatSquareRoot>,
            ["fsqrts"] = Unary<FloatSquareRootSingle>,
            ["fres"] = Unary<FloatReciprocalEstimateSingle>,
            ["frsqrte"] = Unary<FloatReciprocalSquareRootEstimate>,
            ["frsp"] = Unary<FloatRoundToSingle>,
            ["fcfid"] = Unary<FloatConvertFromInteger>,
            ["fctid"] = Unary<FloatConvertToDoubleword>,
            ["fctidz"] = Unary<FloatConvertToDoublewordTowardZero>,
            ["fctiw"] = Unary<FloatConvertToWord>,
            ["fctiwz"] = Unary<FloatConvertToWordTowardZero>,
            ["fcmpu"] = Compare<FloatCompareUnordered>,
            ["fcmpo"] = Compare<FloatCompareOrdered>,
        };

    private static FloatOutcome Unary<TOperation>(uint fpscr, ReadOnlySpan<ulong> operands)
        where TOperation : struct, IPpuFloatUnary
    {
        Fpscr state = Before(fpscr);
        bool written = TOperation.Apply(ref state, operands[0], out ulong result);
        return After(state, written, result);
    }

    private static FloatOutcome Binary<TOperation>(uint fpscr, ReadOnlySpan<ulong> operands)
        where TOperation : struct, IPpuFloatBinary
    {
        Fpscr state = Before(fpscr);
        bool written = TOperation.Apply(ref state, operands[0], operands[1], out ulong result);
        return After(state, written, result);
    }

    private static FloatOutcome Ternary<TOperation>(uint fpscr, ReadOnlySpan<ulong> operands)
        where TOperation : struct, IPpuFloatTernary
    {
        Fpscr state = Before(fpscr);
        bool written = TOperation.Apply(ref state, operands[0], operands[1], operands[2], out ulong result);
        return After(state, written, result);
    }

    private static FloatOutcome Compare<TOperation>(uint fpscr, ReadOnlySpan<ulong> operands)
        where TOperation : struct, IPpuFloatCompare
    {
        Fpscr state = Before(fpscr);
        uint field = TOperation.Apply(ref state, operands[0], operands[1]);
        return new FloatOutcome(FloatVector.TargetBefore, state.Value, field);
    }

    private static Fpscr Before(uint fpscr) => new() { Value = Fpscr.Summarize(fpscr) };

    private static FloatOutcome After(in Fpscr state, bool written, ulong result) =>
        new(written ? result : FloatVector.TargetBefore, state.Value);
}
