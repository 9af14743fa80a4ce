using System.Reflection.Emit;
using System.Runtime.Intrinsics;

using CellPpe.Recompiler.Backends.Msil.Slots;

namespace CellPpe.Recompiler.Backends.Msil.Emit;

/// <summary>Emits one region: entry, blocks, and behind them the slow ways, exits and what is written back there.</summary>
internal sealed class RegionEmitter
{
    private readonly Dictionary<SlotSet, Label> _writeBacks = [];
    private readonly Dictionary<SlotSet, Label> _faults = [];
    private readonly bool[] _checked;

    /// <param name="region">What to emit.</param>
    /// <param name="guest">The guest's part.</param>
    /// <param name="speculative">Leave for the interpreter where an access or operation is not a simple one.</param>
    /// <param name="il">Where to.</param>
    /// <param name="plans">What is known of helpers.</param>
    public RegionEmitter(IrRegion region, RegionGuest guest, bool speculative, ILGenerator il, HelperPlans plans)
    {
        IsSpeculative = speculative;
        Region = region;
        Guest = guest;
        Code = new RegionCode(il, plans);
        Table = new SlotTable(region, guest);
        _checked = FindChecked();
        Singles = speculative ? new SingleSlots(region, guest) : null;
        // It may have slots kept in locals that would not be.
        Packed = speculative && guest.PacksVectors ? new PackedSlots(region, Table) : null;
        Flow = new SlotFlow(region, Table, _checked);
        SlotLocals = new SlotHomes(Code, Table, LocalTypeOf, Packed);
        Fields = new DeferredFields(region, Table, SlotLocals, il);
        IrDeferredStatus[] kinds = [.. region.Blocks.SelectMany(static block => block.Instructions)
            .Where(static insn => insn.Helper?.FastPath is not null).Select(static insn => insn.Helper!.FastPath!.Status).Distinct()];
        if (kinds.Length > 0)
            Deferred = new DeferredFloatStatus(il, kinds);
        IsFastThroughout = speculative && Deferred is not null
            && !region.Blocks.Any(block => block.Instructions.Any(insn => MayChangeFloatMode(insn)));
        BlockLabels = [.. region.Blocks.Select(_ => il.DefineLabel())];
        Predictions = new BranchPredictions(region, BlockLabels, Code);
    }

    /// <summary>
    /// Nothing in the region calls and comes back for what rarely happens: it leaves. Registers live through no call then, and
    /// there is half as much to compile.
    /// </summary>
    public bool IsSpeculative { get; }

    /// <summary>
    /// Nothing in the region changes how quick forms may be used, and it is left at once where they may not be used always: no
    /// operation need look.
    /// </summary>
    public bool IsFastThroughout { get; }

    public IrRegion Region { get; }

    public RegionGuest Guest { get; }

    public RegionCode Code { get; }

    public SlotTable Table { get; }

    public SlotFlow Flow { get; }

    public SlotHomes SlotLocals { get; }

    /// <summary>Which slots share a local; null where none may.</summary>
    public PackedSlots? Packed { get; }

    public Label[] BlockLabels { get; }

    /// <summary>Slots whose locals are floats; null in regions that leave nothing to the interpreter.</summary>
    public SingleSlots? Singles { get; }

    /// <summary>Where computed branches go.</summary>
    public BranchPredictions Predictions { get; }

    /// <summary>What is owed to condition fields.</summary>
    public DeferredFields Fields { get; }

    /// <summary>What is owed to the floating-point status; null when the region has no quick floating-point form.</summary>
    public DeferredFloatStatus? Deferred { get; }

    private ILGenerator Il => Code.Il;

    public void Emit()
    {
        Label refuse = Il.DefineLabel();
        Guest.EmitEnter(Code, LongestPath(), refuse);
        Deferred?.EmitNone(Il);
        EmitFloatMode();
        Label[] entered = [.. Region.Entries.Select(_ => Il.DefineLabel())];
        Guest.EmitSelectEntry(Code, [.. Region.Entries.Select((block, index) => (Region.Blocks[block].Address, entered[index]))], refuse);
        for (int index = 0; index < entered.Length; index++)
        {
            Il.MarkLabel(entered[index]);
            EmitLoad(Flow.Loaded);
            EmitAssumed(Region.Entries[index]);
            ulong address = Region.Blocks[Region.Entries[index]].Address;
            if (IsFastThroughout)
                EmitFastPathOnly(address);
            EmitSinglesOnly(address);
            Il.Emit(OpCodes.Br, BlockLabels[Region.Entries[index]]);
        }

        for (int number = 0; number < Region.Blocks.Count; number++)
            EmitBlock(number);
        Code.EmitLater();
        EmitWriteBacks();
        Guest.EmitRefuse(Code, refuse);
    }

    /// <summary>Looks again at how quick forms may be used.</summary>
    public void EmitFloatMode()
    {
        if (Deferred is null)
            return;
        Guest.EmitFloatMode(Code);
        Il.Emit(OpCodes.Stloc, Deferred.Mode);
    }

    // The interpreter's next inexact result may be all that is missing.
    private void EmitFastPathOnly(ulong address)
    {
        Label not = EntryToInterpret(address);
        Il.Emit(OpCodes.Ldloc, Deferred!.Mode);
        Il.Emit(OpCodes.Ldc_I4, DeferredFloatStatus.Always);
        Il.Emit(OpCodes.Bne_Un, not);
    }

    // What has lost something on its way into a float is no single-precision number; a NaN compares with nothing.
    private void EmitSinglesOnly(ulong address)
    {
        int[] singles = [.. Flow.Loaded.Numbers().Where(slot => SlotLocals[slot].LocalType == typeof(float))];
        if (singles.Length == 0)
            return;
        Label not = EntryToInterpret(address);
        foreach (int slot in singles)
        {
            Il.Emit(OpCodes.Ldloc, SlotLocals[slot]);
            Il.Emit(OpCodes.Conv_R8);
            EmitAddress(Table.Slots[slot]);
            Il.Emit(OpCodes.Ldind_R8);
            Il.Emit(OpCodes.Bne_Un, not);
        }
    }

    private void EmitAssumed(int entry)
    {
        IrAssumption[] assumed = Region.Assumed.GetValueOrDefault(entry, []);
        if (assumed.Length == 0)
            return;
        Label unfit = Il.DefineLabel();
        foreach (IrAssumption one in assumed)
        {
            EmitReadState(one.Slot);
            Il.Emit(OpCodes.Ldc_I8, (long)one.High);
            Il.Emit(OpCodes.Ldc_I8, (long)one.Low);
            Il.Emit(OpCodes.Call, MsilArithmetic.Method(nameof(IrOp.VectorOf)));
            Il.Emit(OpCodes.Call, MsilArithmetic.Method(nameof(MsilArithmetic.VectorsEqual)));
            Il.Emit(OpCodes.Brfalse, unfit);
        }

        Code.Later(() => Guest.EmitUnfit(Code, unfit));
    }

    private Label EntryToInterpret(ulong address)
    {
        Label here = Il.DefineLabel();
        Code.Later(() =>
        {
            Il.MarkLabel(here);
            // The instruction that is left to the interpreter counts as one of the region's.
            Il.Emit(OpCodes.Ldloc, Code.Left);
            Il.Emit(OpCodes.Ldc_I4_1);
            Il.Emit(OpCodes.Conv_I8);
            Il.Emit(OpCodes.Sub);
            Il.Emit(OpCodes.Stloc, Code.Left);
            EmitLeave(Guest.ExitToInterpret(address), SlotSet.Empty);
        });
        return here;
    }

    private Type LocalTypeOf(IrSlot slot) =>
        !Guest.IsFloat(slot) ? ExpressionEmitter.TypeOf(slot.Type)
        : Singles is not null && Singles.Has(slot) ? typeof(float)
        : typeof(double);

    private bool MayChangeFloatMode(in IrInstruction insn) => insn.Op switch
    {
        IrOp.WriteSlot => Guest.IsFloatStatus(insn.Slot),
        IrOp.Call => insn.Helper!.FastPath is null && insn.Helper.State is { } slot && Guest.IsFloatStatus(slot),
        IrOp.Perform => insn.Routine!.Writes is null,
        _ => false,
    };

    /// <summary>Pays what is owed, if anything is.</summary>
    public void EmitDeferredStatus()
    {
        if (Deferred is null)
            return;
        Label none = Il.DefineLabel();
        Deferred.EmitKinds(Il);
        Il.Emit(OpCodes.Brfalse, none);
        Guest.EmitDeferredStatus(Code, Deferred);
        Deferred.EmitNone(Il);
        Il.MarkLabel(none);
    }

    /// <summary>Leaves by an exit.</summary>
    public void EmitLeave(nint exit, SlotSet changed)
    {
        Il.Emit(OpCodes.Ldc_I8, (long)exit);
        Il.Emit(OpCodes.Conv_I);
        Il.Emit(OpCodes.Stloc, Code.Next);
        Il.Emit(OpCodes.Br, WriteBack(changed));
    }

    /// <summary>Where to go to write slots back and return.</summary>
    public Label WriteBack(SlotSet changed)
    {
        if (!_writeBacks.TryGetValue(changed, out Label label))
            _writeBacks[changed] = label = Il.DefineLabel();
        return label;
    }

    /// <summary>The same behind an access that has faulted.</summary>
    public Label FaultWriteBack(SlotSet changed)
    {
        if (!_faults.TryGetValue(changed, out Label label))
            _faults[changed] = label = Il.DefineLabel();
        return label;
    }

    public void EmitLoad(SlotSet slots)
    {
        foreach (int slot in slots.Numbers())
        {
            EmitReadState(Table.Slots[slot]);
            if (SlotLocals[slot].LocalType == typeof(float))
                Il.Emit(OpCodes.Conv_R4);
            SlotLocals.EmitWrite(slot);
            Fields.EmitNone(slot);
        }
    }

    public void EmitWriteBack(SlotSet slots)
    {
        foreach (int slot in slots.Numbers())
        {
            Fields.EmitDeferredStatus(slot);
            EmitWriteState(Table.Slots[slot], () => EmitSlotLocal(slot));
        }
    }

    private void EmitSlotLocal(int slot)
    {
        SlotLocals.EmitRead(slot);
        if (SlotLocals[slot].LocalType == typeof(float))
            Il.Emit(OpCodes.Conv_R8);
    }

    public void EmitReadState(IrSlot slot)
    {
        EmitAddress(slot);
        if (Guest.IsFloat(slot))
        {
            Il.Emit(OpCodes.Ldind_R8);
            return;
        }

        switch (slot.Bytes)
        {
            case 1:
                Il.Emit(OpCodes.Ldind_U1);
                Il.Emit(OpCodes.Conv_U8);
                break;
            case 4:
                Il.Emit(OpCodes.Ldind_U4);
                Il.Emit(OpCodes.Conv_U8);
                break;
            case 8:
                Il.Emit(OpCodes.Ldind_I8);
                break;
            default:
                Il.Emit(OpCodes.Ldobj, typeof(Vector128<byte>));
                break;
        }
    }

    public void EmitWriteState(IrSlot slot, Action emitValue)
    {
        EmitAddress(slot);
        emitValue();
        if (Guest.IsFloat(slot))
        {
            Il.Emit(OpCodes.Stind_R8);
            return;
        }

        switch (slot.Bytes)
        {
            case 1: Il.Emit(OpCodes.Stind_I1); break;
            case 4: Il.Emit(OpCodes.Stind_I4); break;
            case 8: Il.Emit(OpCodes.Stind_I8); break;
            default: Il.Emit(OpCodes.Stobj, typeof(Vector128<byte>)); break;
        }
    }

    private void EmitAddress(IrSlot slot)
    {
        Il.Emit(OpCodes.Ldarg_0);
        Il.Emit(OpCodes.Ldc_I4, Guest.StateOffset + slot.Offset);
        Il.Emit(OpCodes.Add);
    }

    private void EmitBlock(int number)
    {
        Il.MarkLabel(BlockLabels[number]);
        if (_checked[number])
        {
            Label stop = Il.DefineLabel();
            Guest.EmitCheck(Code, stop);
            SlotSet changed = Flow.ChangedBefore(number);
            Code.Later(() =>
            {
                Il.MarkLabel(stop);
                EmitLeave(Guest.ExitToStop(Region.Blocks[number].Address), changed);
            });
        }

        new BlockEmitter(this, number).Emit();
    }

    private void EmitWriteBacks()
    {
        foreach ((SlotSet changed, Label label) in _faults)
        {
            Il.MarkLabel(label);
            Il.Emit(OpCodes.Ldloc, Code.Left);
            Guest.EmitFaultRetired(Code);
            Il.Emit(OpCodes.Sub);
            Il.Emit(OpCodes.Stloc, Code.Left);
            EmitLeave(Guest.ExitFaulted(), changed);
        }

        Label leave = Il.DefineLabel();
        foreach ((SlotSet changed, Label label) in _writeBacks)
        {
            Il.MarkLabel(label);
            EmitWriteBack(changed);
            Il.Emit(OpCodes.Br, leave);
        }

        Il.MarkLabel(leave);
        Guest.EmitReturn(Code, Deferred);
    }

    // Every way round goes backwards once; there the budget is looked at. Behind a barrier that has instructions fetched anew
    // the region must not go on if its code has been changed, for which it would have been asked to leave.
    private bool[] FindChecked()
    {
        var found = new bool[Region.Blocks.Count];
        for (int number = 0; number < found.Length; number++)
        {
            bool fetchesAnew = Region.Blocks[number].Instructions.Any(static insn =>
                insn.Op == IrOp.Barrier && insn.Immediate == (ulong)StorageBarrier.Context);
            foreach (int next in Region.Successors(number))
                found[next] |= next <= number || fetchesAnew;
        }

        return found;
    }

    private int LongestPath()
    {
        var length = new int[Region.Blocks.Count];
        for (int number = length.Length - 1; number >= 0; number--)
        {
            int after = Region.Successors(number).Where(next => next > number && !_checked[next]).Select(next => length[next])
                .DefaultIfEmpty(0).Max();
            length[number] = Region.Instructions[number] + after;
        }

        return length.Max();
    }
}
