using System.Runtime.Intrinsics;

using CellPpe.Ppe.Interpreter;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;
using CellPpe.Ppe.Threads;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Native;

namespace CellPpe.Ppe.Regions;

/// <summary>Runs native code, and does for it what it cannot do itself.</summary>
internal static unsafe class NativeDispatch
{
    private const int WarmBehindWarm = 4;

    /// <summary>Handler of an instruction that has native code.</summary>
    public static PpuDecodedInsn* Enter(PpuContext* c, PpuDecodedInsn* i)
    {
        NativeTier tier = RegionCache.Of(c)!.Native!;
        if (*CodePages.NativeOwnerOf(c->PageBase) != NativeTier.OwnerNow(c))
            return Interpret(c, i);
        return Run(c, i, tier);
    }

    // One page of host memory can be seen at several addresses and in several modes; the code is for one.
    private static PpuDecodedInsn* Interpret(PpuContext* c, PpuDecodedInsn* i)
    {
        c->Refusals++;
        InterpreterSlowPaths.Arrive(c, i);
        return c->Thread.Shared.Code.HandlerOf(i)(c, i);
    }

    private static PpuDecodedInsn* Run(PpuContext* c, PpuDecodedInsn* i, NativeTier tier)
    {
        NativeCode code = tier.Code;
        long before = c->Left;
        uint exit = code.Enter(c, *CodePages.NativeEntryOf(c->PageBase, i));
        while (exit >= NativeExit.FirstSite || exit == NativeExit.Unlinked || exit >= NativeExit.Hot)
        {
            nint resume;
            if (exit >= NativeExit.FirstSite)
            {
                NativeSite site = code.SiteOf(exit);
                if (site.Op == IrOp.Exit)
                {
                    Note(c, site);
                    return Leave(c, before, null);
                }

                if (!TryDo(c, site))
                {
                    c->Left += site.Excess;
                    return Leave(c, before, null);
                }

                c->Native.Resume = site.Resume;
                resume = code.ResumeAll;
            }
            else
            {
                PpuDecodedInsn* next = Arrive(c, exit, tier);
                if (next == null)
                    return Leave(c, before, null);
                resume = *CodePages.NativeEntryOf(c->PageBase, next);
                if (c->Attention != 0 || resume == code.Unlinked || resume == code.Refused
                    || *CodePages.NativeOwnerOf(c->PageBase) != NativeTier.OwnerNow(c))
                {
                    return Leave(c, before, next);
                }
            }

            exit = code.Enter(c, resume);
        }

        PpuDecodedInsn* at = Target(c);
        if (exit == NativeExit.Stop)
            c->Stops++;
        // Nothing has run: the budget does not reach to the end of the first unit, or the mode is another one.
        return c->Left == before ? Interpret(c, at) : Leave(c, before, at);
    }

    // An instruction that has been gone on to and has no code, or is hot.
    private static PpuDecodedInsn* Arrive(PpuContext* c, uint exit, NativeTier tier)
    {
        PpuDecodedInsn* next;
        switch (exit)
        {
            case NativeExit.Search:
                c->Searches++;
                next = PpuLoop.Lookup(c, c->Native.Target);
                if (next != null)
                    InterpreterSlowPaths.Arrive(c, next);
                return next;
            case NativeExit.HotCall:
                // A region for one call costs more to enter and leave than it saves; with floating point it is another matter.
                next = Target(c);
                if (tier.Wants(c, next) || tier.UsesFloat(c, next))
                    InterpreterSlowPaths.Hot(c, next);
                return next;
            case NativeExit.Hot:
                next = Target(c);
                InterpreterSlowPaths.Hot(c, next);
                return next;
            default:
                c->Steps++;
                next = Target(c);
                // It follows code that is warm: it is about as warm.
                if (tier.Wants(c, next) && c->Thread.Shared.Code.IsDecoded(next))
                {
                    next->Heat = (ushort)Math.Max(1, next->Heat - WarmBehindWarm);
                    InterpreterSlowPaths.Arrive(c, next);
                }

                return next;
        }
    }

    private static PpuDecodedInsn* Target(PpuContext* c) =>
        c->PageBase + (((nint)c->Native.Target - (nint)c->PageBase - CodePages.NativeEntries) / sizeof(nint));

    private static PpuDecodedInsn* Leave(PpuContext* c, long before, PpuDecodedInsn* next)
    {
        c->Compiled += before - c->Left;
        c->Entries++;
        // The loop counts all of it as one instruction.
        c->Left++;
        return next;
    }

    private static void Note(PpuContext* c, NativeSite site)
    {
        IrExit exit = site.Exit!;
        if (exit.Kind == IrExitKind.Interrupt)
            PpuRegionRuntime.Interrupt(c, site.Address, exit.Code, exit.Status);
        else
            PpuRegionRuntime.Between(c, site.Address, exit.Word, exit.Routine!.Entry);
    }

    private static bool TryDo(PpuContext* c, NativeSite site)
    {
        ulong* registers = c->Native.Registers;
        if (site.Op == IrOp.Call)
        {
            registers[site.Result] = Call(c, site, registers);
            return true;
        }

        PpuDecodedInsn* page = c->PageBase;
        ulong pageAddress = c->PageEa;
        bool done;
        switch (site.Op)
        {
            case IrOp.Load:
                done = PpuRegionRuntime.Load(c, site.Address, registers[site.A], (int)site.Immediate);
                registers[site.Result] = c->SlowValue;
                break;
            case IrOp.Store:
                done = PpuRegionRuntime.Store(c, site.Address, registers[site.A], (int)site.Immediate, registers[site.B]);
                break;
            default:
                done = PpuRegionRuntime.Perform(c, site.Address, 0, site.Immediate, site.Routine!.Entry);
                break;
        }

        if (done)
        {
            c->PageBase = page;
            c->PageEa = pageAddress;
        }

        return done;
    }

    private static ulong Call(PpuContext* c, NativeSite site, ulong* registers)
    {
        Span<Vector128<byte>> arguments = stackalloc Vector128<byte>[IrInstruction.MaxOperands];
        arguments[0] = Vector128.CreateScalar(registers[site.A]).AsByte();
        arguments[1] = Vector128.CreateScalar(registers[site.B]).AsByte();
        arguments[2] = Vector128.CreateScalar(registers[site.C]).AsByte();
        arguments[3] = Vector128.CreateScalar(registers[site.D]).AsByte();
        return site.Helper!.Evaluate((byte*)&c->State, arguments[..site.Helper.Parameters.Length]).AsUInt64().ToScalar();
    }
}
