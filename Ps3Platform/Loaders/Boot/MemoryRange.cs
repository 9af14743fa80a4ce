using CellPpe.Core;

namespace Ps3Platform.Loaders.Boot;

/// <summary>A range of partition memory.</summary>
public readonly record struct MemoryRange(LparAddress Start, ulong Size)
{
    /// <summary>The first address after it.</summary>
    public LparAddress End => Start + Size;

    /// <summary>True when both have a byte in common.</summary>
    public bool Overlaps(MemoryRange other) => Start.Value < other.End.Value && other.Start.Value < End.Value;

    /// <inheritdoc/>
    public override string ToString() => $"0x{Start.Value:x8}..0x{End.Value:x8}";
}
