namespace CellPpe.Recompiler.Backends.Msil.Slots;

/// <summary>
/// Which slots are changed where in a region, so that an exit writes back what it must and no more, and which must be loaded
/// when the region is entered.
/// </summary>
internal sealed class SlotFlow
{
    private readonly IrRegion _region;
    private readonly SlotTable _table;
    private readonly SlotSet[] _written;
    private readonly SlotSet[] _mayIn;
    private readonly SlotSet[] _mustIn;

    /// <param name="region">The region.</param>
    /// <param name="table">Its cached slots.</param>
    /// <param name="left">For each block, whether the region may be left at its start.</param>
    public SlotFlow(IrRegion region, SlotTable table, bool[] left)
    {
        _region = region;
        _table = table;
        int count = region.Blocks.Count;
        _written = new SlotSet[count];
        _mayIn = new SlotSet[count];
        _mustIn = new SlotSet[count];
        Array.Fill(_mustIn, table.All);
        for (int number = 0; number < count; number++)
            _written[number] = WrittenIn(number, 0, region.Blocks[number].Instructions.Count);
        foreach (int entry in region.Entries)
            _mustIn[entry] = SlotSet.Empty;
        Propagate();
        for (int number = 0; number < count; number++)
            Loaded |= FindLoads(number, left[number]);
    }

    /// <summary>Slots whose locals must be filled when the region is entered.</summary>
    public SlotSet Loaded { get; }

    /// <summary>Slots that may have changed since the region was entered, at a block's start.</summary>
    public SlotSet ChangedBefore(int block) => _mayIn[block];

    private void Propagate()
    {
        bool changed;
        do
        {
            changed = false;
            for (int number = 0; number < _region.Blocks.Count; number++)
            {
                SlotSet may = _mayIn[number] | _written[number];
                SlotSet must = _mustIn[number] | _written[number];
                foreach (int next in _region.Successors(number))
                {
                    SlotSet mayNext = _mayIn[next] | may;
                    SlotSet mustNext = _mustIn[next] & must;
                    changed |= mayNext != _mayIn[next] || mustNext != _mustIn[next];
                    _mayIn[next] = mayNext;
                    _mustIn[next] = mustNext;
                }
            }
        }
        while (changed);
    }

    // Read before anything in the region has certainly written it, or written back though only some path has changed it.
    private SlotSet FindLoads(int number, bool left)
    {
        SlotSet may = _mayIn[number];
        SlotSet must = _mustIn[number];
        SlotSet loads = left ? may.Except(must) : SlotSet.Empty;
        foreach (IrInstruction insn in _region.Blocks[number].Instructions)
        {
            int slot = insn.Op is IrOp.ReadSlot or IrOp.WriteSlot ? _table.NumberOf(insn.Slot) : -1;
            if (insn.Op == IrOp.ReadSlot && slot >= 0 && !must.Contains(slot))
                loads = loads.With(slot);
            if (insn.MayLeave)
                loads |= may.Except(must);
            SlotSet written = Written(insn, slot);
            may |= written;
            must |= written;
        }

        return loads;
    }

    /// <summary>Slots that instructions of a block write.</summary>
    public SlotSet WrittenIn(int number, int start, int end)
    {
        SlotSet written = SlotSet.Empty;
        for (int index = start; index < end; index++)
        {
            IrInstruction insn = _region.Blocks[number].Instructions[index];
            written |= Written(insn, insn.Op == IrOp.WriteSlot ? _table.NumberOf(insn.Slot) : -1);
        }

        return written;
    }

    private SlotSet Written(in IrInstruction insn, int slot)
    {
        if (insn.Op == IrOp.WriteSlot && slot >= 0)
            return SlotSet.Empty.With(slot);
        return insn is { Op: IrOp.Perform, Routine.Writes: { } writes } ? SetOf(writes(insn)) : SlotSet.Empty;
    }

    /// <summary>The cached ones of some slots.</summary>
    public SlotSet SetOf(IEnumerable<IrSlot> slots)
    {
        SlotSet set = SlotSet.Empty;
        foreach (IrSlot slot in slots)
        {
            if (_table.NumberOf(slot) is >= 0 and int number)
                set = set.With(number);
        }

        return set;
    }
}
