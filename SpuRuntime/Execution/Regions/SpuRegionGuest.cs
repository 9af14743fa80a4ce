using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Msil;

using SpuRuntime.Execution.Translation;
using SpuRuntime.State;

namespace SpuRuntime.Execution.Regions;

/// <summary>How an SPU's regions are entered and left, and how they reach local store, where nothing can fault.</summary>
/// <param name="plan">What the region is made of.</param>
/// <param name="packs">Whether it may have packs, on a host that can do them.</param>
internal sealed class SpuRegionGuest(SpuRegionPlan plan, bool packs = true) : RegionGuest
{
    private const string LocalStore = "ls";
    private const string Decoded = "decoded";

    private int _longestPath;

    public override Module Module => typeof(SpuRegionGuest).Module;

    public override int StateOffset => SpuContextLayout.State;

    public override bool Faults => false;

    // Operations get it by reference, in the state; what is ordinary does not touch it.
    public override bool IsCached(IrSlot slot) => slot != SpuIrSlots.Fpscr;

    // Some are needed for what is not a register of the guest.
    public override int VectorsKept => Avx512F.VL.IsSupported || AdvSimd.IsSupported ? 24 : 12;

    // With bytes, because loads turn them round.
    public override bool PacksVectors => packs && Avx512BW.IsSupported;

    public override bool IsFloat(IrSlot slot) => false;

    public override bool IsFloatStatus(IrSlot slot) => false;

    public override void EmitFloatMode(RegionCode code) => throw NotHere();

    public override void EmitDeferredStatus(RegionCode code, DeferredFloatStatus deferred) => throw NotHere();

    public override void EmitEnter(RegionCode code, int longestPath, Label refuse)
    {
        ILGenerator il = code.Il;
        _longestPath = longestPath;
        // Counted from what the longest path needs: below zero it is not enough.
        Field(il, SpuContextLayout.Left, OpCodes.Ldind_I8);
        il.Emit(OpCodes.Ldc_I8, (long)longestPath);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Stloc, code.Left);
        il.Emit(OpCodes.Ldloc, code.Left);
        il.Emit(OpCodes.Ldc_I8, 0L);
        il.Emit(OpCodes.Blt, refuse);
        if (plan.Masks == MaskTrust.Plain && plan.PlainMasks.Length > 0)
            EmitMaskCheck(code);
        Keep(code, LocalStore, SpuContextLayout.LocalStore);
        Keep(code, Decoded, SpuContextLayout.Decoded);
    }

    public override void EmitSelectEntry(RegionCode code, IReadOnlyList<(ulong Address, Label Label)> entries, Label refuse)
    {
        ILGenerator il = code.Il;
        if (entries.Count > 1)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, SpuContextLayout.Entry);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldind_U1);
            il.Emit(OpCodes.Switch, entries.Select(static entry => entry.Label).ToArray());
            il.Emit(OpCodes.Br, refuse);
        }
        else
        {
            il.Emit(OpCodes.Br, entries[0].Label);
        }
    }

    public override void EmitRefuse(RegionCode code, Label refuse) => EmitNotEntered(code, refuse, nameof(SpuRegionRuntime.Refuse));

    public override void EmitUnfit(RegionCode code, Label unfit) => EmitNotEntered(code, unfit, nameof(SpuRegionRuntime.Unfit));

    public override void EmitCheck(RegionCode code, Label stop)
    {
        // Attention is 0 or more than any budget: one comparison for both. Other threads write it, and a loop must read it again on
        // each turn.
        code.Il.Emit(OpCodes.Ldloc, code.Left);
        code.Il.Emit(OpCodes.Ldarg_0);
        code.Il.Emit(OpCodes.Ldc_I4, SpuContextLayout.Attention);
        code.Il.Emit(OpCodes.Add);
        code.Il.Emit(OpCodes.Volatile);
        code.Il.Emit(OpCodes.Ldind_I8);
        code.Il.Emit(OpCodes.Blt, stop);
    }

    public override void EmitReturn(RegionCode code, DeferredFloatStatus? deferred)
    {
        ILGenerator il = code.Il;
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldloc, code.Left);
        il.Emit(OpCodes.Ldc_I8, (long)_longestPath);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldloc, code.Next);
        il.Emit(OpCodes.Ldloc, code.Target);
        Call(il, nameof(SpuRegionRuntime.Depart));
        il.Emit(OpCodes.Ret);
    }

    public override nint ExitTo(ulong address) => Exit(SpuRegionExitKind.Step, address);

    public override nint ExitComputed(IrSite site) => Exit(SpuRegionExitKind.Computed, site.Address);

    public override nint ExitToStop(ulong address) => Exit(SpuRegionExitKind.Stop, address);

    public override nint ExitToInterpret(ulong address) => Exit(SpuRegionExitKind.SideExit, address);

    public override nint ExitFaulted() => throw NotHere();

    public override nint ExitNoted(IrSite site, IrExit exit) => Exit(SpuRegionExitKind.Interpret, site.Address);

    // Where none of them goes around at the end of local store, each is at its distance from the first.
    public override LocalBuilder EmitReach(RegionCode code, LocalBuilder address, int bytes, bool stores, Label miss)
    {
        ILGenerator il = code.Il;
        LocalBuilder host = code.Temporary(typeof(nint));
        il.Emit(OpCodes.Ldloc, address);
        il.Emit(OpCodes.Ldc_I8, (long)SpuState.QuadwordMask);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Stloc, host);
        il.Emit(OpCodes.Ldloc, host);
        il.Emit(OpCodes.Ldc_I8, (long)(SpuState.LocalStoreSize - bytes));
        il.Emit(OpCodes.Bgt_Un, miss);
        il.Emit(OpCodes.Ldloc, host);
        il.Emit(OpCodes.Ldloc, code.Kept[LocalStore]);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, host);
        return host;
    }

    public override LocalBuilder EmitLoad(RegionCode code, in IrInstruction insn, AccessPlace access, bool asDouble)
    {
        ILGenerator il = code.Il;
        LocalBuilder value = code.Temporary(typeof(Vector128<byte>));
        EmitHostAddress(code, access);
        il.Emit(OpCodes.Ldobj, typeof(Vector128<byte>));
        code.Call(typeof(SpuRegionRuntime).GetMethod(nameof(SpuRegionRuntime.Reverse))!);
        il.Emit(OpCodes.Stloc, value);
        return value;
    }

    public override LocalBuilder EmitLoadPack(RegionCode code, AccessPlace access)
    {
        EmitHostAddress(code, access);
        code.Il.Emit(OpCodes.Ldobj, typeof(Vector512<byte>));
        return StorePack(code);
    }

    public override LocalBuilder EmitLoadBroadcast(RegionCode code, AccessPlace access)
    {
        EmitHostAddress(code, access);
        code.Call(typeof(SpuRegionRuntime).GetMethod(nameof(SpuRegionRuntime.LoadFourTimes))!);
        return StorePack(code);
    }

    public override LocalBuilder EmitOfLoaded(RegionCode code, LocalBuilder loaded)
    {
        code.Il.Emit(OpCodes.Ldloc, loaded);
        code.Call(typeof(SpuRegionRuntime).GetMethod(nameof(SpuRegionRuntime.ReverseFour))!);
        return StorePack(code);
    }

    public override void EmitOfLoaded(RegionCode code) => code.Call(typeof(SpuRegionRuntime).GetMethod(nameof(SpuRegionRuntime.Reverse))!);

    // The interpreter stores where code is: it sees to the code.
    public override void EmitStore(RegionCode code, in IrInstruction insn, AccessPlace access, LocalBuilder value)
    {
        const int QuadwordShift = 4;
        ILGenerator il = code.Il;
        il.Emit(OpCodes.Ldloc, access.Address!);
        il.Emit(OpCodes.Ldc_I4, QuadwordShift);
        il.Emit(OpCodes.Shr_Un);
        il.Emit(OpCodes.Ldloc, code.Kept[Decoded]);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldind_U1);
        il.Emit(OpCodes.Brtrue, access.SideExit!.Value);
        EmitHostAddress(code, access);
        il.Emit(OpCodes.Ldloc, value);
        code.Call(typeof(SpuRegionRuntime).GetMethod(nameof(SpuRegionRuntime.Reverse))!);
        il.Emit(OpCodes.Stobj, typeof(Vector128<byte>));
    }

    public override void EmitStoreBytes(RegionCode code, in IrInstruction insn, AccessPlace access, Action emitVector, Action emitCount) =>
        throw NotHere();

    public override void EmitBarrier(RegionCode code, StorageBarrier kind) => Call(code.Il, nameof(SpuRegionRuntime.FullBarrier));

    public override void EmitPerform(RegionCode code, in IrInstruction insn, AccessPlace access) => throw NotHere();

    public override void EmitFaultRetired(RegionCode code) => throw NotHere();

    private static InvalidOperationException NotHere() => new("an SPU has no such thing");

    private static nint Exit(SpuRegionExitKind kind, ulong address) => new SpuRegionExit(kind, (uint)address).Encoded;

    private void EmitMaskCheck(RegionCode code)
    {
        ILGenerator il = code.Il;
        Label unfit = il.DefineLabel();
        foreach (int register in plan.PlainMasks)
            Field(il, StateOffset + SpuIrSlots.Gpr(register).Offset, OpCodes.Ldobj);
        for (int number = 1; number < plan.PlainMasks.Length; number++)
            Call(il, nameof(SpuRegionRuntime.Either));
        il.Emit(OpCodes.Call, typeof(SpuRegionPlan).GetMethod(nameof(SpuRegionPlan.IsPlain))!);
        il.Emit(OpCodes.Brfalse, unfit);
        code.Later(() => EmitUnfit(code, unfit));
    }

    private static void Keep(RegionCode code, string name, int offset)
    {
        LocalBuilder local = code.Il.DeclareLocal(typeof(nint));
        Field(code.Il, offset, OpCodes.Ldind_I);
        code.Il.Emit(OpCodes.Stloc, local);
        code.Kept[name] = local;
    }

    // Addresses are masked in the representation already (SpuState.QuadwordMask): they stay inside local store.
    private static void EmitHostAddress(RegionCode code, AccessPlace access)
    {
        if (access.Host is { } host)
        {
            code.Il.Emit(OpCodes.Ldloc, host);
            code.Il.Emit(OpCodes.Ldc_I4, access.HostOffset);
            code.Il.Emit(OpCodes.Add);
            return;
        }

        code.Il.Emit(OpCodes.Ldloc, access.Address!);
        code.Il.Emit(OpCodes.Ldloc, code.Kept[LocalStore]);
        code.Il.Emit(OpCodes.Add);
    }

    private static void EmitNotEntered(RegionCode code, Label label, string answer)
    {
        code.Il.MarkLabel(label);
        code.Il.Emit(OpCodes.Ldarg_0);
        code.Il.Emit(OpCodes.Ldarg_1);
        Call(code.Il, answer);
        code.Il.Emit(OpCodes.Ret);
    }

    private static LocalBuilder StorePack(RegionCode code)
    {
        LocalBuilder pack = code.Temporary(typeof(Vector512<byte>));
        code.Il.Emit(OpCodes.Stloc, pack);
        return pack;
    }

    private static void Field(ILGenerator il, int offset, OpCode load)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, offset);
        il.Emit(OpCodes.Add);
        if (load == OpCodes.Ldobj)
            il.Emit(load, typeof(Vector128<byte>));
        else
            il.Emit(load);
    }

    private static void Call(ILGenerator il, string name) =>
        il.Emit(OpCodes.Call, typeof(SpuRegionRuntime).GetMethod(name, BindingFlags.Static | BindingFlags.Public)!);
}
