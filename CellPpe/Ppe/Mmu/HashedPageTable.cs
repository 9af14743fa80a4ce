using CellPpe.Core;
using CellPpe.Core.Ports;

namespace CellPpe.Ppe.Mmu;

/// <summary>One match of a table search.</summary>
internal readonly record struct PageTableHit(ulong Slot, ulong V, ulong R);

/// <summary>
/// The hashed page table (Book III 4.5): groups of eight entries, searched by a hash of the virtual page number, and by
/// its complement. lv1 writes the entries; the table walk sets R and C.
/// </summary>
/// <remarks>
/// Entries are written under the machine's lock, and by one writer: invalid first, then R, then V. SPEs search without the lock
/// (<see cref="Walk"/>): they read V, R and V again, and use R only if V has not changed. An entry that went meanwhile and came
/// back the same is the guest's page again, or one that <see cref="ITranslationWatch"/> waits for.
/// </remarks>
internal sealed class HashedPageTable(
    int log2Bytes, int largePageShift0, int largePageShift1, GuestMemory memory, ITranslationCaches caches, TranslationWatches watches)
    : IPageTable, IPageTableWalker
{
    public const ulong Valid = 1;
    public const ulong Secondary = 2;
    public const ulong Large = 4;
    public const ulong Referenced = 0x100;
    public const ulong Changed = 0x80;
    private const ulong LargeSelector = 0x1000;
    private const ulong RealPage = 0x0fff_ffff_ffff_f000;

    private readonly ulong[] _entries = new ulong[(1 << log2Bytes) / 8];
    private readonly ulong _groupMask = (1UL << (log2Bytes - 7)) - 1;

    /// <inheritdoc/>
    public ulong SlotCount => 1UL << (log2Bytes - 4);

    /// <inheritdoc/>
    public IPageTableWalker Walker => this;

    /// <inheritdoc/>
    public (ulong V, ulong R) Read(ulong slot) => (_entries[slot * 2], Volatile.Read(ref _entries[(slot * 2) + 1]));

    /// <inheritdoc/>
    public void Write(ulong slot, ulong v, ulong r)
    {
        (ulong old, ulong oldR) = Read(slot);
        Volatile.Write(ref _entries[slot * 2], 0);
        // A full barrier: no search that still finds the old V can read the new R.
        Interlocked.Exchange(ref _entries[(slot * 2) + 1], r);
        Volatile.Write(ref _entries[slot * 2], v);
        // Nothing translated through an invalid entry, so filling one cannot make a translation stale.
        if ((old & Valid) == 0)
            return;
        watches.TranslationsChanged();
        if ((old & Large) == 0)
        {
            caches.FlushPage(OffsetInSegment(slot, old, 12));
            return;
        }

        int shift = PageShift(true, (oldR & LargeSelector) != 0);
        caches.FlushLargePage(OffsetInSegment(slot, old, shift), shift);
    }

    /// <inheritdoc/>
    public void Clear()
    {
        Array.Clear(_entries);
        caches.FlushTranslations();
        watches.TranslationsChanged();
    }

    /// <inheritdoc/>
    public void AddWatch(ITranslationWatch watch) => watches.Add(watch);

    /// <inheritdoc/>
    public void RemoveWatch(ITranslationWatch watch) => watches.Remove(watch);

    /// <inheritdoc/>
    public PageWalkResult Walk(in SegmentDescriptor segment, ulong effectiveAddress, bool store, out PageTranslation page)
    {
        page = default;
        int shift = PageShift(segment.Large, segment.SecondLargeSize);
        // The loop ends: it repeats only when another thread has changed the entry in between.
        while (TryFind(segment.Vsid, effectiveAddress, shift, out PageTableHit hit))
        {
            (bool readable, bool writable) = Protection(segment.Key, hit.R);
            if (store ? !writable : !readable)
                return PageWalkResult.Protected;
            ulong start = hit.R & RealPage & (ulong.MaxValue << shift);
            if (!memory.TryFind(new LparAddress(start), out _))
                return PageWalkResult.NoMemory;
            if (!TryTouch(hit, store))
                continue;
            bool changed = store || (hit.R & Changed) != 0;
            page = new PageTranslation(new LparAddress(start), shift, writable && changed);
            return PageWalkResult.Found;
        }

        return PageWalkResult.NotFound;
    }

    /// <summary>All entries, V and R in turn.</summary>
    public ReadOnlySpan<ulong> Entries => _entries;

    /// <summary>log2 of the page size a segment's L and LP select.</summary>
    public int PageShift(bool large, bool second) => !large ? 12 : second ? largePageShift1 : largePageShift0;

    /// <summary>Searches the primary and the secondary group (Book III 4.5.1).</summary>
    public bool TryFind(ulong vsid, ulong effectiveAddress, int pageShift, out PageTableHit hit)
    {
        ulong page = (effectiveAddress & 0x0fff_ffff) >> pageShift;
        ulong hash = (vsid & 0x7f_ffff_ffff) ^ page;
        // AVPN is the virtual address down to bit 2^23; pages larger than that leave its low bits out.
        ulong avpn = ((vsid << 5) | ((effectiveAddress >> 23) & 0x1f)) & (
            pageShift > 23 ? ulong.MaxValue << (pageShift - 23) : ulong.MaxValue);
        ulong want = (avpn << 7) | Valid | (pageShift > 12 ? Large : 0);
        return Search(hash & _groupMask, want, pageShift, out hit) || Search(~hash & _groupMask, want | Secondary, pageShift, out hit);
    }

    /// <summary>What a page's PP bits let an access with this key do (Book III 4.10).</summary>
    public static (bool Readable, bool Writable) Protection(bool key, ulong r)
    {
        ulong pp = r & 3;
        return (!key || pp != 0, key ? pp == 2 : pp != 3);
    }

    /// <summary>Sets R and, for a store, C, as the hardware's walk does.</summary>
    public void Touch(ulong slot, bool store)
    {
        ulong bits = store ? Referenced | Changed : Referenced;
        ref ulong r = ref _entries[(slot * 2) + 1];
        // An SPE may be setting the other bit.
        if ((r & bits) != bits)
            Interlocked.Or(ref r, bits);
    }

    // False: the entry is no longer what was found.
    private bool TryTouch(in PageTableHit hit, bool store)
    {
        ulong wanted = hit.R | (store ? Referenced | Changed : Referenced);
        ref ulong r = ref _entries[(hit.Slot * 2) + 1];
        bool same = wanted == hit.R ? Volatile.Read(ref r) == hit.R : Interlocked.CompareExchange(ref r, wanted, hit.R) == hit.R;
        return same && Volatile.Read(ref _entries[hit.Slot * 2]) == hit.V;
    }

    // The hash is VSID xor page, and the entry holds the VSID: with the number of its group that gives the page, as far as
    // the group number reaches (11 bits in the smallest table); AVPN has the bits above (from 2^23).
    private ulong OffsetInSegment(ulong slot, ulong v, int pageShift)
    {
        ulong group = (v & Secondary) != 0 ? ~(slot / 8) : slot / 8;
        ulong avpn = v >> 7;
        ulong low = (group ^ (avpn >> 5)) & _groupMask & 0x7ff;
        ulong high = pageShift > 23 ? 0 : (avpn & 0x1f) << 23;
        return (high | (low << pageShift)) & 0x0fff_ffff;
    }

    private bool Search(ulong group, ulong want, int pageShift, out PageTableHit hit)
    {
        Span<ulong> entries = _entries.AsSpan((int)group * 16, 16);
        ulong compared = ComparedBits(pageShift);
        for (int entry = 0; entry < entries.Length - 1; entry += 2)
        {
            ulong v = Volatile.Read(ref entries[entry]);
            if (((v ^ want) & compared) != 0)
                continue;
            ulong r = Volatile.Read(ref entries[entry + 1]);
            if (!IsOfSize(r, pageShift) || Volatile.Read(ref entries[entry]) != v)
                continue;
            hit = new PageTableHit((group * 8) + ((uint)entry / 2), v, r);
            return true;
        }

        hit = default;
        return false;
    }

    // Bits 57..60 of V are the guest's own, and large pages leave out the low bits of AVPN.
    private static ulong ComparedBits(int pageShift) =>
        ~(0x78UL | (pageShift > 23 ? ((1UL << (pageShift - 23)) - 1) << 7 : 0));

    private bool IsOfSize(ulong r, int pageShift) => pageShift == 12 || PageShift(true, (r & LargeSelector) != 0) == pageShift;
}
