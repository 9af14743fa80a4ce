namespace CellPpe.Recompiler.Passes;

/// <summary>
/// Drops writes to slots that are written again before anything can see them. Whatever may leave the block sees every
/// slot, and so do routines; a helper sees the one it gets.
/// </summary>
/// <param name="loadsLeave">False for a guest whose loads never fault.</param>
public sealed class DeadWriteElimination(bool loadsLeave = true) : IIrPass
{
    /// <inheritdoc/>
    public IrBlock Run(IrBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        bool[] dead = FindDead(block);
        var copy = new BlockCopy(block);
        for (int index = 0; index < dead.Length; index++)
        {
            if (!dead[index])
                copy.Copy(index);
        }

        return copy.Target;
    }

    private bool[] FindDead(IrBlock block)
    {
        var dead = new bool[block.Instructions.Count];
        var overwritten = new HashSet<IrSlot>();
        for (int index = dead.Length - 1; index >= 0; index--)
        {
            IrInstruction insn = block.Instructions[index];
            if (insn.MayLeave && (loadsLeave || insn.Op is not (IrOp.Load or IrOp.LoadVector)))
                overwritten.Clear();
            else if (insn.Op == IrOp.ReadSlot)
                overwritten.RemoveWhere(insn.Slot.Overlaps);
            else if (insn is { Op: IrOp.Call, Helper.State: { } state })
                overwritten.RemoveWhere(state.Overlaps);
            else if (insn.Op == IrOp.WriteSlot)
                dead[index] = !overwritten.Add(insn.Slot);
        }

        return dead;
    }
}
