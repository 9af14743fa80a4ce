namespace CellPpe.Recompiler.Passes;

/// <summary>
/// Folds what has become foldable since the block was built, and decides exits whose condition is known. Building folds
/// already; this is for values other passes have put in.
/// </summary>
public sealed class ConstantFolding : IIrPass
{
    /// <inheritdoc/>
    public IrBlock Run(IrBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var copy = new BlockCopy(block);
        for (int index = 0; index < block.Instructions.Count && !copy.Target.IsTerminated; index++)
        {
            IrInstruction insn = block.Instructions[index];
            if (insn.Op == IrOp.ExitIf)
            {
                copy.Target.Site = insn.Site;
                copy.Target.Leave(insn.Exit!, copy[insn.A], copy[insn.B]);
            }
            else
            {
                copy.Copy(index);
            }
        }

        return copy.Target;
    }
}
