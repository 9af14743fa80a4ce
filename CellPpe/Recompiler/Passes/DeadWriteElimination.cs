namespace CellPpe.Recompiler.Passes;

/// <summary>
/// Drops writes to slots that are written again before anything can see them. Whatever may leave the block sees every
/// slot, and so do routines; a helper sees the one it gets.
/// </summary>
/// <param name="loadsLeave">
/// False for a guest whose loads never fault: writes that only loads see are kept, and marked
/// (<see cref="IrInstruction.IsSeenByLoadsOnly"/>).
/// </param>
public sealed class DeadWriteElimination(bool loadsLeave = true) : IIrPass
{
    private enum Seen
    {
        ByOthers,
        ByLoads,
        ByNobody,
    }

    /// <inheritdoc/>
    public IrBlock Run(IrBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        Seen[] seen = FindSeen(block);
        var copy = new BlockCopy(block);
        for (int index = 0; index < seen.Length; index++)
        {
            if (block.Instructions[index].Op != IrOp.WriteSlot)
                copy.Copy(index);
            else if (seen[index] != Seen.ByNobody)
                copy.Target.Append(copy.Translate(index) with { IsSeenByLoadsOnly = seen[index] == Seen.ByLoads });
        }

        return copy.Target;
    }

    private Seen[] FindSeen(IrBlock block)
    {
        var seen = new Seen[block.Instructions.Count];
        // For each slot that is overwritten before others see it, how many loads stand behind the place that is looked at.
        var overwritten = new Dictionary<IrSlot, int>();
        int loads = 0;
        for (int index = seen.Length - 1; index >= 0; index--)
        {
            IrInstruction insn = block.Instructions[index];
            bool load = insn.Op is IrOp.Load or IrOp.LoadVector;
            loads += load ? 1 : 0;
            if (insn.MayLeave && (loadsLeave || !load))
                overwritten.Clear();
            else if (insn.Op == IrOp.ReadSlot)
                Forget(overwritten, insn.Slot);
            else if (insn is { Op: IrOp.Call, Helper.State: { } state })
                Forget(overwritten, state);
            else if (insn.Op == IrOp.WriteSlot)
            {
                if (overwritten.TryGetValue(insn.Slot, out int loadsBehind))
                    seen[index] = loads > loadsBehind ? Seen.ByLoads : Seen.ByNobody;
                overwritten[insn.Slot] = loads;
            }
        }

        return seen;
    }

    private static void Forget(Dictionary<IrSlot, int> overwritten, IrSlot read)
    {
        foreach (IrSlot slot in overwritten.Keys.Where(read.Overlaps).ToArray())
            overwritten.Remove(slot);
    }
}
