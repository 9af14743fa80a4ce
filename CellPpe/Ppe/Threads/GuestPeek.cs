using CellPpe.Core;
using CellPpe.Ppe.Mmu;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Threads;

/// <summary>
/// Reads memory as a thread would reach it, and leaves no trace: no interrupt, no TLB entry, no R or C bit, no access to
/// devices. For profilers and debuggers, between the thread's turns. Protection is not checked.
/// </summary>
public static unsafe class GuestPeek
{
    private const ulong RealAddressMask = 0x0fff_ffff_ffff_ffff;
    private const ulong LargePages = 0x100;
    private const ulong SecondLargeSize = 0x70;

    /// <summary>Reads a big-endian doubleword. False when it is not in memory.</summary>
    /// <param name="thread">Whose SLB and page table are searched.</param>
    /// <param name="translated">MSR.DR: whether the address is translated at all.</param>
    /// <param name="address">What is read. It may lie anywhere; a doubleword that crosses a page's end is not read.</param>
    /// <param name="value">The doubleword, or 0.</param>
    public static bool TryReadUInt64(PpuThread thread, bool translated, EffectiveAddress address, out ulong value)
    {
        value = 0;
        return TryTranslate(thread, translated, address, sizeof(ulong), out LparAddress real)
            && thread.Shared.Memory.TryReadUInt64(real, out value);
    }

    /// <summary>Reads a big-endian word. False when it is not in memory.</summary>
    /// <inheritdoc cref="TryReadUInt64"/>
    public static bool TryReadUInt32(PpuThread thread, bool translated, EffectiveAddress address, out uint value)
    {
        value = 0;
        return TryTranslate(thread, translated, address, sizeof(uint), out LparAddress real)
            && thread.Shared.Memory.TryReadUInt32(real, out value);
    }

    /// <summary>Translates an address: the walk of Book III 4.3 to 4.5 without protection, R, C and interrupts.</summary>
    /// <param name="thread">Whose SLB and page table are searched.</param>
    /// <param name="translated">MSR.DR or IR: whether the address is translated at all.</param>
    /// <param name="address">The first byte.</param>
    /// <param name="length">How many bytes; all of them must lie in one page of 4096 bytes.</param>
    /// <param name="real">Where they are; there need not be memory.</param>
    public static bool TryTranslate(PpuThread thread, bool translated, EffectiveAddress address, ulong length, out LparAddress real)
    {
        ArgumentNullException.ThrowIfNull(thread);
        ulong effective = address.Value;
        real = new LparAddress(effective & RealAddressMask);
        if ((effective & (GuestMemory.PageSize - 1)) + length > GuestMemory.PageSize)
            return false;
        if (!translated)
            return true;

        PpuState* state = &thread.Context->State;
        int index = new ReadOnlySpan<ulong>(state->SlbEsid, SegmentLookup.Entries)
            .IndexOf((effective & SegmentLookup.EsidMask) | SegmentLookup.Valid);
        if (index < 0 || thread.Shared.Translator.PageTable is not { } table)
            return false;
        ulong segment = state->SlbVsid[index];
        int shift = table.PageShift((segment & LargePages) != 0, (segment & SecondLargeSize) != 0);
        if (!table.TryFind(segment >> 12, effective, shift, out PageTableHit hit))
            return false;
        ulong pageMask = (1UL << shift) - 1;
        real = new LparAddress((hit.R & RealAddressMask & ~(GuestMemory.PageSize - 1) & ~pageMask) | (effective & pageMask));
        return true;
    }
}
