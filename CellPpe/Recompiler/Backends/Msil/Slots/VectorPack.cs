namespace CellPpe.Recompiler.Backends.Msil.Slots;

/// <summary>Four vectors of a block that one register of the host holds, side by side.</summary>
/// <param name="Lanes">The instructions that make them: four loads of neighbours, or four calls of one helper.</param>
/// <param name="Operands">Of calls: what they take.</param>
internal sealed record VectorPack(int[] Lanes, PackOperand[] Operands)
{
    /// <summary>How many vectors are in one.</summary>
    public const int Width = 4;

    /// <summary>Where the pack is made: before the first of its instructions.</summary>
    public int First { get; } = Lanes.Min();

    /// <summary>Whether it consists of loads.</summary>
    public bool IsLoad => Operands.Length == 0;
}

/// <summary>What the calls of a pack take as one of their operands.</summary>
/// <param name="Lanes">A value for each of them.</param>
/// <param name="Pack">The pack they are; null for values of slots, or one value four times.</param>
internal readonly record struct PackOperand(IrValue[] Lanes, VectorPack? Pack)
{
    /// <summary>Whether all calls take the same value.</summary>
    public bool IsCommon => Pack is null && Lanes[0] == Lanes[1];
}

/// <summary>Slots that share a local, each in a place of its own: all four, or some of them.</summary>
/// <param name="Slots">The slots.</param>
/// <param name="Lanes">Their places.</param>
internal sealed record PackedTuple(IrSlot[] Slots, int[] Lanes)
{
    /// <summary>Four slots, in their order.</summary>
    public PackedTuple(IrSlot[] slots)
        : this(slots, [.. Enumerable.Range(0, VectorPack.Width)])
    {
    }
}
