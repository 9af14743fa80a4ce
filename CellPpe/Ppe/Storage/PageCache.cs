using System.Runtime.InteropServices;

using CellPpe.Ppe.Mmu;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Storage;

/// <summary>What a <see cref="PageCache{TKind}"/> must know of its entries.</summary>
internal unsafe interface IPageEntryKind
{
    /// <summary>Bytes of an entry.</summary>
    static abstract int Size { get; }

    /// <summary>Where the link of an entry is in it: the reserved doubleword at its end.</summary>
    static abstract int LinkOffset { get; }

    /// <summary>The effective address of the page a valid entry stands for.</summary>
    static abstract ulong Page(void* entry);

    /// <summary>Makes an entry one that no address hits.</summary>
    static abstract void Invalidate(void* entry);
}

/// <summary>Entries of the data TLB: valid ones hit loads at least.</summary>
internal readonly unsafe struct DataPages : IPageEntryKind
{
    public static int Size => sizeof(TlbEntry);

    public static int LinkOffset => sizeof(TlbEntry) - sizeof(ulong);

    public static ulong Page(void* entry) => ((TlbEntry*)entry)->ReadTag;

    public static void Invalidate(void* entry)
    {
        ((TlbEntry*)entry)->ReadTag = TlbEntry.Invalid;
        ((TlbEntry*)entry)->WriteTag = TlbEntry.Invalid;
    }
}

/// <summary>Entries of the fetch cache.</summary>
internal readonly unsafe struct FetchPages : IPageEntryKind
{
    public static int Size => sizeof(FetchEntry);

    public static int LinkOffset => sizeof(FetchEntry) - sizeof(ulong);

    public static ulong Page(void* entry) => ((FetchEntry*)entry)->Tag;

    public static void Invalidate(void* entry) => ((FetchEntry*)entry)->Tag = TlbEntry.Invalid;
}

/// <summary>
/// Direct-mapped entries for 4 KB pages, one array each for real mode, supervisor and problem state, and the ways to drop
/// them. All of them cost what there is to drop.
/// </summary>
internal sealed unsafe class PageCache<TKind> : IDisposable
    where TKind : struct, IPageEntryKind
{
    private const int Modes = 3;
    private const ulong OffsetInSegment = 0x0fff_f000;

    private readonly byte* _entries;
    private readonly int _entriesPerMode;
    private readonly SegmentChains _chains;
    private int _droppedModes;

    /// <param name="entriesPerMode">A power of two, and at most the pages of a segment, so that an entry's number does not depend on the
    /// segment.</param>
    public PageCache(int entriesPerMode)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Modes * entriesPerMode, SegmentChains.None);
        _entriesPerMode = entriesPerMode;
        nuint bytes = (nuint)(Modes * entriesPerMode * TKind.Size);
        _entries = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_entries, bytes);
        for (int index = 0; index < Modes * entriesPerMode; index++)
            TKind.Invalidate(Entry(index));
        _chains = new SegmentChains(_entries + TKind.LinkOffset, TKind.Size);
    }

    /// <summary>The array of a mode: 0 real, 1 supervisor, 2 problem state.</summary>
    public void* Mode(int mode) => Entry(mode * _entriesPerMode);

    /// <summary>How many entries the three arrays have together.</summary>
    public int Count => Modes * _entriesPerMode;

    /// <summary>The entry of a number.</summary>
    public byte* Entry(int index) => _entries + (index * (nint)TKind.Size);

    /// <summary>The part of an entry that is not for inlined accesses.</summary>
    public static ChainLink* Link(void* entry) => (ChainLink*)((byte*)entry + TKind.LinkOffset);

    /// <summary>True while an entry of <see cref="Mode"/>'s arrays hits its page.</summary>
    public bool IsValid(void* entry) => _chains.Holds(NumberOf(entry));

    /// <summary>An entry is valid from now on, for this page.</summary>
    public void Filled(void* entry, ulong effectiveAddress)
    {
        int index = NumberOf(entry);
        _chains.Add(index, index < _entriesPerMode ? SegmentChains.RealMode : SegmentChains.Of(effectiveAddress));
    }

    /// <summary>The modes of which entries were dropped since this was asked last: bit 0 for mode 0 and so on.</summary>
    public int TakeDroppedModes()
    {
        int modes = _droppedModes;
        _droppedModes = 0;
        return modes;
    }

    /// <summary>Drops everything.</summary>
    public void DropAll()
    {
        for (int chain = 0; chain < SegmentChains.Count; chain++)
            DropChain(chain);
    }

    /// <summary>Drops what is translated by segments, but for one of them.</summary>
    public void DropSegmentsExcept(ulong effectiveAddress)
    {
        for (int chain = 0; chain < SegmentChains.RealMode; chain++)
        {
            if (chain == SegmentChains.Of(effectiveAddress))
                DropSegment(effectiveAddress, others: true);
            else
                DropChain(chain);
        }
    }

    /// <summary>Drops what is translated by one segment, or by the others that share its chain.</summary>
    public void DropSegment(ulong effectiveAddress, bool others = false)
    {
        for (int index = _chains.First(SegmentChains.Of(effectiveAddress)), next; index != SegmentChains.None; index = next)
        {
            next = _chains.Next(index);
            bool same = ((TKind.Page(Entry(index)) ^ effectiveAddress) & SegmentLookup.EsidMask) == 0;
            if (same != others)
                Drop(index);
        }
    }

    /// <summary>Drops the page at this offset of any segment.</summary>
    public void DropPage(ulong offsetInSegment)
    {
        for (int mode = 1; mode < Modes; mode++)
        {
            int index = (mode * _entriesPerMode) + ((int)(offsetInSegment >> 12) & (_entriesPerMode - 1));
            if (_chains.Holds(index) && ((TKind.Page(Entry(index)) ^ offsetInSegment) & OffsetInSegment) == 0)
                Drop(index);
        }
    }

    /// <summary>True when there is an entry for the page at this offset of any segment.</summary>
    public bool HoldsPage(ulong offsetInSegment)
    {
        for (int mode = 1; mode < Modes; mode++)
        {
            int index = (mode * _entriesPerMode) + ((int)(offsetInSegment >> 12) & (_entriesPerMode - 1));
            if (_chains.Holds(index) && ((TKind.Page(Entry(index)) ^ offsetInSegment) & OffsetInSegment) == 0)
                return true;
        }

        return false;
    }

    /// <summary>An entry's number: its place in the three arrays together.</summary>
    public int NumberOf(void* entry) => (int)((byte*)entry - _entries) / TKind.Size;

    public void Dispose() => NativeMemory.AlignedFree(_entries);

    private void DropChain(int chain)
    {
        for (int index = _chains.First(chain); index != SegmentChains.None; index = _chains.First(chain))
            Drop(index);
    }

    private void Drop(int index)
    {
        TKind.Invalidate(Entry(index));
        _chains.Remove(index);
        _droppedModes |= 1 << (index / _entriesPerMode);
    }
}
