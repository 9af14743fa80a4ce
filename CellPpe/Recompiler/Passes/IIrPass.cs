namespace CellPpe.Recompiler.Passes;

/// <summary>Makes a better block that does the same.</summary>
public interface IIrPass
{
    /// <summary>A new block; the old one stays as it is.</summary>
    IrBlock Run(IrBlock block);
}
