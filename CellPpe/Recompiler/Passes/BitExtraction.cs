namespace CellPpe.Recompiler.Passes;

/// <summary>
/// Sees through the packing of condition fields: a bit taken out of a field that a comparison has just made becomes the
/// comparison itself, so that a compare and the branch behind it meet.
/// </summary>
public sealed class BitExtraction : IIrPass
{
    // A field is an order and a summary bit, perhaps inserted into one that was there; deeper packing is not worth the search.
    private const int Depth = 4;

    // The bits of an order.
    private const ulong Less = 3;
    private const ulong Greater = 2;
    private const ulong Same = 1;

    /// <inheritdoc/>
    public IrBlock Run(IrBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var copy = new BlockCopy(block);
        for (int index = 0; index < block.Instructions.Count; index++)
        {
            IrValue simpler = IsBit(copy.Target, copy.Translate(index), out IrValue field, out ulong bit)
                ? Extract(copy.Target, field, bit, Depth)
                : default;
            if (simpler.Exists)
                copy.Replace(index, simpler);
            else
                copy.Copy(index);
        }

        return copy.Target;
    }

    // (field >> bit) & 1, where a shift by nothing has been folded away, and so has the mask behind the topmost bit.
    private static bool IsBit(IrBlock block, in IrInstruction insn, out IrValue field, out ulong bit)
    {
        (field, bit) = (insn.A, 0);
        if (insn.Op == IrOp.ShiftRight)
            return block.TryConstant(insn.B, out bit) && (ulong)IrFolding.Width(block, insn.A) == bit + 1;
        if (insn.Op != IrOp.And || !block.TryConstant(insn.B, out ulong mask) || mask != 1)
            return false;
        IrInstruction shift = block[insn.A];
        if (shift.Op == IrOp.ShiftRight && block.TryConstant(shift.B, out bit))
            field = shift.A;
        return true;
    }

    // One bit of a value as 0 or 1, if that is less to compute than the value; else nothing.
    private static IrValue Extract(IrBlock block, IrValue value, ulong bit, int depth)
    {
        if (bit > 63 || (ulong)IrFolding.Width(block, value) <= bit)
            return block.Constant(0);
        if (block.TryConstant(value, out ulong constant))
            return block.Constant((constant >> (int)bit) & 1);
        IrInstruction insn = block[value];
        switch (insn.Op)
        {
            case IrOp.OrderSigned or IrOp.OrderUnsigned:
                return ExtractOrder(block, insn, bit);
            case IrOp.Or when depth > 0:
                return Both(block, insn, bit, depth - 1);
            case IrOp.Select when depth > 0:
                IrValue whenNotZero = Extract(block, insn.B, bit, depth - 1);
                IrValue whenZero = Extract(block, insn.C, bit, depth - 1);
                return whenNotZero.Exists && whenZero.Exists ? block.Select(insn.A, whenNotZero, whenZero) : default;
            default:
                return bit == 0 && IrFolding.Width(block, value) <= 1 ? value : default;
        }
    }

    private static IrValue ExtractOrder(IrBlock block, in IrInstruction order, ulong bit)
    {
        IrOp less = order.Op == IrOp.OrderSigned ? IrOp.LessSigned : IrOp.LessUnsigned;
        return bit switch
        {
            Less => block.Binary(less, order.A, order.B),
            Greater => block.Binary(less, order.B, order.A),
            Same => block.Binary(IrOp.Equal, order.A, order.B),
            _ => block.Constant(0),
        };
    }

    // An or whose one side has no such bit is its other side.
    private static IrValue Both(IrBlock block, in IrInstruction or, ulong bit, int depth)
    {
        IrValue left = Extract(block, or.A, bit, depth);
        IrValue right = Extract(block, or.B, bit, depth);
        if (IsZero(block, left))
            return right.Exists ? right : BitOf(block, or.B, bit);
        if (IsZero(block, right))
            return left.Exists ? left : BitOf(block, or.A, bit);
        return left.Exists && right.Exists ? block.Binary(IrOp.Or, left, right) : default;
    }

    private static bool IsZero(IrBlock block, IrValue value) =>
        value.Exists && block.TryConstant(value, out ulong constant) && constant == 0;

    private static IrValue BitOf(IrBlock block, IrValue value, ulong bit) =>
        block.Binary(IrOp.And, block.Binary(IrOp.ShiftRight, value, block.Constant(bit)), block.Constant(1));
}
