using System.Reflection.Emit;
using System.Runtime.Intrinsics;

using CellPpe.Recompiler.Backends.Msil.Slots;

namespace CellPpe.Recompiler.Backends.Msil.Emit;

/// <summary>Writes that give a shared local its contents, done where the last of them stands.</summary>
/// <param name="Pack">What is written.</param>
/// <param name="Slots">The slots' numbers.</param>
/// <param name="Last">The last of the writes.</param>
internal sealed record WholeWrite(VectorPack Pack, int[] Slots, int Last);

/// <summary>Emits the packs of one block.</summary>
internal sealed class PackEmitter
{
    private readonly RegionEmitter _region;
    private readonly IrBlock _block;
    private readonly VectorPacks _packs;
    private readonly ExpressionEmitter _values;
    private readonly GuardEmitter _guards;
    private readonly Dictionary<VectorPack, LocalBuilder> _made = new(ReferenceEqualityComparer.Instance);

    // By value, the pack that holds it four times, and of loads, as it is in memory.
    private readonly Dictionary<int, LocalBuilder> _broadcast = [];
    private readonly Dictionary<int, LocalBuilder> _loaded = [];

    // By write; those of which one could not be put off are taken out when the first is met.
    private readonly Dictionary<int, WholeWrite> _writes = [];
    private readonly HashSet<WholeWrite> _begun = new(ReferenceEqualityComparer.Instance);

    // Those that wait for the end of the present run.
    private readonly HashSet<WholeWrite> _later = new(ReferenceEqualityComparer.Instance);

    public PackEmitter(RegionEmitter region, IrBlock block, VectorPacks packs, ExpressionEmitter values, GuardEmitter guards)
    {
        (_region, _block, _packs, _values, _guards) = (region, block, packs, values, guards);
        foreach (PackedTuple tuple in region.Packed!.Tuples)
        {
            if (Array.Find(packs.All, pack => packs.EndsIn(pack, tuple)) is not { } written)
                continue;
            int[] writes = [.. tuple.Slots.Select(packs.LastWriteOf)];
            var whole = new WholeWrite(written, [.. tuple.Slots.Select(region.Table.NumberOf)], writes.Max());
            foreach (int write in writes)
                _writes[write] = whole;
        }
    }

    private ILGenerator Il => _region.Code.Il;

    /// <summary>Whether an instruction is of a pack, or makes a value for packs.</summary>
    public bool Makes(int index) => _packs.Of(index) is not null || _packs.IsBroadcast(index);

    /// <summary>Whether that has been emitted.</summary>
    public bool IsMade(int index) =>
        _packs.Of(index) is { } pack ? _made.ContainsKey(pack) : _broadcast.ContainsKey(index) || _loaded.ContainsKey(index);

    /// <summary>Of a load: the one of its pack that is first in memory.</summary>
    public int LowestOf(int index) => _packs.Of(index) is { } pack ? pack.Lanes[0] : index;

    /// <summary>Emits a pack, or a value four times.</summary>
    /// <param name="index">The pack's first instruction, or the value.</param>
    /// <param name="access">Of a load: where it is.</param>
    /// <param name="now">Where it stands.</param>
    public void Make(int index, AccessPlace access, ProgramPoint now)
    {
        if (_packs.Of(index) is not { } pack)
        {
            MakeSpread(index, access, now);
            return;
        }

        LocalBuilder local = _made[pack] = pack.IsLoad ? Load(access) : Compute(pack, now);
        for (int lane = 0; lane < VectorPack.Width; lane++)
            _values.KeepLane(pack.Lanes[lane], local, lane);
    }

    /// <summary>The writes that a write belongs to, if they may be put off until the last; null: it is done by itself.</summary>
    /// <param name="index">The write.</param>
    /// <param name="canLeave">Whether the block can be left at an instruction.</param>
    public WholeWrite? WholeOf(int index, Predicate<int> canLeave)
    {
        if (!_writes.TryGetValue(index, out WholeWrite? whole) || !_begun.Add(whole))
            return whole;
        for (int other = index + 1; other < whole.Last; other++)
        {
            if (!canLeave(other))
                continue;
            foreach (int write in _writes.Where(entry => entry.Value == whole).Select(static entry => entry.Key).ToArray())
                _writes.Remove(write);
            return null;
        }

        return whole;
    }

    /// <summary>Begins a run of guarded operations, of an instruction and those behind it: whole writes in it are done behind it.</summary>
    /// <returns>The slots so written, which keep what they hold as long as the run lasts.</returns>
    public SlotSet BeginRun(int start, int end)
    {
        _later.Clear();
        _later.UnionWith(_writes.GroupBy(static entry => entry.Value, static entry => entry.Key, ReferenceEqualityComparer.Instance)
            .Where(writes => writes.All(write => write >= start && write < end)).Select(static writes => (WholeWrite)writes.Key!));
        return _later.SelectMany(static whole => whole.Slots).Aggregate(SlotSet.Empty, static (slots, slot) => slots.With(slot));
    }

    /// <summary>Whether writes are done behind the present run.</summary>
    public bool IsLater(WholeWrite whole) => _later.Contains(whole);

    /// <summary>Ends the run.</summary>
    /// <returns>What is to be written now.</returns>
    public WholeWrite[] FinishRun()
    {
        WholeWrite[] now = [.. _later];
        _later.Clear();
        return now;
    }

    /// <summary>Emits the writes.</summary>
    public void EmitWrite(WholeWrite whole)
    {
        Il.Emit(OpCodes.Ldloc, _made[whole.Pack]);
        Il.Emit(OpCodes.Stloc, _region.SlotLocals[whole.Slots[0]]);
    }

    private LocalBuilder Compute(VectorPack pack, ProgramPoint now)
    {
        IrHelper helper = _block.Instructions[pack.First].Helper!;
        LocalBuilder[] operands = [.. pack.Operands.Select(operand => Localize(operand, now))];
        if (helper.Guard is not null)
            return _guards.Emit(pack, operands, value => _packs.IsBroadcast(value.Index) ? Broadcast(value, now) : null);
        _region.Code.Helpers.Emit(helper.Four!, operands);
        return Store();
    }

    private LocalBuilder Load(AccessPlace access) =>
        _region.Guest.EmitOfLoaded(_region.Code, _region.Guest.EmitLoadPack(_region.Code, access));

    private LocalBuilder Localize(PackOperand operand, ProgramPoint now) =>
        operand.Pack is { } pack ? _made[pack]
        : operand.IsCommon ? Broadcast(operand.Lanes[0], now)
        : _region.SlotLocals[_region.Table.NumberOf(_block[operand.Lanes[0]].Slot)];

    private void MakeSpread(int index, AccessPlace access, ProgramPoint now)
    {
        IrInstruction insn = _block.Instructions[index];
        if (insn.Op.IsAccess)
        {
            // What most calls take; a vector is made of it where one is wanted.
            LocalBuilder loaded = _loaded[index] = _region.Guest.EmitLoadBroadcast(_region.Code, access);
            _values.KeepLane(index, loaded, 0, isLoaded: true);
            return;
        }

        IrHelper helper = insn.Helper!;
        if (helper.FourOfLoaded is { } ofLoaded && _loaded.TryGetValue(insn.A.Index, out LocalBuilder? first))
            _region.Code.Helpers.Emit(ofLoaded, [first, Broadcast(insn.B, now)]);
        else
            _region.Code.Helpers.Emit(
                helper.Four!, [.. Enumerable.Range(0, helper.Parameters.Length).Select(number => Broadcast(insn.Operand(number), now))]);
        LocalBuilder made = _broadcast[index] = Store();
        _values.KeepLane(index, made, 0);
    }

    private LocalBuilder Broadcast(IrValue value, ProgramPoint now)
    {
        if (_broadcast.TryGetValue(value.Index, out LocalBuilder? made))
            return made;
        if (_loaded.TryGetValue(value.Index, out LocalBuilder? loaded))
            return _broadcast[value.Index] = _region.Guest.EmitOfLoaded(_region.Code, loaded);
        IrInstruction insn = _block[value];
        if (insn.Op == IrOp.VectorOf && _block.TryConstant(insn.A, out ulong high) && _block.TryConstant(insn.B, out ulong low))
        {
            for (int lane = 0; lane < VectorPack.Width; lane++)
            {
                Il.Emit(OpCodes.Ldc_I8, (long)low);
                Il.Emit(OpCodes.Ldc_I8, (long)high);
            }

            Il.Emit(OpCodes.Call, typeof(Vector512).GetMethod(nameof(Vector512.Create), [.. Enumerable.Repeat(typeof(ulong), 8)])!);
            Il.Emit(OpCodes.Call, typeof(Vector512).GetMethod(nameof(Vector512.AsByte))!.MakeGenericMethod(typeof(ulong)));
        }
        else
        {
            _values.Emit(value, now);
            _region.Code.Call(PackArithmetic.Broadcast);
        }

        return _broadcast[value.Index] = Store();
    }

    private LocalBuilder Store()
    {
        LocalBuilder local = _region.Code.Temporary(typeof(Vector512<byte>));
        Il.Emit(OpCodes.Stloc, local);
        return local;
    }
}
