namespace CellPpe.Recompiler;

/// <summary>A place of the architected state struct. Narrow slots are read with zeros above, and written with what fits.</summary>
/// <param name="Offset">Bytes from the start of the struct.</param>
/// <param name="Bytes">1, 4, 8, or 16 for a <see cref="IrType.V128"/>.</param>
/// <param name="Bits">
/// How many of its low bits can be set. Fewer than the bytes hold: a flag or field that is never given more by anyone, so
/// that no mask is needed; the reference backend checks it.
/// </param>
public readonly record struct IrSlot(int Offset, int Bytes, int Bits)
{
    /// <summary>A place that uses all its bits.</summary>
    public IrSlot(int offset, int bytes)
        : this(offset, bytes, 8 * bytes)
    {
    }

    /// <summary>The type of its contents.</summary>
    public IrType Type => Bytes == 16 ? IrType.V128 : IrType.I64;

    /// <summary>True when it never holds all its bytes could.</summary>
    public bool IsField => Bits < 8 * Bytes;

    /// <summary>True when the two share a byte.</summary>
    public bool Overlaps(IrSlot other) => Offset < other.Offset + other.Bytes && other.Offset < Offset + Bytes;
}
