namespace CellPpe.Recompiler.Backends.Msil.Slots;

/// <summary>
/// Slots that share a local, four to one: sums that a loop carries in registers which lie side by side in memory, four and four, before or
/// behind it. An SPU has 128 registers of four words and a host wider ones, so that one operation of the host is four of the guest.
/// </summary>
internal sealed class PackedSlots
{
    private readonly List<PackedTuple> _tuples = [];
    private readonly VectorPacks[] _packs;

    /// <param name="region">The region.</param>
    /// <param name="table">Its slots.</param>
    public PackedSlots(IrRegion region, SlotTable table)
    {
        AccessGroups[] groups = [.. region.Blocks.Select(static block => new AccessGroups(block, faults: false))];
        _packs = Find(region, groups, slots => Array.TrueForAll(slots, slot => table.NumberOf(slot) >= 0));
        Choose(region);
        _packs = _tuples.Count == 0 ? []
            : Find(region, groups, slots => TupleOf(slots[0]) is { } tuple && tuple.Slots.SequenceEqual(slots));
        for (int number = 0; number < _packs.Length; number++)
        {
            if (region.Successors(number).Contains(number))
                AddLeft(region, table, _packs[number]);
        }
    }

    /// <summary>The tuples.</summary>
    public IReadOnlyList<PackedTuple> Tuples => _tuples;

    /// <summary>The packs of a block; null when the region has none.</summary>
    public VectorPacks? In(int block) => _packs.Length == 0 ? null : _packs[block];

    private PackedTuple? TupleOf(IrSlot slot) => _tuples.Find(tuple => tuple.Slots.Contains(slot));

    private static VectorPacks[] Find(IrRegion region, AccessGroups[] groups, Func<IrSlot[], bool> isPacked) =>
        [.. region.Blocks.Select((block, number) => new VectorPacks(block, groups[number], isPacked))];

    // What is read as a pack somewhere and written as one, too, and nowhere more often one by one.
    private void Choose(IrRegion region)
    {
        IEnumerable<IrSlot[]> read = _packs.SelectMany((packs, number) => packs.All.SelectMany(static pack => pack.Operands)
            .Where(static operand => operand.Pack is null && !operand.IsCommon)
            .Select(operand => operand.Lanes.Select(lane => region.Blocks[number][lane].Slot).ToArray()));
        foreach (IrSlot[] slots in read.ToArray())
        {
            var tuple = new PackedTuple(slots);
            int whole = _packs.Count(packs => packs.All.Any(pack => packs.EndsIn(pack, tuple)));
            if (whole > 0 && !Array.Exists(slots, slot => TupleOf(slot) is not null)
                && Uses(region, slots) <= VectorPack.Width * (3 + (2 * whole)))
                _tuples.Add(tuple);
        }
    }

    // What a loop leaves in slots that nobody reads in the region: kept as it is, it is taken apart where the region is left.
    private void AddLeft(IrRegion region, SlotTable table, VectorPacks packs)
    {
        foreach (VectorPack pack in packs.All)
        {
            // One slot for each place: what two hold is the same only behind the loop.
            (IrSlot Slot, int Lane)[] left = [.. packs.EndsOf(pack)
                .Where(end => TupleOf(end.Slot) is null && !IsRead(region, end.Slot)).DistinctBy(static end => end.Lane)];
            if (left.Length == 0)
                continue;
            foreach ((IrSlot slot, _) in left)
                table.Keep(slot);
            _tuples.Add(new PackedTuple([.. left.Select(static end => end.Slot)], [.. left.Select(static end => end.Lane)]));
        }
    }

    private static bool IsRead(IrRegion region, IrSlot slot) =>
        region.Blocks.Any(block => block.Instructions.Any(insn => insn.Op == IrOp.ReadSlot && insn.Slot == slot));

    private static int Uses(IrRegion region, IrSlot[] slots) => region.Blocks.Sum(block => block.Instructions
        .Where(insn => insn.Op is IrOp.ReadSlot or IrOp.WriteSlot && slots.Contains(insn.Slot))
        .Select(static insn => (insn.Op, insn.Slot)).Distinct().Count());
}
