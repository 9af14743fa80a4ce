using System.Runtime.Intrinsics;

using CellPpe.Recompiler;
using CellPpe.Recompiler.Passes;

using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Arithmetic.SinglePrecision;

namespace SpuRuntime.Execution.Translation;

/// <summary>
/// Folds what SPU programs write for lack of scalars: constants built in two steps, moves written as <c>ori</c> with zero, and numbers
/// that go into a preferred slot and come out again.
/// </summary>
internal sealed class VectorFolding : IIrPass
{
    private static readonly IrHelper[] InsertionMasks =
    [
        SpuIrBinary<InsertByte>.Helper, SpuIrBinary<InsertHalfword>.Helper, SpuIrBinary<InsertWord>.Helper,
        SpuIrBinary<InsertDoubleword>.Helper,
        SpuIrImmediate<InsertByte>.Helper, SpuIrImmediate<InsertHalfword>.Helper, SpuIrImmediate<InsertWord>.Helper,
        SpuIrImmediate<InsertDoubleword>.Helper,
    ];

    private static readonly IrHelper[] Comparisons =
    [
        SpuIrBinary<CompareEqualWords>.Helper, SpuIrBinary<CompareGreaterWords>.Helper, SpuIrBinary<CompareLogicalGreaterWords>.Helper,
        SpuIrBinary<SingleEqual>.Helper, SpuIrBinary<SingleMagnitudeEqual>.Helper, SpuIrBinary<SingleGreater>.Helper,
        SpuIrBinary<SingleMagnitudeGreater>.Helper,
    ];

    /// <inheritdoc/>
    public IrBlock Run(IrBlock block)
    {
        var copy = new BlockCopy(block);
        for (int index = 0; index < block.Instructions.Count; index++)
        {
            IrInstruction insn = copy.Translate(index);
            if (insn.Op == IrOp.Equal && TrySign(copy.Target, insn) is { Exists: true } sign)
                copy.Replace(index, sign);
            else if (insn.Op == IrOp.Call && insn.IsPure && TryFold(copy.Target, insn) is { Exists: true } simpler)
                copy.Replace(index, simpler);
            else
                copy.Copy(index);
        }

        return copy.Target;
    }

    // A branch on what a comparison has left in the preferred slot.
    private static IrValue TrySign(IrBlock block, in IrInstruction equal) =>
        block.TryConstant(equal.B, out ulong zero) && zero == 0
        && block[equal.A] is { Op: IrOp.Call } word && word.Helper == SpuIrHelpers.Preferred
        && block[word.A] is { Op: IrOp.Call } made && Array.IndexOf(Comparisons, made.Helper) >= 0
            ? block.Binary(IrOp.Equal, block.Call(SpuIrHelpers.PreferredSign, word.A), equal.B)
            : default;

    private static unsafe IrValue TryFold(IrBlock block, in IrInstruction call)
    {
        IrHelper helper = call.Helper!;
        Span<Vector128<byte>> constants = stackalloc Vector128<byte>[IrInstruction.MaxOperands];
        int count = helper.Parameters.Length;
        int known = 0;
        for (int number = 0; number < count; number++)
        {
            if (VectorConstants.TryConstant(block, call.Operand(number), out constants[number]))
                known++;
        }

        if (known == count)
        {
            // A pure helper reads no state.
            Vector128<byte> result = helper.Evaluate(null, constants[..count]);
            return helper.Result == IrType.V128 ? VectorConstants.Constant(block, result) : block.Constant(SpuIrHelpers.Number(result));
        }

        if (helper == SpuIrHelpers.Preferred && block[call.A] is { Op: IrOp.Call } made && made.Helper == SpuIrHelpers.InPreferred)
            return made.A;
        bool plain = helper == SpuIrTernary<ShufflePlainBytes>.Helper
            || (helper == SpuIrTernary<ShuffleBytes>.Helper && NamesBytes(block, call.C));
        if (plain && call.A == call.B)
            return block.Call(SpuIrBinary<ShufflePlainBytesOfOne>.Helper, call.A, call.C);
        if (plain && helper == SpuIrTernary<ShuffleBytes>.Helper)
            return block.Call(SpuIrTernary<ShufflePlainBytes>.Helper, call.A, call.B, call.C);
        return IsMove(block, call) ? call.A : default;
    }

    // The indices of a shuffle have no first bits set: none asks for a constant.
    private static bool NamesBytes(IrBlock block, IrValue indices) =>
        VectorConstants.TryConstant(block, indices, out Vector128<byte> constant)
        ? constant.ExtractMostSignificantBits() == 0 && (constant & Vector128.Create((byte)0x60)) == Vector128<byte>.Zero
        : block[indices] is { Op: IrOp.Call } made && Array.IndexOf(InsertionMasks, made.Helper) >= 0;

    private static bool IsMove(IrBlock block, in IrInstruction call) =>
        (call.Helper == SpuIrBinary<Or>.Helper || call.Helper == SpuIrBinary<AddWords>.Helper
            || call.Helper == SpuIrImmediate<RotateQuadBytes>.Helper)
        && VectorConstants.TryConstant(block, call.B, out Vector128<byte> second) && second == Vector128<byte>.Zero;
}
