using System.Runtime.InteropServices;

namespace CellPpe.Ppe.Storage;

/// <summary>An entry's place in the chain of its segment; it is kept in the entry's reserved doubleword.</summary>
[StructLayout(LayoutKind.Sequential, Size = sizeof(ulong))]
internal struct ChainLink
{
    public ushort Next;
    public ushort Previous;

    /// <summary>Number of the chain the entry is in, plus one; 0 while it is in none.</summary>
    public ushort Chain;

    /// <summary>Not 0 when the translation of a data page lets stores through, even where code on the page keeps them slow.</summary>
    public ushort Writable;
}

/// <summary>
/// The valid entries of a page cache in linked lists by segment, so that dropping a segment takes time in proportion to
/// the entries that were filled from it. Segments share a fixed number of chains; a walk of a chain checks each entry's address.
/// </summary>
internal sealed unsafe class SegmentChains
{
    /// <summary>Where a chain ends.</summary>
    public const int None = ushort.MaxValue;

    /// <summary>The chain of entries made in real mode, which no SLB or page table change concerns.</summary>
    public const int RealMode = Segments;

    /// <summary>How many chains there are.</summary>
    public const int Count = Segments + 1;

    private const int Segments = 64;

    private readonly byte* _links;
    private readonly int _stride;
    private readonly ushort[] _first = new ushort[Count];

    /// <param name="links">The link of entry 0.</param>
    /// <param name="stride">Bytes from one entry's link to the next one's.</param>
    public SegmentChains(void* links, int stride)
    {
        _links = (byte*)links;
        _stride = stride;
        Array.Fill(_first, (ushort)None);
    }

    /// <summary>The chain of an effective address that is translated.</summary>
    public static int Of(ulong effectiveAddress) => (int)((effectiveAddress >> 28) ^ (effectiveAddress >> 58)) & (Segments - 1);

    /// <summary>First entry of a chain, or <see cref="None"/>.</summary>
    public int First(int chain) => _first[chain];

    /// <summary>The entry behind this one, or <see cref="None"/>.</summary>
    public int Next(int entry) => Link(entry)->Next;

    /// <summary>True while the entry is in a chain, which is while it is valid.</summary>
    public bool Holds(int entry) => Link(entry)->Chain != 0;

    /// <summary>Puts an entry, that may be in another chain, at the front of this one.</summary>
    public void Add(int entry, int chain)
    {
        ChainLink* link = Link(entry);
        if (link->Chain == chain + 1)
            return;
        if (link->Chain != 0)
            Remove(entry);
        ref ushort first = ref _first[chain];
        link->Next = first;
        link->Previous = None;
        link->Chain = (ushort)(chain + 1);
        if (first != None)
            Link(first)->Previous = (ushort)entry;
        first = (ushort)entry;
    }

    /// <summary>Takes an entry out of its chain.</summary>
    public void Remove(int entry)
    {
        ChainLink* link = Link(entry);
        if (link->Previous == None)
            _first[link->Chain - 1] = link->Next;
        else
            Link(link->Previous)->Next = link->Next;
        if (link->Next != None)
            Link(link->Next)->Previous = link->Previous;
        link->Chain = 0;
    }

    private ChainLink* Link(int entry) => (ChainLink*)(_links + (entry * (nint)_stride));
}
