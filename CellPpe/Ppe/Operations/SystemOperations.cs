using CellPpe.Core;
using CellPpe.Ppe.Locking;
using CellPpe.Ppe.Mmu;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Storage;
using CellPpe.Ppe.Threads;

namespace CellPpe.Ppe.Operations;

// Operations that run between blocks: State.Nia is this instruction's address on entry, and the instruction count is
// exact. They return null only to take an interrupt; otherwise the thread goes on at State.Nia.

/// <summary>sc: system call interrupt, or with LEV = 1 a hypercall (Book III 2.3.1).</summary>
internal readonly struct SystemCallOperation : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        // The upper bits of LEV are reserved and ignored.
        bool hypercall = ((i->Word >> 5) & 1) != 0;
        if (!hypercall)
        {
            c->State.Nia += 4;
            c->Exit = PpuLoopExit.Interrupt;
            c->ExitVector = Vectors.SystemCall;
            c->ExitSrr1 = 0;
            return null;
        }

        // lv1 serves supervisors only; what it does with a problem-state program is not known, so that program gets
        // what any other instruction it must not use gives it.
        if ((c->State.Msr & Msr.Pr) != 0)
            return c->Interrupt(i, Vectors.Program, ProgramInterrupt.Illegal);
        c->State.Nia += 4;
        c->Thread.Hypercall();
        return i;
    }
}

/// <summary>or 1,1,1 and or 31,31,31 (Book III 3.4.1): the other thread gets its turn at once.</summary>
internal readonly struct LowerThreadPriority : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        // Very low priority is the supervisor's to choose; from a program it is an ordinary no-operation.
        bool veryLow = ((i->Word >> 21) & 31) == 31;
        if (!veryLow || (c->State.Msr & Msr.Pr) == 0)
            c->Thread.YieldTurn();
        c->State.Nia += 4;
        return i;
    }
}

/// <summary>rfid (Book III 2.3.1).</summary>
internal readonly struct ReturnFromInterrupt : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        // ME is a hypervisor resource: with HV = 0 it stays.
        ulong old = c->State.Msr;
        c->State.Nia = c->State.Srr0 & ~3UL;
        c->Thread.SetMsr((MoveToMsr.WithProblemStateRule(c->State.Srr1) & ~Msr.Me) | (old & Msr.Me));
        return MoveToMsr.TakeDeferredException(c, i, old);
    }
}

/// <summary>An instruction only a hypervisor may run.</summary>
internal readonly struct HypervisorInstruction : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i) =>
        c->Interrupt(i, Vectors.Program, ProgramInterrupt.Privileged);
}

/// <summary>mtmsr, mtmsrd (Book III 3.4.2): L = 1 changes EE and RI alone.</summary>
internal readonly struct MoveToMsr : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        uint word = i->Word;
        ulong value = c->State.Gpr[(word >> 21) & 31];
        ulong old = c->State.Msr;
        bool doubleword = ((word >> 1) & 0x3ff) == 178;
        c->State.Nia += 4;
        const ulong OnlyEeAndRi = Msr.Ee | Msr.Ri;
        if ((word & 0x10000) != 0)
        {
            c->Thread.SetMsr((old & ~OnlyEeAndRi) | (value & OnlyEeAndRi));
            return i;
        }

        ulong kept = Msr.Me | (doubleword ? 0 : 0xffff_ffff_0000_0000);
        c->Thread.SetMsr((WithProblemStateRule(value) & ~kept) | (old & kept));
        return TakeDeferredException(c, i, old);
    }

    /// <summary>
    /// An enabled floating-point exception that was ignored is taken when FE0 and FE1 stop being 0: SRR0 is the next
    /// instruction, which SRR1 bit 47 says (Book III 5.5.9).
    /// </summary>
    public static unsafe PpuDecodedInsn* TakeDeferredException(PpuContext* c, PpuDecodedInsn* i, ulong old)
    {
        const ulong Enabled = Msr.Fe0 | Msr.Fe1;
        if ((old & Enabled) != 0 || (c->State.Msr & Enabled) == 0 || !c->State.Fpscr.Has(Fpscr.Fex))
            return i;
        c->Exit = PpuLoopExit.Interrupt;
        c->ExitVector = Vectors.Program;
        c->ExitSrr1 = ProgramInterrupt.FloatingPointEnabled | ProgramInterrupt.AfterInstruction;
        return null;
    }

    /// <summary>Problem state implies external interrupts and translation on: EE, IR and DR are ORed with PR.</summary>
    public static ulong WithProblemStateRule(ulong msr) => (msr & Msr.Pr) != 0 ? msr | Msr.Ee | Msr.Ir | Msr.Dr : msr;
}

/// <summary>mftb: the time base all threads share (Book II 4.2.1).</summary>
internal readonly struct MoveFromTimeBase : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        int spr = SpecialRegisters.Number(i->Word);
        if (spr is not (SpecialRegisters.TimeBase or SpecialRegisters.TimeBaseUpper))
            return c->Interrupt(i, Vectors.Program, ProgramInterrupt.Illegal);
        SpecialRegisters.TryRead(c, spr, out c->State.Gpr[(i->Word >> 21) & 31]);
        c->State.Nia += 4;
        return i;
    }
}

/// <summary>mfspr of the registers that are not inlined.</summary>
internal readonly struct MoveFromSpecialRegister : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        int spr = SpecialRegisters.Number(i->Word);
        if (SpecialRegisters.NeedsSupervisor(spr) && (c->State.Msr & Msr.Pr) != 0)
            return c->Interrupt(i, Vectors.Program, ProgramInterrupt.Privileged);
        if (!SpecialRegisters.TryRead(c, spr, out ulong value))
            return c->Thread.UnknownSpecialRegister(i, spr, write: false);
        c->State.Gpr[(i->Word >> 21) & 31] = value;
        c->State.Nia += 4;
        return i;
    }
}

/// <summary>mtspr of the registers that are not inlined.</summary>
internal readonly struct MoveToSpecialRegister : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        int spr = SpecialRegisters.Number(i->Word);
        if (SpecialRegisters.NeedsSupervisor(spr) && (c->State.Msr & Msr.Pr) != 0)
            return c->Interrupt(i, Vectors.Program, ProgramInterrupt.Privileged);
        if (!SpecialRegisters.TryWrite(c, spr, c->State.Gpr[(i->Word >> 21) & 31]))
            return c->Thread.UnknownSpecialRegister(i, spr, write: true);
        c->State.Nia += 4;
        return i;
    }
}

/// <summary>slbmte, slbie, slbia, slbmfev, slbmfee (Book III 4.11.3.1).</summary>
internal readonly struct SegmentLookaside : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        uint word = i->Word;
        ulong rb = c->State.Gpr[(word >> 11) & 31];
        int register = (int)(word >> 21) & 31;
        int index = (int)rb & 63;
        PpuStorage storage = c->Thread.Storage;
        switch ((word >> 1) & 0x3ff)
        {
            case 402: // slbmte
                Write(c, storage, index, (rb & SegmentLookup.Valid) != 0 ? rb & (SegmentLookup.EsidMask | SegmentLookup.Valid) : 0,
                    c->State.Gpr[register]);
                break;
            case 434: // slbie
                Invalidate(c, storage, rb & SegmentLookup.EsidMask);
                break;
            case 498: // slbia
                InvalidateAll(c, storage);
                break;
            case 851: // slbmfev
                c->State.Gpr[register] = c->State.SlbVsid[index];
                break;
            default: // slbmfee
                c->State.Gpr[register] = c->State.SlbEsid[index];
                break;
        }

        c->State.Nia += 4;
        return i;
    }

    private static unsafe void Write(PpuContext* c, PpuStorage storage, int index, ulong esid, ulong vsid)
    {
        ref ulong oldEsid = ref c->State.SlbEsid[index];
        ref ulong oldVsid = ref c->State.SlbVsid[index];
        bool same = oldEsid == esid && oldVsid == vsid;
        if ((oldEsid & SegmentLookup.Valid) != 0 && !same)
            storage.FlushSegment(oldEsid);
        oldEsid = esid;
        oldVsid = vsid;
    }

    private static unsafe void Invalidate(PpuContext* c, PpuStorage storage, ulong esid)
    {
        var entries = new Span<ulong>(c->State.SlbEsid, SegmentLookup.Entries);
        entries.Replace(esid | SegmentLookup.Valid, 0UL);
        storage.FlushSegment(esid);
    }

    // Entry 0 stays, and with it what was translated through it: in Linux the kernel's linear mapping.
    private static unsafe void InvalidateAll(PpuContext* c, PpuStorage storage)
    {
        ulong kept = c->State.SlbEsid[0];
        new Span<ulong>(c->State.SlbEsid, SegmentLookup.Entries)[1..].Clear();
        storage.FlushSegmentsExcept(kept);
    }
}

/// <summary>
/// tlbie, tlbiel (Book III 4.11.3.2). L = 0 with a well-formed RB names one 4 KB page by its virtual address, whose low 28
/// bits are the offset in the segment; for the rest more than the named page is dropped, which the architecture allows.
/// </summary>
internal readonly struct TranslationInvalidate : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        const ulong Reserved = 0xffff_0000_0000_0fff;
        ulong rb = c->State.Gpr[(i->Word >> 11) & 31];
        bool large = ((i->Word >> 21) & 1) != 0;
        PpuThread thread = c->Thread;
        TranslationCaches caches = thread.Shared.Caches;
        thread.Hold(ThreadActivity.BetweenBlocks);
        if (large || (rb & Reserved) != 0)
            caches.FlushTranslations();
        else
            caches.FlushPage(rb & 0x0fff_f000);
        thread.Release();
        c->State.Nia += 4;
        return i;
    }
}
