namespace CellPpe.Recompiler.Passes;

/// <summary>Drops values that nothing uses. Accesses stay, used or not: they can fault, and a device sees them.</summary>
public sealed class DeadCodeElimination : IIrPass
{
    /// <inheritdoc/>
    public IrBlock Run(IrBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        bool[] live = FindLive(block);
        var copy = new BlockCopy(block);
        for (int index = 0; index < live.Length; index++)
        {
            if (live[index])
                copy.Copy(index);
        }

        return copy.Target;
    }

    // Operands stand before their uses, so that one walk from the end finds everything.
    private static bool[] FindLive(IrBlock block)
    {
        var live = new bool[block.Instructions.Count];
        for (int index = live.Length - 1; index >= 0; index--)
        {
            IrInstruction insn = block.Instructions[index];
            live[index] |= !insn.IsPure && insn.Op != IrOp.ReadSlot;
            if (!live[index])
                continue;
            for (int number = 0; number < IrInstruction.MaxOperands; number++)
            {
                if (insn.Operand(number) is { Exists: true } operand)
                    live[operand.Index] = true;
            }
        }

        return live;
    }
}
