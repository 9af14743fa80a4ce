namespace CellPpe.Recompiler.Passes;

/// <summary>Computes the same value once: a pure instruction like an earlier one is replaced by it.</summary>
public sealed class ValueNumbering : IIrPass
{
    /// <inheritdoc/>
    public IrBlock Run(IrBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var copy = new BlockCopy(block);
        var known = new Dictionary<IrInstruction, IrValue>();
        for (int index = 0; index < block.Instructions.Count; index++)
        {
            IrInstruction insn = copy.Translate(index);
            if (insn.IsPure && known.TryGetValue(insn, out IrValue earlier))
            {
                copy.Replace(index, earlier);
                continue;
            }

            copy.Copy(index);
            if (insn.IsPure)
                known[insn] = copy[new IrValue(index)];
        }

        return copy.Target;
    }
}
