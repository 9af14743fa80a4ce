namespace CellPpe.Recompiler.Backends.Msil.Slots;

/// <summary>
/// Finds the packs of a block: from loads of neighbours along the calls that use them. Only those stay that go into slots which are packed
/// themselves, or come from there: all others would be taken apart again.
/// </summary>
internal sealed class VectorPacks
{
    private readonly IrBlock _block;
    private readonly AccessGroups _groups;
    private readonly Func<IrSlot[], bool> _isPacked;
    private readonly VectorPack?[] _packs;
    private readonly List<int>[] _users;
    private readonly Dictionary<IrSlot, int> _lastWrites = [];
    private readonly HashSet<int> _broadcast = [];

    /// <param name="block">The block.</param>
    /// <param name="groups">Its accesses.</param>
    /// <param name="isPacked">Whether four slots share a local, or may.</param>
    public VectorPacks(IrBlock block, AccessGroups groups, Func<IrSlot[], bool> isPacked)
    {
        (_block, _groups, _isPacked) = (block, groups, isPacked);
        _packs = new VectorPack?[block.Instructions.Count];
        _users = [.. block.Instructions.Select(static _ => new List<int>())];
        for (int index = 0; index < _packs.Length; index++)
        {
            IrInstruction insn = block.Instructions[index];
            if (insn.Op == IrOp.WriteSlot && !insn.IsSeenByLoadsOnly)
                _lastWrites[insn.Slot] = index;
            for (int number = 0; insn.Op == IrOp.Call && number < IrInstruction.MaxOperands; number++)
            {
                if (insn.Operand(number) is { Exists: true } operand)
                    _users[operand.Index].Add(index);
            }
        }

        var found = new List<VectorPack>(Loads());
        for (int number = 0; number < found.Count; number++)
            FindUsers(found[number], found);
        Keep(found);
        All = [.. found.Where(pack => _packs[pack.First] == pack)];
        foreach (PackOperand operand in All.SelectMany(static pack => pack.Operands).Where(static operand => operand.IsCommon))
            Broadcast(operand.Lanes[0].Index);
    }

    /// <summary>The packs.</summary>
    public VectorPack[] All { get; }

    /// <summary>The pack an instruction belongs to, or null.</summary>
    public VectorPack? Of(int index) => _packs[index];

    /// <summary>Whether a load or call makes a value four times at once, because packs take it.</summary>
    public bool IsBroadcast(int index) => _broadcast.Contains(index);

    /// <summary>Whether slots hold the pack's vectors, each its own, when the block ends.</summary>
    public bool EndsIn(VectorPack pack, PackedTuple tuple) =>
        Enumerable.Range(0, tuple.Slots.Length).All(number => ValueAtEnd(tuple.Slots[number]) == pack.Lanes[tuple.Lanes[number]]);

    /// <summary>The slots that hold vectors of a pack when the block ends, each with the vector's place.</summary>
    public IEnumerable<(IrSlot Slot, int Lane)> EndsOf(VectorPack pack) =>
        _lastWrites.Select(write => (write.Key, Array.IndexOf(pack.Lanes, _block.Instructions[write.Value].A.Index)))
        .Where(static end => end.Item2 >= 0);

    /// <summary>Where a slot is written last; -1 when it is not.</summary>
    public int LastWriteOf(IrSlot slot) => _lastWrites.GetValueOrDefault(slot, -1);

    private int ValueAtEnd(IrSlot slot) => LastWriteOf(slot) is >= 0 and int write ? _block.Instructions[write].A.Index : -1;

    private IEnumerable<VectorPack> Loads()
    {
        const int VectorBytes = 16;
        var loads = Enumerable.Range(0, _packs.Length)
            .Where(index => _block.Instructions[index].Op == IrOp.LoadVector && _groups.Of(index) is not null);
        foreach (IGrouping<AccessGroup, int> near in loads.GroupBy(index => _groups.Of(index)!).ToArray())
        {
            var places = new SortedDictionary<int, int>();
            foreach (int index in near)
                places.TryAdd(_groups.OffsetOf(index), index);
            foreach (int offset in places.Keys)
            {
                int[] lanes =
                    [.. Enumerable.Range(0, VectorPack.Width).Select(lane => places.GetValueOrDefault(offset + (lane * VectorBytes), -1))];
                if (Array.TrueForAll(lanes, lane => lane >= 0 && _packs[lane] is null) && !IsStoredBetween(lanes))
                    yield return Add(new VectorPack(lanes, []));
            }
        }
    }

    private bool IsStoredBetween(int[] lanes)
    {
        for (int index = lanes.Min(); index < lanes.Max(); index++)
        {
            if (_block.Instructions[index].Op is IrOp.Store or IrOp.StoreVector or IrOp.StoreBytes or IrOp.Barrier)
                return true;
        }

        return false;
    }

    private VectorPack Add(VectorPack pack)
    {
        foreach (int lane in pack.Lanes)
            _packs[lane] = pack;
        return pack;
    }

    private void FindUsers(VectorPack pack, List<VectorPack> found)
    {
        foreach (int first in _users[pack.Lanes[0]])
        {
            int[] lanes = [first, .. pack.Lanes.Skip(1)
                .Select(made => _users[made].Where(user => Matches(first, user, pack, made)).DefaultIfEmpty(-1).First())];
            if (_packs[first] is null && !lanes.Contains(-1) && lanes.Distinct().Count() == lanes.Length && IsPackable(first)
                && Operands(lanes) is { } operands)
                found.Add(Add(new VectorPack(lanes, operands)));
        }
    }

    private bool IsPackable(int index) => _block.Instructions[index].Helper?.Four is not null;

    // Whether two calls are the same but for the lanes they take from packs. What they take from slots is looked at later.
    private bool Matches(int first, int other, VectorPack pack, int lane)
    {
        (IrInstruction one, IrInstruction two) = (_block.Instructions[first], _block.Instructions[other]);
        if (one.Helper != two.Helper || _packs[other] is not null || first == other)
            return false;
        int number = Array.IndexOf(pack.Lanes, lane);
        for (int position = 0; position < one.Helper!.Parameters.Length; position++)
        {
            (IrValue left, IrValue right) = (one.Operand(position), two.Operand(position));
            if (left != right && !IsLane(left, right, number) && !(_block[left].Op == IrOp.ReadSlot && _block[right].Op == IrOp.ReadSlot))
                return false;
        }

        return true;
    }

    private bool IsLane(IrValue first, IrValue other, int number) =>
        _packs[first.Index] is { } pack && pack.Lanes[0] == first.Index && pack.Lanes[number] == other.Index;

    // Null where the calls take something that is no pack.
    private PackOperand[]? Operands(int[] lanes)
    {
        var operands = new PackOperand[_block.Instructions[lanes[0]].Helper!.Parameters.Length];
        for (int position = 0; position < operands.Length; position++)
        {
            IrValue[] values = [.. lanes.Select(lane => _block.Instructions[lane].Operand(position))];
            bool common = Array.TrueForAll(values, value => value == values[0]);
            VectorPack? pack = common ? null : _packs[values[0].Index];
            bool lanesOf = pack is not null && Enumerable.Range(0, values.Length).All(number => pack.Lanes[number] == values[number].Index);
            if (!common && !lanesOf && !AreSlots(values, lanes.Min()))
                return null;
            operands[position] = new PackOperand(values, pack);
        }

        return operands;
    }

    // Slots that still hold what is read, where the pack is made.
    private bool AreSlots(IrValue[] values, int made)
    {
        if (!Array.TrueForAll(values, value => _block[value].Op == IrOp.ReadSlot))
            return false;
        IrSlot[] slots = [.. values.Select(value => _block[value].Slot)];
        if (slots.Distinct().Count() != slots.Length || !_isPacked(slots))
            return false;
        for (int index = 0; index < made; index++)
        {
            if (_block.Instructions[index] is { Op: IrOp.WriteSlot, IsSeenByLoadsOnly: false } write && slots.Contains(write.Slot))
                return false;
        }

        return true;
    }

    private void Keep(List<VectorPack> found)
    {
        var kept = new HashSet<VectorPack>(ReferenceEqualityComparer.Instance);
        // Those behind a pack come later in the list.
        foreach (VectorPack pack in found)
        {
            if (pack.Operands.Any(operand => (operand.Pack is { IsLoad: false } from && kept.Contains(from)) || IsSlots(operand))
                || IsWritten(pack))
                kept.Add(pack);
        }

        for (int number = found.Count - 1; number >= 0; number--)
        {
            VectorPack pack = found[number];
            if (kept.Contains(pack))
                kept.UnionWith(pack.Operands.Where(static operand => operand.Pack is not null).Select(static operand => operand.Pack!));
            else
                Array.ForEach(pack.Lanes, lane => _packs[lane] = null);
        }
    }

    private static bool IsSlots(PackOperand operand) => operand.Pack is null && !operand.IsCommon;

    private bool IsWritten(VectorPack pack)
    {
        IrSlot[] slots =
            [.. pack.Lanes.Select(lane => _lastWrites.FirstOrDefault(write => _block.Instructions[write.Value].A.Index == lane).Key)];
        return Array.TrueForAll(slots, static slot => slot != default) && _isPacked(slots);
    }

    // As far back as nothing but operations lead to it.
    private void Broadcast(int index)
    {
        IrInstruction insn = _block.Instructions[index];
        bool makes = insn.Op == IrOp.LoadVector
            || (insn.Op == IrOp.Call && insn.Helper!.Four is not null && insn.Helper.Guard is null && insn.IsPure);
        if (!makes || _packs[index] is not null || !_broadcast.Add(index))
            return;
        for (int number = 0; insn.Op == IrOp.Call && number < insn.Helper!.Parameters.Length; number++)
            Broadcast(insn.Operand(number).Index);
    }
}
