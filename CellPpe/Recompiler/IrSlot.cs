namespace CellPpe.Recompiler;

/// <summary>A place of the architected state struct. Narrow slots are read with zeros above, and written with what fits.</summary>
/// <param name="Offset">Bytes from the start of the struct.</param>
/// <param name="Bytes">1, 4, 8, or 16 for a <see cref="IrType.V128"/>.</param>
public readonly record struct IrSlot(int Offset, int Bytes)
{
    /// <summary>The type of its contents.</summary>
    public IrType Type => Bytes == 16 ? IrType.V128 : IrType.I64;

    /// <summary>True when the two share a byte.</summary>
    public bool Overlaps(IrSlot other) => Offset < other.Offset + other.Bytes && other.Offset < Offset + Bytes;
}
