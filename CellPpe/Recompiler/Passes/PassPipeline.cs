using CellPpe.Recompiler.Inspection;

namespace CellPpe.Recompiler.Passes;

/// <summary>Passes in the order in which each profits from those before it.</summary>
/// <param name="passes">The passes, first to run first.</param>
/// <param name="verify">Whether to check the block after every pass.</param>
public sealed class PassPipeline(IReadOnlyList<IIrPass> passes, bool verify) : IIrPass
{
    /// <summary>All passes there are.</summary>
    public static PassPipeline Standard(bool verify) =>
        new(
            [
                new SlotForwarding(), new ConstantFolding(), new BitExtraction(), new ValueNumbering(),
                new DeadWriteElimination(), new DeadCodeElimination(),
            ],
            verify);

    /// <inheritdoc/>
    public IrBlock Run(IrBlock block)
    {
        foreach (IIrPass pass in passes)
        {
            block = pass.Run(block);
            if (verify)
                IrVerifier.Verify(block);
        }

        return block;
    }
}
