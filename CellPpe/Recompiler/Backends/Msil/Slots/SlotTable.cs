namespace CellPpe.Recompiler.Backends.Msil.Slots;

/// <summary>A set of slots of one region, by their numbers in its <see cref="SlotTable"/>.</summary>
internal readonly record struct SlotSet(UInt128 Bits)
{
    public static SlotSet Empty => default;

    public bool IsEmpty => Bits == 0;

    public static SlotSet operator |(SlotSet left, SlotSet right) => new(left.Bits | right.Bits);

    public static SlotSet operator &(SlotSet left, SlotSet right) => new(left.Bits & right.Bits);

    public bool Contains(int slot) => (Bits >> slot & 1) != 0;

    public SlotSet With(int slot) => new(Bits | (UInt128.One << slot));

    public SlotSet Except(SlotSet other) => new(Bits & ~other.Bits);

    public IEnumerable<int> Numbers()
    {
        for (int slot = 0; slot < 128; slot++)
        {
            if (Contains(slot))
                yield return slot;
        }
    }
}

/// <summary>Numbers the slots that a region keeps in locals.</summary>
internal sealed class SlotTable
{
    private readonly Dictionary<IrSlot, int> _numbers = [];
    private readonly List<IrSlot> _slots = [];
    private readonly HashSet<IrSlot> _oneWay = [];

    /// <exception cref="InvalidOperationException">Two slots share bytes, or there are more than a set holds.</exception>
    public SlotTable(IrRegion region, RegionGuest guest)
    {
        IrInstruction[] uses = [.. region.Blocks.SelectMany(static block => block.Instructions)
            .Where(insn => insn.Op is IrOp.ReadSlot or IrOp.WriteSlot && guest.IsCached(insn.Slot))];
        var read = uses.Where(static insn => insn.Op == IrOp.ReadSlot).Select(static insn => insn.Slot).ToHashSet();
        var written = uses.Where(static insn => insn.Op == IrOp.WriteSlot).Select(static insn => insn.Slot).ToHashSet();
        bool crowded = read.Union(written).Count(static slot => slot.Type == IrType.V128) > guest.VectorsKept;
        foreach (IrInstruction insn in uses)
        {
            if (crowded && insn.Slot.Type == IrType.V128 && !(read.Contains(insn.Slot) && written.Contains(insn.Slot)))
                _oneWay.Add(insn.Slot);
            else
                Add(insn.Slot);
        }

        if (_slots.Count > 128)
            throw new InvalidOperationException($"a region with {_slots.Count} slots");
        IrSlot[] ordered = [.. _slots.OrderBy(static slot => slot.Offset)];
        for (int index = 1; index < ordered.Length; index++)
        {
            if (ordered[index].Overlaps(ordered[index - 1]))
                throw new InvalidOperationException($"slots at {ordered[index - 1].Offset} and {ordered[index].Offset} overlap");
        }
    }

    public IReadOnlyList<IrSlot> Slots => _slots;

    public SlotSet All => new(_slots.Count == 128 ? UInt128.MaxValue : (UInt128.One << _slots.Count) - 1);

    /// <summary>The slot's number; -1 when it lives in the state struct only.</summary>
    public int NumberOf(IrSlot slot) => _numbers.TryGetValue(slot, out int number) ? number : -1;

    /// <summary>Whether the slot lives in the state struct because the region only reads or only writes it.</summary>
    public bool IsOneWay(IrSlot slot) => _oneWay.Contains(slot);

    /// <summary>Has a slot kept in a local all the same.</summary>
    public void Keep(IrSlot slot)
    {
        if (_oneWay.Remove(slot))
            Add(slot);
    }

    private void Add(IrSlot slot)
    {
        if (_numbers.TryAdd(slot, _slots.Count))
            _slots.Add(slot);
    }
}
