using System.Runtime.Intrinsics;

using CellPpe.Recompiler;
using CellPpe.Recompiler.Passes;

using SpuRuntime.Arithmetic.Float;
using SpuRuntime.Arithmetic.Integer;

namespace SpuRuntime.Execution;

/// <summary>
/// Folds what SPU programs write for lack of scalars: constants built in two steps, moves written as <c>ori</c> with zero, and numbers
/// that go into a preferred slot and come out again.
/// </summary>
internal sealed class VectorFolding : IIrPass
{
    private static readonly IrHelper[] InsertionMasks =
    [
        IrBinary<InsertByte>.Helper, IrBinary<InsertHalfword>.Helper, IrBinary<InsertWord>.Helper, IrBinary<InsertDoubleword>.Helper,
        IrImmediate<InsertByte>.Helper, IrImmediate<InsertHalfword>.Helper, IrImmediate<InsertWord>.Helper, IrImmediate<InsertDoubleword>.Helper,
    ];

    private static readonly IrHelper[] Comparisons =
    [
        IrBinary<CompareEqualWords>.Helper, IrBinary<CompareGreaterWords>.Helper, IrBinary<CompareLogicalGreaterWords>.Helper,
        IrBinary<SingleEqual>.Helper, IrBinary<SingleMagnitudeEqual>.Helper, IrBinary<SingleGreater>.Helper,
        IrBinary<SingleMagnitudeGreater>.Helper,
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

    /// <summary>A register's constant contents.</summary>
    public static IrValue Constant(IrBlock block, Vector128<byte> value) =>
        block.Binary(IrOp.VectorOf, block.Constant(value.AsUInt64().GetElement(1)), block.Constant(value.AsUInt64().GetElement(0)));

    /// <summary>True when a value is a constant number or vector.</summary>
    public static bool TryConstant(IrBlock block, IrValue value, out Vector128<byte> constant)
    {
        constant = default;
        if (block.TryConstant(value, out ulong number))
        {
            constant = Vector128.CreateScalar(number).AsByte();
            return true;
        }

        if (block[value] is not { Op: IrOp.VectorOf } vector || !block.TryConstant(vector.A, out ulong high) || !block.TryConstant(vector.B, out ulong low))
            return false;
        constant = Vector128.Create(low, high).AsByte();
        return true;
    }

    // A branch on what a comparison has left in the preferred slot.
    private static IrValue TrySign(IrBlock block, in IrInstruction equal) =>
        block.TryConstant(equal.B, out ulong zero) && zero == 0
        && block[equal.A] is { Op: IrOp.Call } word && word.Helper == IrHelpers.Preferred
        && block[word.A] is { Op: IrOp.Call } made && Array.IndexOf(Comparisons, made.Helper) >= 0
            ? block.Binary(IrOp.Equal, block.Call(IrHelpers.PreferredSign, word.A), equal.B)
            : default;

    private static unsafe IrValue TryFold(IrBlock block, in IrInstruction call)
    {
        IrHelper helper = call.Helper!;
        Span<Vector128<byte>> constants = stackalloc Vector128<byte>[IrInstruction.MaxOperands];
        int count = helper.Parameters.Length;
        int known = 0;
        for (int number = 0; number < count; number++)
        {
            if (TryConstant(block, call.Operand(number), out constants[number]))
                known++;
        }

        if (known == count)
        {
            // Pure: it looks at no state.
            Vector128<byte> result = helper.Evaluate(null, constants[..count]);
            return helper.Result == IrType.V128 ? Constant(block, result) : block.Constant(IrHelpers.Number(result));
        }

        if (helper == IrHelpers.Preferred && block[call.A] is { Op: IrOp.Call } made && made.Helper == IrHelpers.InPreferred)
            return made.A;
        bool plain = helper == IrTernary<ShufflePlainBytes>.Helper || (helper == IrTernary<ShuffleBytes>.Helper && NamesBytes(block, call.C));
        if (plain && call.A == call.B)
            return block.Call(IrBinary<ShufflePlainBytesOfOne>.Helper, call.A, call.C);
        if (plain && helper == IrTernary<ShuffleBytes>.Helper)
            return block.Call(IrTernary<ShufflePlainBytes>.Helper, call.A, call.B, call.C);
        return IsMove(block, call) ? call.A : default;
    }

    // The indices of a shuffle have no first bits set: none asks for a constant.
    private static bool NamesBytes(IrBlock block, IrValue indices) => TryConstant(block, indices, out Vector128<byte> constant)
        ? constant.ExtractMostSignificantBits() == 0 && (constant & Vector128.Create((byte)0x60)) == Vector128<byte>.Zero
        : block[indices] is { Op: IrOp.Call } made && Array.IndexOf(InsertionMasks, made.Helper) >= 0;

    private static bool IsMove(IrBlock block, in IrInstruction call) =>
        (call.Helper == IrBinary<Or>.Helper || call.Helper == IrBinary<AddWords>.Helper || call.Helper == IrImmediate<RotateQuadBytes>.Helper)
        && TryConstant(block, call.B, out Vector128<byte> second) && second == Vector128<byte>.Zero;
}
