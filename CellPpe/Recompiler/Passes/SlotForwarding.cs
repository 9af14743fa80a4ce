namespace CellPpe.Recompiler.Passes;

/// <summary>
/// Reads a slot once: a later read gets the value read or written before, and a write of what the slot holds already is
/// dropped. Routines may change every slot; a helper changes the one it gets.
/// </summary>
public sealed class SlotForwarding : IIrPass
{
    /// <inheritdoc/>
    public IrBlock Run(IrBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var copy = new BlockCopy(block);
        var known = new KnownSlots<IrValue>();
        for (int index = 0; index < block.Instructions.Count; index++)
        {
            IrInstruction insn = block.Instructions[index];
            switch (insn.Op)
            {
                case IrOp.ReadSlot when known.TryGet(insn.Slot, out IrValue value):
                    copy.Replace(index, Fitted(copy.Target, insn.Slot, value));
                    continue;
                case IrOp.WriteSlot when known.TryGet(insn.Slot, out IrValue value) && value == copy[insn.A]:
                    continue;
            }

            copy.Copy(index);
            known.Pass(insn);
            if (insn.Op == IrOp.ReadSlot)
                known.Learn(insn.Slot, copy[new IrValue(index)]);
            else if (insn.Op == IrOp.WriteSlot)
                known.Learn(insn.Slot, copy[insn.A]);
        }

        return copy.Target;
    }

    // What a narrow slot gives back of the value written to it. The mask folds away where the value is known to fit.
    private static IrValue Fitted(IrBlock block, IrSlot slot, IrValue value) => slot.Bytes >= 8 || slot.IsField
        ? value
        : block.Binary(IrOp.And, value, block.Constant(ulong.MaxValue >> (64 - (8 * slot.Bytes))));
}
