namespace CellPpe.Recompiler;

/// <summary>Names the result of one instruction of a block; the default names nothing.</summary>
public readonly record struct IrValue
{
    private readonly int _number;

    internal IrValue(int index) => _number = index + 1;

    /// <summary>True unless this is the default.</summary>
    public bool Exists => _number != 0;

    /// <summary>Which instruction of the block makes the value.</summary>
    public int Index => _number - 1;
}
