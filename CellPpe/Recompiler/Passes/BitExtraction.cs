namespace CellPpe.Recompiler.Passes;

/// <summary>
/// Sees through the packing of condition fields: a bit taken out of a field that a comparison has just made becomes the
/// comparison itself, so that a compare and the branch behind it meet.
/// </summary>
public sealed class BitExtraction : IIrPass
{
    // A field is an order of two selects and a summary bit; deeper packing is not worth the search.
    private const int Depth = 4;

    /// <inheritdoc/>
    public IrBlock Run(IrBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var copy = new BlockCopy(block);
        for (int index = 0; index < block.Instructions.Count; index++)
        {
            IrInstruction insn = copy.Translate(index);
            IrValue simpler = insn.Op is IrOp.And or IrOp.ShiftRight && copy.Target.TryConstant(insn.B, out ulong amount)
                ? Distribute(copy.Target, insn.Op, insn.A, amount, Depth)
                : default;
            if (simpler.Exists)
                copy.Replace(index, simpler);
            else
                copy.Copy(index);
        }

        return copy.Target;
    }

    // The value shifted right by, or masked with, a constant, if that leaves less to compute; else nothing.
    private static IrValue Distribute(IrBlock block, IrOp op, IrValue value, ulong amount, int depth)
    {
        if (block.TryConstant(value, out ulong constant))
            return block.Constant(IrArithmetic.Evaluate(op, 0, constant, amount, 0));
        int width = IrFolding.Width(block, value);
        if (op == IrOp.ShiftRight ? (ulong)width <= amount : width == 0)
            return block.Constant(0);
        if (op == IrOp.And && (width == 0 || ((ulong.MaxValue >> (64 - width)) & ~amount) == 0))
            return value;
        IrInstruction insn = block[value];
        if (depth == 0 || insn.Op is not (IrOp.Or or IrOp.Select))
            return default;
        // Of a select, A is the condition and stays.
        IrValue left = Distribute(block, op, insn.Op == IrOp.Or ? insn.A : insn.B, amount, depth - 1);
        IrValue right = Distribute(block, op, insn.Op == IrOp.Or ? insn.B : insn.C, amount, depth - 1);
        if (insn.Op == IrOp.Select)
            return left.Exists && right.Exists ? block.Select(insn.A, left, right) : default;
        return OtherOfZero(block, op, left, insn.B, right, amount) is { Exists: true } first
            ? first
            : OtherOfZero(block, op, right, insn.A, left, amount);
    }

    // An or whose one side vanishes is its other side.
    private static IrValue OtherOfZero(IrBlock block, IrOp op, IrValue side, IrValue other, IrValue otherSimpler, ulong amount)
    {
        if (!side.Exists || !block.TryConstant(side, out ulong zero) || zero != 0)
            return default;
        return otherSimpler.Exists ? otherSimpler : block.Binary(op, other, block.Constant(amount));
    }
}
