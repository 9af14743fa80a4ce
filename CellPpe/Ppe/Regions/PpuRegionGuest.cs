using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;
using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Msil;

namespace CellPpe.Ppe.Regions;

/// <summary>How a PPE's regions are entered and left, and how they reach storage: through the software TLB, inline.</summary>
/// <param name="region">The region; what its plan and tables hold becomes constants of the code.</param>
internal sealed class PpuRegionGuest(PpuRegion region) : RegionGuest
{
    private const string TlbName = "tlb";

    // Where a TLB entry has its two tags.
    private const int ReadTag = 0;
    private const int WriteTag = 8;
    private const int TlbEntryBits = 5;

    private readonly PpuRegionPlan _plan = region.Plan;
    private int _longestPath;

    public override Module Module => typeof(PpuRegionGuest).Module;

    public override int StateOffset => PpuContextLayout.State;

    // Helpers get these two by reference, in the state.
    public override bool IsCached(IrSlot slot) => slot != PpuIrSlots.Vscr && slot != PpuIrSlots.Fpscr;

    public override bool IsFloat(IrSlot slot) => slot.Offset >= PpuIrSlots.Fpr(0).Offset && slot.Offset <= PpuIrSlots.Fpr(31).Offset;

    public override bool IsFloatStatus(IrSlot slot) => slot == PpuIrSlots.Fpscr;

    public override void EmitFloatMode(RegionCode code)
    {
        code.Il.Emit(OpCodes.Ldarg_0);
        Call(code.Il, nameof(PpuRegionRuntime.FloatMode));
    }

    public override void EmitDeferredStatus(RegionCode code, DeferredFloatStatus deferred)
    {
        ILGenerator il = code.Il;
        il.Emit(OpCodes.Ldarg_0);
        deferred.EmitKinds(il);
        foreach (LocalBuilder local in (LocalBuilder[])[.. deferred.Operands, deferred.Conversion])
            il.Emit(OpCodes.Ldloc, local);
        Call(il, nameof(PpuRegionRuntime.DeriveDeferredStatus));
    }

    public override void EmitEnter(RegionCode code, int longestPath, Label refuse)
    {
        ILGenerator il = code.Il;
        Field(il, PpuContextLayout.Msr, OpCodes.Ldind_I8);
        il.Emit(OpCodes.Ldc_I8, (long)_plan.MsrMask);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Ldc_I8, (long)_plan.MsrValue);
        il.Emit(OpCodes.Bne_Un, refuse);
        if (_plan.Pages.Length > 1)
            EmitPageCheck(code, refuse);

        _longestPath = longestPath;
        Field(il, PpuContextLayout.Left, OpCodes.Ldind_I8);
        EmitSlack(il);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Stloc, code.Left);
        il.Emit(OpCodes.Ldloc, code.Left);
        il.Emit(OpCodes.Ldc_I8, 0L);
        il.Emit(OpCodes.Blt, refuse);

        LocalBuilder tlb = il.DeclareLocal(typeof(nint));
        Field(il, PpuContextLayout.Tlb, OpCodes.Ldind_I);
        il.Emit(OpCodes.Stloc, tlb);
        code.Kept[TlbName] = tlb;
    }

    public override void EmitSelectEntry(RegionCode code, IReadOnlyList<(ulong Address, Label Label)> entries, Label refuse)
    {
        ILGenerator il = code.Il;
        Label[] checks = [.. entries.Select(_ => il.DefineLabel())];
        if (entries.Count > 1)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, PpuContextLayout.Entry);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldind_U2);
            il.Emit(OpCodes.Switch, checks);
            il.Emit(OpCodes.Br, refuse);
        }

        for (int index = 0; index < entries.Count; index++)
        {
            il.MarkLabel(checks[index]);
            // One page of host memory can be seen at several addresses.
            Field(il, PpuContextLayout.PageEa, OpCodes.Ldind_I8);
            il.Emit(OpCodes.Ldc_I8, (long)(entries[index].Address & ~0xfffUL));
            il.Emit(OpCodes.Bne_Un, refuse);
            il.Emit(OpCodes.Br, entries[index].Label);
        }
    }

    public override void EmitRefuse(RegionCode code, Label refuse)
    {
        ILGenerator il = code.Il;
        il.MarkLabel(refuse);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        Call(il, nameof(PpuRegionRuntime.Refuse));
        il.Emit(OpCodes.Ret);
    }

    public override void EmitCheck(RegionCode code, Label stop)
    {
        ILGenerator il = code.Il;
        // Attention is 0 or more than any budget: one comparison for both. Other threads write it, and a loop must read it again in each
        // iteration.
        il.Emit(OpCodes.Ldloc, code.Left);
        Address(il, PpuContextLayout.Attention);
        il.Emit(OpCodes.Volatile);
        il.Emit(OpCodes.Ldind_I8);
        il.Emit(OpCodes.Blt, stop);
    }

    public override void EmitReturn(RegionCode code, DeferredFloatStatus? deferred)
    {
        ILGenerator il = code.Il;
        if (deferred is null)
        {
            EmitDeparture(code);
            Call(il, nameof(PpuRegionRuntime.Depart));
            il.Emit(OpCodes.Ret);
            return;
        }

        Label none = il.DefineLabel();
        deferred.EmitKinds(il);
        il.Emit(OpCodes.Brfalse, none);
        // A jump, as the other way out: no call comes back into the region, so that no local must outlive one.
        EmitDeparture(code);
        deferred.EmitKinds(il);
        foreach (LocalBuilder local in (LocalBuilder[])[.. deferred.Operands, deferred.Conversion])
            il.Emit(OpCodes.Ldloc, local);
        Call(il, nameof(PpuRegionRuntime.DepartWithDeferredStatus));
        il.Emit(OpCodes.Ret);
        il.MarkLabel(none);
        EmitReturn(code, deferred: null);
    }

    private void EmitDeparture(RegionCode code)
    {
        ILGenerator il = code.Il;
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldloc, code.Left);
        EmitSlack(il);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldloc, code.Next);
        il.Emit(OpCodes.Ldloc, code.Target);
    }

    public override unsafe nint ExitTo(ulong address) => _plan.TryPage(address, out RegionPage page)
        ? region.Exits.Add(new PpuRegionExit
        {
            Kind = PpuRegionExitKind.Step,
            Address = page.Address,
            Page = page.Decoded,
            Host = page.Host,
            Insn = (nint)_plan.InsnAt(address),
        })
        : region.Exits.Add(new PpuRegionExit { Kind = PpuRegionExitKind.Search, Address = address });

    public override nint ExitComputed(IrSite site) =>
        region.Exits.Add(new PpuRegionExit { Kind = PpuRegionExitKind.Computed, Address = site.Address });

    public override nint ExitToStop(ulong address) =>
        region.Exits.Add(new PpuRegionExit { Kind = PpuRegionExitKind.Stop, Address = address });

    public override nint ExitToInterpret(ulong address) =>
        region.Exits.Add(new PpuRegionExit { Kind = PpuRegionExitKind.Interpret, Address = address, Code = (uint)region.Number });

    public override nint ExitFaulted() => region.Exits.Add(new PpuRegionExit { Kind = PpuRegionExitKind.Faulted });

    public override nint ExitNoted(IrSite site, IrExit exit) => region.Exits.Add(exit.Kind == IrExitKind.Interrupt
        ? new PpuRegionExit { Kind = PpuRegionExitKind.Interrupt, Address = site.Address, Code = exit.Code, Status = exit.Status }
        : new PpuRegionExit { Kind = PpuRegionExitKind.Between, Address = site.Address, Code = exit.Word, Insn = exit.Routine!.Entry });

    public override LocalBuilder EmitReach(RegionCode code, LocalBuilder address, int bytes, bool stores, Label miss)
    {
        EmitHostAddress(code, address, EmitProbe(code, address, bytes, stores ? WriteTag : ReadTag, miss));
        LocalBuilder host = code.Temporary(typeof(nint));
        code.Il.Emit(OpCodes.Stloc, host);
        return host;
    }

    public override LocalBuilder EmitLoad(RegionCode code, in IrInstruction insn, AccessPlace access, bool asDouble)
    {
        ILGenerator il = code.Il;
        bool vector = insn.Op != IrOp.Load;
        int bytes = vector ? 1 : (int)insn.Immediate;
        Label slow = access.SideExit ?? il.DefineLabel();
        Label done = il.DefineLabel();
        LocalBuilder value = code.Temporary(vector ? typeof(Vector128<byte>) : asDouble ? typeof(double) : typeof(ulong));
        EmitAccess(code, access, bytes, ReadTag, slow);
        if (vector)
        {
            il.Emit(OpCodes.Unaligned, (byte)1);
            il.Emit(OpCodes.Ldobj, typeof(Vector128<byte>));
            Call(il, nameof(PpuRegionRuntime.Reverse));
        }
        else
        {
            EmitSwappedLoad(il, bytes);
            if (asDouble)
                il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.UInt64BitsToDouble))!);
        }

        il.Emit(OpCodes.Stloc, value);
        il.MarkLabel(done);
        if (access.SideExit is not null)
            return value;

        ulong site = insn.Site.Address;
        code.Later(() =>
        {
            il.MarkLabel(slow);
            EmitSlowArguments(il, site, access, vector ? 0 : bytes);
            Call(il, vector ? nameof(PpuRegionRuntime.LoadVector) : nameof(PpuRegionRuntime.Load));
            il.Emit(OpCodes.Brfalse, access.Fault);
            Address(il, vector ? PpuContextLayout.SlowVector : PpuContextLayout.SlowValue);
            if (vector)
                il.Emit(OpCodes.Ldobj, typeof(Vector128<byte>));
            else
                il.Emit(asDouble ? OpCodes.Ldind_R8 : OpCodes.Ldind_I8);
            il.Emit(OpCodes.Stloc, value);
            il.Emit(OpCodes.Br, done);
        });
        return value;
    }

    public override void EmitStore(RegionCode code, in IrInstruction insn, AccessPlace access, LocalBuilder value)
    {
        ILGenerator il = code.Il;
        bool vector = insn.Op == IrOp.StoreVector;
        int bytes = vector ? 1 : (int)insn.Immediate;
        Label slow = access.SideExit ?? il.DefineLabel();
        Label done = il.DefineLabel();
        EmitAccess(code, access, bytes, WriteTag, slow);
        il.Emit(OpCodes.Ldloc, value);
        if (vector)
        {
            Call(il, nameof(PpuRegionRuntime.Reverse));
            il.Emit(OpCodes.Unaligned, (byte)1);
            il.Emit(OpCodes.Stobj, typeof(Vector128<byte>));
        }
        else
        {
            EmitSwappedStore(il, bytes);
        }

        il.MarkLabel(done);
        if (access.SideExit is not null)
            return;
        ulong site = insn.Site.Address;
        code.Later(() =>
        {
            il.MarkLabel(slow);
            EmitSlowArguments(il, site, access, vector ? 0 : bytes);
            il.Emit(OpCodes.Ldloc, value);
            Call(il, vector ? nameof(PpuRegionRuntime.StoreVector) : nameof(PpuRegionRuntime.Store));
            il.Emit(OpCodes.Brtrue, done);
            il.Emit(OpCodes.Br, access.Fault);
        });
    }

    public override void EmitStoreBytes(RegionCode code, in IrInstruction insn, AccessPlace access, Action emitVector, Action emitCount)
    {
        ILGenerator il = code.Il;
        EmitSlowArguments(il, insn.Site.Address, access, 0);
        emitVector();
        emitCount();
        Call(il, nameof(PpuRegionRuntime.StoreBytes));
        il.Emit(OpCodes.Brfalse, access.Fault);
    }

    public override void EmitBarrier(RegionCode code, StorageBarrier kind)
    {
        // With one host thread for both hardware threads, program order is storage order.
        if (_plan.IsShared)
            Call(code.Il, kind == StorageBarrier.Full ? nameof(PpuRegionRuntime.FullBarrier) : nameof(PpuRegionRuntime.OrderBarrier));
    }

    public override void EmitPerform(RegionCode code, in IrInstruction insn, AccessPlace access)
    {
        ILGenerator il = code.Il;
        EmitSlowArguments(il, insn.Site.Address, access, 0);
        il.Emit(OpCodes.Ldc_I4, (int)insn.Immediate);
        il.Emit(OpCodes.Ldc_I8, (long)insn.Routine!.Entry);
        il.Emit(OpCodes.Conv_I);
        Call(il, nameof(PpuRegionRuntime.Perform));
        il.Emit(OpCodes.Brfalse, access.Fault);
    }

    public override void EmitFaultRetired(RegionCode code) => Field(code.Il, PpuContextLayout.FaultRetired, OpCodes.Ldind_I8);

    // Context, site, address, and one number of how many instructions a fault retires and how many bytes there are.
    private static void EmitSlowArguments(ILGenerator il, ulong site, AccessPlace access, int bytes)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I8, (long)site);
        if (access.Address is { } address)
            il.Emit(OpCodes.Ldloc, address);
        il.Emit(OpCodes.Ldc_I4, (access.Retired << PpuRegionRuntime.RetiredShift) | bytes);
    }

    // Inside the region the budget is counted from the fewest instructions that must be left to go on: without exactness, one.
    private void EmitSlack(ILGenerator il)
    {
        Field(il, PpuContextLayout.Exact, OpCodes.Ldind_I8);
        il.Emit(OpCodes.Ldc_I8, (long)(_longestPath - 1));
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Ldc_I8, 1L);
        il.Emit(OpCodes.Add);
    }

    private unsafe long EpochsAddress() => (long)region.Epochs;

    // Translations do not change while a region runs, so that a check on entry is enough; the epoch makes it short.
    private void EmitPageCheck(RegionCode code, Label refuse)
    {
        ILGenerator il = code.Il;
        Label moved = il.DefineLabel();
        Label inPlace = il.DefineLabel();
        il.Emit(OpCodes.Ldc_I8, EpochsAddress());
        Field(il, PpuContextLayout.ThreadId, OpCodes.Ldind_U4);
        il.Emit(OpCodes.Ldc_I4_3);
        il.Emit(OpCodes.Shl);
        il.Emit(OpCodes.Conv_U8);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldind_I8);
        Field(il, PpuContextLayout.FetchEpochs + (sizeof(ulong) * SoftTlb.FetchModeOf(_plan.MsrValue)), OpCodes.Ldind_I8);
        il.Emit(OpCodes.Bne_Un, moved);
        il.MarkLabel(inPlace);
        code.Later(() =>
        {
            il.MarkLabel(moved);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, region.Number);
            Call(il, nameof(PpuRegionRuntime.Revalidate));
            il.Emit(OpCodes.Brtrue, inPlace);
            il.Emit(OpCodes.Br, refuse);
        });
    }

    // Leaves the access's host address on the stack.
    private static void EmitAccess(RegionCode code, AccessPlace access, int bytes, int tag, Label slow)
    {
        if (access.Host is not { } host)
        {
            EmitHostAddress(code, access.Address!, EmitProbe(code, access.Address!, bytes, tag, slow));
            return;
        }

        code.Il.Emit(OpCodes.Ldloc, host);
        if (access.HostOffset == 0)
            return;
        code.Il.Emit(OpCodes.Ldc_I4, access.HostOffset);
        code.Il.Emit(OpCodes.Add);
    }

    // The last byte's page must be the entry's: an access over a page's end never matches, because the next page has another.
    private static LocalBuilder EmitProbe(RegionCode code, LocalBuilder address, int bytes, int tag, Label slow)
    {
        ILGenerator il = code.Il;
        LocalBuilder entry = code.Temporary(typeof(nint));
        il.Emit(OpCodes.Ldloc, address);
        il.Emit(OpCodes.Ldc_I4, 12 - TlbEntryBits);
        il.Emit(OpCodes.Shr_Un);
        il.Emit(OpCodes.Ldc_I4, (PpuContext.TlbEntries - 1) << TlbEntryBits);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Ldloc, code.Kept[TlbName]);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, entry);
        il.Emit(OpCodes.Ldloc, entry);
        if (tag != 0)
        {
            il.Emit(OpCodes.Ldc_I4, tag);
            il.Emit(OpCodes.Add);
        }

        il.Emit(OpCodes.Ldind_I8);
        il.Emit(OpCodes.Ldloc, address);
        if (bytes > 1)
        {
            il.Emit(OpCodes.Ldc_I4, bytes - 1);
            il.Emit(OpCodes.Conv_I8);
            il.Emit(OpCodes.Add);
        }

        il.Emit(OpCodes.Ldc_I4, ~0xfff);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Bne_Un, slow);
        return entry;
    }

    private static void EmitHostAddress(RegionCode code, LocalBuilder address, LocalBuilder entry)
    {
        const int Addend = 16;
        ILGenerator il = code.Il;
        il.Emit(OpCodes.Ldloc, entry);
        il.Emit(OpCodes.Ldc_I4, Addend);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldind_I);
        il.Emit(OpCodes.Ldloc, address);
        il.Emit(OpCodes.Add);
    }

    private static void EmitSwappedLoad(ILGenerator il, int bytes)
    {
        switch (bytes)
        {
            case 1:
                il.Emit(OpCodes.Ldind_U1);
                il.Emit(OpCodes.Conv_U8);
                break;
            case 2:
                il.Emit(OpCodes.Unaligned, (byte)1);
                il.Emit(OpCodes.Ldind_U2);
                Swap(il, typeof(ushort));
                il.Emit(OpCodes.Conv_U8);
                break;
            case 4:
                il.Emit(OpCodes.Unaligned, (byte)1);
                il.Emit(OpCodes.Ldind_U4);
                Swap(il, typeof(uint));
                il.Emit(OpCodes.Conv_U8);
                break;
            default:
                il.Emit(OpCodes.Unaligned, (byte)1);
                il.Emit(OpCodes.Ldind_I8);
                Swap(il, typeof(ulong));
                break;
        }
    }

    private static void EmitSwappedStore(ILGenerator il, int bytes)
    {
        switch (bytes)
        {
            case 1:
                il.Emit(OpCodes.Conv_U1);
                il.Emit(OpCodes.Stind_I1);
                break;
            case 2:
                il.Emit(OpCodes.Conv_U2);
                Swap(il, typeof(ushort));
                il.Emit(OpCodes.Unaligned, (byte)1);
                il.Emit(OpCodes.Stind_I2);
                break;
            case 4:
                il.Emit(OpCodes.Conv_U4);
                Swap(il, typeof(uint));
                il.Emit(OpCodes.Unaligned, (byte)1);
                il.Emit(OpCodes.Stind_I4);
                break;
            default:
                Swap(il, typeof(ulong));
                il.Emit(OpCodes.Unaligned, (byte)1);
                il.Emit(OpCodes.Stind_I8);
                break;
        }
    }

    private static void Swap(ILGenerator il, Type type) =>
        il.Emit(OpCodes.Call, typeof(BinaryPrimitives).GetMethod(nameof(BinaryPrimitives.ReverseEndianness), [type])!);

    private static void Address(ILGenerator il, int offset)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, offset);
        il.Emit(OpCodes.Add);
    }

    private static void Field(ILGenerator il, int offset, OpCode load)
    {
        Address(il, offset);
        il.Emit(load);
    }

    private static void Call(ILGenerator il, string name) =>
        il.Emit(OpCodes.Call, typeof(PpuRegionRuntime).GetMethod(name, BindingFlags.Static | BindingFlags.Public)!);
}
