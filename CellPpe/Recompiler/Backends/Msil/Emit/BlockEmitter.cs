using System.Reflection.Emit;

using CellPpe.Recompiler.Backends.Msil.Slots;

namespace CellPpe.Recompiler.Backends.Msil.Emit;

/// <summary>
/// Emits one block of a region. Slots' locals get their values at once, except for fields (condition fields, flags): those are
/// only remembered, and given to the locals where the block ends. An exit on the way gives them there, behind the straight code,
/// so that a comparison which only an exit would see costs nothing as long as the exit is not taken.
/// </summary>
internal sealed class BlockEmitter
{
    private readonly RegionEmitter _region;
    private readonly IrBlock _block;
    private readonly int _number;
    private readonly ExpressionEmitter _values;
    private readonly FastPathEmitter _quick;
    private readonly GuardEmitter _guards;
    private readonly AccessGroups _groups;
    private readonly PackEmitter? _packs;
    private readonly Dictionary<AccessGroup, LocalBuilder> _reached = [];
    private readonly Dictionary<int, IrValue> _pending = [];
    private readonly BlockUses _uses;

    // For each slot, the value that reads it and whose code may still be emitted.
    private readonly Dictionary<int, IrValue> _readers = [];

    // Writes that only an access sees at which the block is left: made up for there.
    private readonly Dictionary<IrSlot, IrValue> _unmade = [];
    private SlotSet _changed;
    private int _barrier;
    private int _accounted;

    public BlockEmitter(RegionEmitter region, int number)
    {
        _region = region;
        _number = number;
        _block = region.Region.Blocks[number];
        _values = new ExpressionEmitter(_block, region.Code, region.Table, region.SlotLocals, region.Guest, region.Singles);
        _quick = new FastPathEmitter(region, _values);
        _guards = new GuardEmitter(_block, region.Code, _values, EndsRun);
        _groups = new AccessGroups(_block, region.Guest.Faults);
        if (region.Packed?.In(number) is { } packs)
            _packs = new PackEmitter(region, _block, packs, _values, _guards);
        _changed = region.Flow.ChangedBefore(number);
        _uses = new BlockUses(region, _block, _groups);
    }

    private ILGenerator Il => _region.Code.Il;

    /// <summary>Emits the whole block; control never falls out of its end.</summary>
    public void Emit()
    {
        for (int index = 0; index < _block.Instructions.Count; index++)
            EmitInstruction(index);
        _region.Code.EndBlock();
    }

    private void EmitInstruction(int index)
    {
        IrInstruction insn = _block.Instructions[index];
        ProgramPoint now = new(index, _barrier);
        if (_guards.IsRunning && index == _guards.End)
            FinishRun(now);
        if (_region.IsSpeculative && _guards.BeginsAt(index))
            BeginRun(index, insn.Site, now);
        if (_packs is not null && _packs.Makes(index))
        {
            MakePack(index, insn, now);
            return;
        }

        switch (insn.Op)
        {
            case IrOp.Constant:
                break;
            case IrOp.ReadSlot:
                if (_region.Table.NumberOf(insn.Slot) < 0)
                {
                    if (_region.Guest.IsFloatStatus(insn.Slot))
                        _quick.EmitDeferredStatus();
                    _region.EmitReadState(insn.Slot);
                    _values.Keep(index, index + 1);
                }
                else
                {
                    _readers[_region.Table.NumberOf(insn.Slot)] = new IrValue(index);
                }

                break;
            case IrOp.WriteSlot:
                Write(index, insn, now);
                break;
            case IrOp.Perform:
                Perform(insn, now);
                break;
            case IrOp.Barrier:
                _region.Guest.EmitBarrier(_region.Code, (StorageBarrier)insn.Immediate);
                break;
            case IrOp.ExitIf:
                LeaveIf(insn, now);
                break;
            case IrOp.Exit:
                Leave(insn, now);
                break;
            default:
                if (insn.Op.IsAccess)
                    Access(index, insn, now);
                else if (_region.Singles is { Any: true } && _uses.IsUsed(index) && SingleSlots.IsLoad(_block, index))
                    TakeSingle(index, insn, now);
                else if (!insn.IsPure || _uses.WantsTemporary(index))
                    Compute(index, insn, now);
                break;
        }
    }

    // Four instructions are done where the first of them stands.
    private void MakePack(int index, in IrInstruction insn, ProgramPoint now)
    {
        if (_packs!.IsMade(index))
            return;
        AccessPlace access = insn.Op.IsAccess ? Place(index, insn, now) : default;
        if (access.Host is not null)
            access = access with { HostOffset = _groups.OffsetOf(_packs.LowestOf(index)) };
        _packs.Make(index, access, now);
    }

    // A NaN would not survive as a float; the interpreter does that load again.
    private void TakeSingle(int index, in IrInstruction insn, ProgramPoint now)
    {
        LocalBuilder local = _region.Code.Temporary(typeof(float));
        _values.Emit(insn.A, now);
        Il.Emit(OpCodes.Conv_U4);
        Il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.UInt32BitsToSingle))!);
        Il.Emit(OpCodes.Stloc, local);
        Il.Emit(OpCodes.Ldloc, local);
        Il.Emit(OpCodes.Ldloc, local);
        Il.Emit(OpCodes.Bne_Un, SideExit(_block[insn.A].Site, now));
        _values.Keep(index, index + 1, local);
    }

    private void Compute(int index, in IrInstruction insn, ProgramPoint now)
    {
        if (insn.Helper?.FastPath is { } quick)
        {
            _values.Keep(index, index + 1, _quick.Emit(insn, quick, now, _region.IsSpeculative ? SideExit(insn.Site, now) : null));
            return;
        }

        if (_region.IsSpeculative && insn.Helper?.Guard is not null)
        {
            _values.Keep(index, index + 1, _guards.Emit(index, insn, now));
            return;
        }

        bool status = insn.Helper?.State is { } slot && _region.Guest.IsFloatStatus(slot);
        if (status)
            _quick.EmitDeferredStatus();
        if (_values.Compute(insn, now) == typeof(double))
        {
            LocalBuilder local = _region.Code.Temporary(typeof(double));
            Il.Emit(OpCodes.Stloc, local);
            _values.Keep(index, index + 1, local);
        }
        else
        {
            _values.Keep(index, index + 1);
        }

        if (status)
            _region.EmitFloatMode();
    }

    private void Write(int index, in IrInstruction insn, ProgramPoint now)
    {
        int slot = _region.Table.NumberOf(insn.Slot);
        if (insn.IsSeenByLoadsOnly)
        {
            _unmade[insn.Slot] = insn.A;
            return;
        }

        _unmade.Remove(insn.Slot);
        if (_guards.IsOverwritten(index))
            return;
        if (_packs?.WholeOf(index, CanLeave) is { } whole)
        {
            if (index == whole.Last && !_packs.IsLater(whole))
                WriteWhole(whole, now);
            return;
        }

        if (slot < 0 && _guards.IsRunning)
        {
            _guards.Write(insn.Slot, insn.A, now);
            return;
        }

        if (slot < 0)
        {
            IrValue value = insn.A;
            bool status = _region.Guest.IsFloatStatus(insn.Slot);
            if (status)
                _quick.EmitDeferredStatus();
            _region.EmitWriteState(insn.Slot, () => _values.Emit(value, now));
            if (status)
                _region.EmitFloatMode();
            return;
        }

        if (insn.Slot.IsField)
        {
            _pending[slot] = insn.A;
        }
        else
        {
            SaveReader(slot, now);
            _guards.BeforeChange(_region.SlotLocals[slot]);
            EmitSlotValue(slot, insn.A, now);
            _region.SlotLocals.EmitWrite(slot);
        }

        _changed = _changed.With(slot);
    }

    private void WriteWhole(WholeWrite whole, ProgramPoint now)
    {
        foreach (int slot in whole.Slots)
        {
            SaveReader(slot, now);
            _changed = _changed.With(slot);
        }

        _packs!.EmitWrite(whole);
    }

    // Whether the block can be left at an instruction, and not from the beginning of the present run.
    private bool CanLeave(int index)
    {
        IrInstruction insn = _block.Instructions[index];
        return !(_guards.IsRunning && index < _guards.End)
            && (_guards.BeginsAt(index)
                || (insn.Op is IrOp.Load or IrOp.LoadVector ? _groups.Of(index) is { } group && group.Leader == index : insn.MayLeave));
    }

    // What a run of guarded operations must not meet: whatever is seen from outside, or cannot be done twice.
    private bool EndsRun(IrInstruction insn) => insn.Op switch
    {
        IrOp.ReadSlot or IrOp.WriteSlot => (_region.Table.NumberOf(insn.Slot) < 0 && !_region.Table.IsOneWay(insn.Slot))
            || insn.Slot.IsField || insn.Slot.Type != IrType.V128,
        IrOp.Call => insn.Helper is { State: not null, Guard: null } || insn.Helper!.FastPath is not null,
        IrOp.Load or IrOp.LoadVector => _region.Guest.Faults,
        _ => insn.Op.MayLeave || insn.Op == IrOp.Barrier,
    };

    // What the run changes goes to the state first: it can then be left as if it had not begun.
    private void BeginRun(int index, IrSite site, ProgramPoint now)
    {
        int end = _guards.EndOf(index);
        SlotSet changing = _region.Flow.WrittenIn(_number, index, end).Except(_packs?.BeginRun(index, end) ?? SlotSet.Empty);
        _region.EmitWriteBack(_changed & changing);
        _guards.Begin(index, Behind(site, now, _region.Guest.ExitToInterpret(site.Address), default, _changed.Except(changing)));
    }

    private void FinishRun(ProgramPoint now)
    {
        foreach ((IrSlot slot, IrValue value, LocalBuilder? local) in _guards.Finish())
        {
            if (local is null)
                _region.EmitWriteState(slot, () => _values.Emit(value, now));
            else
                _region.EmitWriteState(slot, () => Il.Emit(OpCodes.Ldloc, local));
        }

        // What comes now may still want what the slots held.
        foreach (WholeWrite whole in _packs?.FinishRun() ?? [])
            WriteWhole(whole, now with { Index = now.Index - 1 });
    }

    // What the slot held is wanted further on.
    private void SaveReader(int slot, ProgramPoint now)
    {
        if (_readers.Remove(slot, out IrValue reader) && _uses.IsNeededBehind(reader, now.Index))
            _values.Capture(reader, SlotSet.Empty.With(slot), now);
    }

    private void Access(int index, in IrInstruction insn, ProgramPoint now)
    {
        RegionGuest guest = _region.Guest;
        AccessPlace access = Place(index, insn, now);
        switch (insn.Op)
        {
            case IrOp.Load or IrOp.LoadVector:
                _values.Keep(index, index + 1, guest.EmitLoad(_region.Code, insn, access, _uses.IsDouble(index)));
                break;
            case IrOp.LoadVectorIf:
                LoadIf(index, insn, access, now);
                break;
            case IrOp.Store or IrOp.StoreVector:
                guest.EmitStore(_region.Code, insn, access, _values.Localize(insn.B, now));
                break;
            default:
                (IrValue vector, IrValue count) = (insn.B, insn.C);
                guest.EmitStoreBytes(_region.Code, insn, access, () => _values.Emit(vector, now), () => _values.Emit(count, now));
                break;
        }
    }

    private AccessPlace Place(int index, in IrInstruction insn, ProgramPoint now)
    {
        int retired = insn.Site.Instructions - _accounted;
        if (!_region.Guest.Faults && _region.IsSpeculative && _groups.Of(index) is { } plain)
        {
            if (!_reached.TryGetValue(plain, out LocalBuilder? first))
                _reached[plain] = first = Reach(plain, _guards.IsRunning ? _guards.SideExit : SideExit(insn.Site, now), now);
            return new AccessPlace(null, default, retired) { Host = first, HostOffset = _groups.OffsetOf(index) };
        }

        if (!_region.Guest.Faults)
            return new AccessPlace(Address(insn, now), default, retired)
            {
                SideExit = insn.Type == IrType.None ? SideExit(insn.Site, now) : null,
            };
        if (!_region.IsSpeculative || insn.Op == IrOp.StoreBytes)
            return new AccessPlace(Address(insn, now), FaultLabel(now), retired);
        if (_groups.Of(index) is not { } group)
            return new AccessPlace(Address(insn, now), FaultLabel(now), retired) { SideExit = SideExit(insn.Site, now) };
        if (!_reached.TryGetValue(group, out LocalBuilder? host))
            _reached[group] = host = Reach(group, SideExit(insn.Site, now), now);
        return new AccessPlace(null, FaultLabel(now), retired)
        {
            SideExit = default(Label),
            Host = host,
            HostOffset = _groups.OffsetOf(index),
        };
    }

    private LocalBuilder Address(in IrInstruction insn, ProgramPoint now) =>
        _values.Localize(insn.Op == IrOp.LoadVectorIf ? insn.B : insn.A, now);

    // Before the first access of the group: if one of them is no simple access, the interpreter does all.
    private LocalBuilder Reach(AccessGroup group, Label miss, ProgramPoint now)
    {
        LocalBuilder start = _values.Localize(group.Base, now);
        if (group.Start != 0)
        {
            LocalBuilder first = _region.Code.Temporary(typeof(ulong));
            Il.Emit(OpCodes.Ldloc, start);
            Il.Emit(OpCodes.Ldc_I8, group.Start);
            Il.Emit(OpCodes.Add);
            Il.Emit(OpCodes.Stloc, first);
            start = first;
        }

        return _region.Guest.EmitReach(_region.Code, start, (int)(group.End - group.Start), group.Stores, miss);
    }

    private void LoadIf(int index, in IrInstruction insn, AccessPlace access, ProgramPoint now)
    {
        Label without = Il.DefineLabel();
        Label done = Il.DefineLabel();
        LocalBuilder result = _region.Code.Temporary(ExpressionEmitter.TypeOf(IrType.V128));
        _values.EmitBranch(insn.A, whenTrue: false, without, now);
        Il.Emit(OpCodes.Ldloc, _region.Guest.EmitLoad(_region.Code, insn, access, asDouble: false));
        Il.Emit(OpCodes.Stloc, result);
        Il.Emit(OpCodes.Br, done);
        Il.MarkLabel(without);
        Il.Emit(OpCodes.Ldloca, result);
        Il.Emit(OpCodes.Initobj, result.LocalType);
        Il.MarkLabel(done);
        _values.Keep(index, index + 1, result);
    }

    private void Perform(in IrInstruction insn, ProgramPoint now)
    {
        IrRoutine routine = insn.Routine!;
        SlotSet reads = routine.Reads is { } some ? _region.Flow.SetOf(some(insn)) : _region.Table.All;
        SlotSet writes = routine.Writes is { } few ? _region.Flow.SetOf(few(insn)) : _region.Table.All;
        Commit(now);
        _region.EmitWriteBack(_changed & reads);
        // A routine over the whole state may have changed registers before it left: they must not be written back.
        Label fault = _region.FaultWriteBack(routine.Reads is null ? SlotSet.Empty : _changed);
        _region.Guest.EmitPerform(_region.Code, insn, new AccessPlace(null, fault, insn.Site.Instructions - _accounted));
        _region.EmitLoad(routine.Writes is null ? _region.Flow.Loaded | _changed : writes);
        _changed |= routine.Writes is null ? SlotSet.Empty : writes;
        _readers.Clear();
        _barrier = now.Index;
    }

    private void LeaveIf(in IrInstruction insn, ProgramPoint now)
    {
        if (insn.Exit!.Kind == IrExitKind.Next && Inside(insn.B) is >= 0 and int inside)
        {
            Finish(insn.Site, now, insn.A);
            _values.EmitBranch(insn.A, whenTrue: true, _region.BlockLabels[inside], now with { Barrier = int.MinValue });
            return;
        }

        (IrExit exit, IrSite site, IrValue target) = (insn.Exit, insn.Site, insn.B);
        _values.EmitBranch(insn.A, whenTrue: true, Exit(site, now, exit, target), now);
    }

    private void Leave(in IrInstruction insn, ProgramPoint now)
    {
        if (insn.Exit!.Kind == IrExitKind.Next && Inside(insn.A) is >= 0 and int inside)
        {
            Finish(insn.Site, now);
            if (inside != _number + 1)
                Il.Emit(OpCodes.Br, _region.BlockLabels[inside]);
            return;
        }

        (IrExit exit, IrSite site, IrValue target) = (insn.Exit, insn.Site, insn.A);
        if (exit.Kind == IrExitKind.Next && !_block.TryConstant(target, out _))
        {
            LeaveComputed(site, target, now);
            return;
        }

        Il.Emit(OpCodes.Br, Exit(site, now, exit, target));
    }

    private int Inside(IrValue target) => _block.TryConstant(target, out ulong address) ? _region.Region.BlockAt(address) : -1;

    // Returns and switches: the places where the region's own calls go on are tried first.
    private void LeaveComputed(IrSite site, IrValue target, ProgramPoint now)
    {
        LocalBuilder address = _values.Localize(target, now);
        LocalBuilder kept = _region.Code.Temporary(typeof(ulong));
        Il.Emit(OpCodes.Ldloc, address);
        Il.Emit(OpCodes.Stloc, kept);
        Finish(site, now);
        _region.Predictions.Emit(_number, kept);
        LeaveAt(site, kept, _changed);
    }

    private void LeaveAt(IrSite site, LocalBuilder address, SlotSet changed)
    {
        Il.Emit(OpCodes.Ldloc, address);
        Il.Emit(OpCodes.Stloc, _region.Code.Target);
        _region.EmitLeave(_region.Guest.ExitComputed(site), changed);
    }

    // A place behind the straight code where the block is left: pending values go to their slots, then the rest.
    private Label Exit(IrSite site, ProgramPoint now, IrExit exit, IrValue target)
    {
        bool computed = target.Exists && !_block.TryConstant(target, out _);
        nint exits = exit.Kind != IrExitKind.Next ? _region.Guest.ExitNoted(site, exit)
            : computed ? _region.Guest.ExitComputed(site)
            : _region.Guest.ExitTo(_block[target].Immediate);
        return Behind(site, now, exits, computed ? target : default, _changed);
    }

    /// <summary>Where an instruction goes that compiled code hopes not to meet: the interpreter runs it.</summary>
    private Label SideExit(IrSite site, ProgramPoint now) =>
        Behind(site, now, _region.Guest.ExitToInterpret(site.Address), default, _changed);

    private Label Behind(IrSite site, ProgramPoint now, nint exit, IrValue computed, SlotSet changed)
    {
        Label label = Il.DefineLabel();
        (int, IrValue)[] pending = [.. _pending.Select(static entry => (entry.Key, entry.Value))];
        (IrSlot Slot, IrValue Value)[] unmade = [.. _unmade.Select(static entry => (entry.Key, entry.Value))];
        int retired = site.Instructions - _accounted;
        PendingFloatStatus deferred = _quick.Pending;
        _region.Code.Later(() =>
        {
            Il.MarkLabel(label);
            if (computed.Exists)
            {
                _values.Emit(computed, now);
                Il.Emit(OpCodes.Stloc, _region.Code.Target);
            }

            _quick.EmitAssign(deferred);
            foreach ((IrSlot slot, IrValue value) in unmade)
                _region.EmitWriteState(slot, () => _values.Emit(value, now));
            Assign(pending, now);
            Retire(retired);
            if (computed.Exists)
                _region.Predictions.Emit(_number, _region.Code.Target);
            _region.EmitLeave(exit, changed.Except(_region.Flow.SetOf(unmade.Select(static entry => entry.Slot))));
        });
        return label;
    }

    // Where an access goes that has faulted. Mostly every slot's local is up to date, and one place serves many accesses.
    private Label FaultLabel(ProgramPoint now)
    {
        SlotSet changed = _changed;
        PendingFloatStatus deferred = _quick.Pending;
        if (_pending.Count == 0 && deferred == default)
            return _region.FaultWriteBack(changed);
        Label label = Il.DefineLabel();
        (int, IrValue)[] pending = [.. _pending.Select(static entry => (entry.Key, entry.Value))];
        _region.Code.Later(() =>
        {
            Il.MarkLabel(label);
            _quick.EmitAssign(deferred);
            Assign(pending, now);
            Il.Emit(OpCodes.Br, _region.FaultWriteBack(changed));
        });
        return label;
    }

    // The block's end inside the region: slots get their values, the budget its due. What the branch needs is saved first.
    private void Finish(IrSite site, ProgramPoint now, IrValue condition = default)
    {
        SlotSet changing = new(_pending.Keys.Aggregate(UInt128.Zero, static (bits, slot) => bits | (UInt128.One << slot)));
        if (condition.Exists)
            _values.Capture(condition, changing, now);
        Commit(now);
        Retire(site.Instructions - _accounted);
        _accounted = site.Instructions;
    }

    private void Commit(ProgramPoint now)
    {
        _quick.Commit();
        Assign([.. _pending.Select(static entry => (entry.Key, entry.Value))], now);
        _pending.Clear();
        _barrier = now.Index;
    }

    // All slots get their new values at once: one that others still read must wait, and a ring goes over the stack.
    private void Assign((int Slot, IrValue Value)[] pending, ProgramPoint at)
    {
        var left = new List<(int Slot, IrValue Value, SlotSet Leaves)>();
        foreach ((int slot, IrValue value) in pending)
        {
            // Nobody reads what is owed, so it goes first.
            if (_region.Fields.Has(slot))
                _region.Fields.EmitNote(slot, _block, value, operand => _values.Emit(operand, at));
            else
                left.Add((slot, value, _values.Leaves(value, at)));
        }

        while (left.Count > 0)
        {
            int free = left.FindIndex(one => left.TrueForAll(other => other.Slot == one.Slot || !other.Leaves.Contains(one.Slot)));
            if (free < 0)
                break;
            EmitSlotValue(left[free].Slot, left[free].Value, at);
            Il.Emit(OpCodes.Stloc, _region.SlotLocals[left[free].Slot]);
            left.RemoveAt(free);
        }

        foreach ((int slot, IrValue value, _) in left)
            EmitSlotValue(slot, value, at);
        for (int index = left.Count - 1; index >= 0; index--)
            Il.Emit(OpCodes.Stloc, _region.SlotLocals[left[index].Slot]);
    }

    // A narrow slot keeps what fits; a field is never given more.
    private void EmitSlotValue(int slot, IrValue value, ProgramPoint at)
    {
        IrSlot place = _region.Table.Slots[slot];
        if (_region.SlotLocals[slot].LocalType == typeof(float))
        {
            _values.EmitSingle(value, at);
            return;
        }

        if (_region.Guest.IsFloat(place))
        {
            _values.EmitDouble(value, at);
            return;
        }

        _values.Emit(value, at);
        if (place.Bytes >= 8 || place.IsField || IrFolding.Width(_block, value) <= 8 * place.Bytes)
            return;
        Il.Emit(place.Bytes == 4 ? OpCodes.Conv_U4 : OpCodes.Conv_U1);
        Il.Emit(OpCodes.Conv_U8);
    }

    private void Retire(int instructions)
    {
        if (instructions == 0)
            return;
        Il.Emit(OpCodes.Ldloc, _region.Code.Left);
        Il.Emit(OpCodes.Ldc_I4, instructions);
        Il.Emit(OpCodes.Conv_I8);
        Il.Emit(OpCodes.Sub);
        Il.Emit(OpCodes.Stloc, _region.Code.Left);
    }
}
