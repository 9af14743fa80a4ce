using CellPpe.Recompiler.Inspection;

namespace CellPpe.Recompiler.Backends;

/// <summary>Runs blocks by walking them: slow and plain, the reference of what the representation means.</summary>
public sealed class IrInterpreterBackend : IIrBackend
{
    /// <inheritdoc/>
    public ICompiledBlock Compile(IrBlock block)
    {
        IrVerifier.Verify(block);
        return new InterpretedBlock(block);
    }
}
