using CellPpe.Core;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Mmu;

/// <summary>Effective to partition address: segment lookaside buffer, page table, protection (Book III 4.2 to 4.5, 4.10).</summary>
internal sealed class PpuTranslator(ulong realModeLimit)
{
    /// <summary>DSISR and SRR1 bits (Book III 5.5.3, 5.5.5).</summary>
    public const uint NotFound = 0x4000_0000;
    public const uint NoExecute = 0x1000_0000;
    public const uint Protected = 0x0800_0000;
    public const uint NoReservation = 0x0400_0000;
    public const uint IsStore = 0x0200_0000;
    public const uint DataBreakpoint = 0x0040_0000;

    private const ulong KeySupervisor = 0x800;
    private const ulong KeyProblem = 0x400;
    private const ulong NoExecuteSegment = 0x200;
    private const ulong LargePages = 0x100;

    // The PPE encodes LP in bit 57, later processors in bits 58:59; kernels write either, and both mean the second size.
    private const ulong SecondLargeSize = 0x70;

    /// <summary>The table both threads search, or null.</summary>
    public HashedPageTable? PageTable { get; set; }

    /// <summary>Translates one access by the thread's present MSR, and records it in R and C.</summary>
    public unsafe AddressTranslation Translate(PpuState* state, SegmentLookup segments, ulong address, AccessKind kind)
    {
        if (!IsTranslated(state, kind))
            return RealMode(address, kind);
        AddressTranslation translation = Walk(state, segments, address, kind, out PageTableHit hit);
        if (!translation.Faulted)
            PageTable!.Touch(hit.Slot, kind == AccessKind.Store);
        return translation;
    }

    /// <summary>Translates a fetch that would neither fault nor have to set R.</summary>
    public unsafe bool TryProbeFetch(PpuState* state, SegmentLookup segments, ulong address, out LparAddress real) =>
        TryProbe(state, segments, address, AccessKind.Fetch, out real);

    /// <summary>Translates an access that would neither fault nor have to set R or C.</summary>
    public unsafe bool TryProbe(PpuState* state, SegmentLookup segments, ulong address, AccessKind kind, out LparAddress real)
    {
        AddressTranslation translation;
        bool recorded = true;
        if (IsTranslated(state, kind))
        {
            translation = Walk(state, segments, address, kind, out PageTableHit hit);
            ulong wanted = kind == AccessKind.Store ? HashedPageTable.Referenced | HashedPageTable.Changed : HashedPageTable.Referenced;
            recorded = (hit.R & wanted) == wanted;
        }
        else
        {
            translation = RealMode(address, kind);
        }

        real = translation.Real;
        return recorded && !translation.Faulted;
    }

    private static unsafe bool IsTranslated(PpuState* state, AccessKind kind) =>
        (state->Msr & (kind == AccessKind.Fetch ? Msr.Ir : Msr.Dr)) != 0;

    // Real mode ignores the top four bits and is limited to the boot memory (RMLS; boot-protocol: rm_size).
    private AddressTranslation RealMode(ulong address, AccessKind kind)
    {
        ulong real = address & 0x0fff_ffff_ffff_ffff;
        return real < realModeLimit
            ? new AddressTranslation(0, 0, new LparAddress(real), true, false)
            : Storage(kind, Protected);
    }

    private unsafe AddressTranslation Walk(PpuState* state, SegmentLookup segments, ulong address, AccessKind kind, out PageTableHit hit)
    {
        hit = default;
        int index = segments.Find(state, address);
        if (index < 0)
            return new AddressTranslation(
                kind == AccessKind.Fetch ? Vectors.InstructionSegment : Vectors.DataSegment, 0, default, false, false);
        ulong segment = state->SlbVsid[index];
        if (PageTable is not { } table)
            return Storage(kind, NotFound);
        if (kind == AccessKind.Fetch && (segment & NoExecuteSegment) != 0)
            return Storage(kind, NoExecute);
        int shift = table.PageShift((segment & LargePages) != 0, (segment & SecondLargeSize) != 0);
        if (!table.TryFind(segment >> 12, address, shift, out hit))
            return Storage(kind, NotFound);

        bool problem = (state->Msr & Msr.Pr) != 0;
        bool key = (segment & (problem ? KeyProblem : KeySupervisor)) != 0;
        (bool readable, bool writable) = HashedPageTable.Protection(key, hit.R);
        const ulong PageNoExecute = 4;
        const ulong Guarded = 8;
        if (kind == AccessKind.Fetch && (hit.R & (PageNoExecute | Guarded)) != 0)
            return Storage(kind, NoExecute);
        if (kind == AccessKind.Store ? !writable : !readable)
            return Storage(kind, Protected);

        ulong pageMask = (1UL << shift) - 1;
        ulong page = hit.R & 0x0fff_ffff_ffff_f000 & ~pageMask;
        bool changed = kind == AccessKind.Store || (hit.R & HashedPageTable.Changed) != 0;
        return new AddressTranslation(0, 0, new LparAddress(page | (address & pageMask)), writable && changed, (hit.R & 0x20) != 0);
    }

    private static AddressTranslation Storage(AccessKind kind, uint status) => kind switch
    {
        AccessKind.Fetch => new AddressTranslation(Vectors.InstructionStorage, status, default, false, false),
        AccessKind.Load => new AddressTranslation(Vectors.DataStorage, status, default, false, false),
        _ => new AddressTranslation(Vectors.DataStorage, status | IsStore, default, false, false),
    };
}
