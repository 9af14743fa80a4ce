using CellPpe.Core;
using CellPpe.Core.Stops;
using CellPpe.Ppe.Mmu;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Storage;

/// <summary>How often a thread's translations were dropped, by what asked for it.</summary>
/// <param name="All">Everything: regions gone, another page table, breakpoints, dropped code.</param>
/// <param name="Segments">Everything but SLB entry 0's segment: slbia.</param>
/// <param name="Segment">One segment: slbie, slbmte over a valid entry.</param>
/// <param name="Page">One page: page table changes, tlbie.</param>
internal readonly record struct TlbFlushes(ulong All, ulong Segments, ulong Segment, ulong Page);

/// <summary>
/// One thread's software data TLB and fetch cache, which inlined accesses search through the context, and everything that
/// fills and drops their entries. They are caches: they affect the speed of an access and never its result.
/// </summary>
internal sealed unsafe class SoftTlb : IDisposable
{
    private readonly PpuContext* _c;
    private readonly GuestMemory _memory;
    private readonly CodePages _code;
    private readonly PageCache<DataPages> _data = new(PpuContext.TlbEntries);
    private readonly PageCache<FetchPages> _fetch = new(PpuContext.FetchEntries);

    // For each page of host memory the data entry through which stores may reach it: its number plus one, 0 for none.
    // Checked against the entry, so it may be out of date.
    private readonly ushort[] _writers;
    private const ushort Several = ushort.MaxValue;

    private TlbFlushes _flushes;

    /// <param name="context">The thread's.</param>
    /// <param name="memory">Where the bytes are.</param>
    /// <param name="code">Which pages hold decoded instructions, so that stores to them must be seen.</param>
    public SoftTlb(PpuContext* context, GuestMemory memory, CodePages code)
    {
        _c = context;
        _memory = memory;
        _code = code;
        _writers = new ushort[memory.Capacity / GuestMemory.PageSize];
        SelectMode();
    }

    /// <summary>The thread's breakpoints and watchpoints; null when there are none.</summary>
    public StopPoints? Points { get; set; }

    /// <summary>Data entries filled so far.</summary>
    public ulong Fills { get; private set; }

    /// <summary>Flushes so far.</summary>
    public TlbFlushes Flushes => _flushes;

    /// <summary>The region of the thread's last access that was memory; dropped with the translations to it.</summary>
    public MemoryRegion? LastRegion { get; set; }

    /// <summary>The thread whose caches these are.</summary>
    public PpuContext* Context => _c;

    /// <summary>Where SLB entries are found.</summary>
    public SegmentLookup Segments { get; } = new();

    /// <summary>MSR has changed: chooses the caches and the address width.</summary>
    public void SelectMode()
    {
        ulong msr = _c->State.Msr;
        _c->Tlb = (TlbEntry*)_data.Mode(ModeOf(msr, Msr.Dr));
        _c->Fetch = (FetchEntry*)_fetch.Mode(FetchModeOf(msr));
        _c->ModeMask = (msr & Msr.Sf) != 0 ? ulong.MaxValue : uint.MaxValue;
    }

    /// <summary>Which fetch cache an MSR chooses.</summary>
    public static int FetchModeOf(ulong msr) => ModeOf(msr, Msr.Ir);

    /// <summary>Drops all translations and the memory regions remembered with them.</summary>
    public void FlushAll()
    {
        LastRegion = null;
        _flushes = _flushes with { All = _flushes.All + 1 };
        Segments.Forget();
        _data.DropAll();
        _fetch.DropAll();
        CountFetch();
    }

    /// <summary>Drops what was translated through one 256 MB segment.</summary>
    public void FlushSegment(ulong effectiveAddress)
    {
        _flushes = _flushes with { Segment = _flushes.Segment + 1 };
        Segments.Forget();
        _data.DropSegment(effectiveAddress);
        _fetch.DropSegment(effectiveAddress);
        CountFetch();
    }

    /// <summary>Drops what was translated through any segment but this one.</summary>
    public void FlushSegmentsExcept(ulong effectiveAddress)
    {
        _flushes = _flushes with { Segments = _flushes.Segments + 1 };
        Segments.Forget();
        _data.DropSegmentsExcept(effectiveAddress);
        _fetch.DropSegmentsExcept(effectiveAddress);
        CountFetch();
    }

    /// <summary>Drops what was translated for the page at this offset of any segment.</summary>
    public void FlushPage(ulong offsetInSegment)
    {
        _flushes = _flushes with { Page = _flushes.Page + 1 };
        _data.DropPage(offsetInSegment);
        _fetch.DropPage(offsetInSegment);
        CountFetch();
    }

    /// <summary>True when some entry may let stores to this page of host memory through.</summary>
    public bool MayWrite(ulong hostOffset) => _writers[hostOffset / GuestMemory.PageSize] != 0;

    /// <summary>True when there is an entry for a page at this offset of any segment.</summary>
    public bool HoldsPage(ulong offsetInSegment) => _data.HoldsPage(offsetInSegment) || _fetch.HoldsPage(offsetInSegment);

    /// <summary>Makes stores to one page of host memory take the slow path: its instructions are decoded now.</summary>
    public void ProtectHostPage(ulong hostOffset)
    {
        ref ushort writer = ref _writers[hostOffset / GuestMemory.PageSize];
        nint page = (nint)(_memory.HostBase + hostOffset);
        int first = writer == Several ? 0 : writer - 1;
        int last = writer == Several ? _data.Count - 1 : writer - 1;
        for (int index = Math.Max(first, 0); index <= last; index++)
        {
            TlbEntry* entry = (TlbEntry*)_data.Entry(index);
            if (Writes(entry, page))
                entry->WriteTag = TlbEntry.Invalid;
        }

        writer = 0;
    }

    /// <summary>The entry that a load or store of the present mode probes.</summary>
    public TlbEntry* EntryOf(ulong address) => _c->Tlb + ((address >> 12) & (PpuContext.TlbEntries - 1));

    /// <summary>True when stores to the address need no translation, whether or not code is decoded on its page.</summary>
    public static bool MayStore(TlbEntry* entry, ulong address) =>
        entry->ReadTag == (address & ~0xfffUL) && PageCache<DataPages>.Link(entry)->Writable != 0;

    /// <summary>Makes later accesses to a page go straight to host memory, as far as they may.</summary>
    public void Fill(ulong address, ulong hostOffset, bool writable)
    {
        ulong page = address & ~0xfffUL;
        // A breakpoint on the page keeps every access to it on the slow path.
        if ((_c->State.Dabr & 3) != 0 && (_c->State.Dabr & ~0xfffUL) == page)
            return;
        if (Points is not null && Points.IsWatched(page, page | 0xfff))
            return;
        Fills++;
        ulong hostPage = hostOffset & ~0xfffUL;
        TlbEntry* entry = EntryOf(address);
        _data.Filled(entry, address);
        nint host = (nint)(_memory.HostBase + hostPage);
        entry->Addend = host - (nint)page;
        entry->ReadTag = page;
        entry->WriteTag = TlbEntry.Invalid;
        PageCache<DataPages>.Link(entry)->Writable = writable ? (ushort)1 : (ushort)0;
        if (!writable || _code.Holds(hostPage))
            return;
        entry->WriteTag = page;
        ref ushort writer = ref _writers[hostPage / GuestMemory.PageSize];
        ushort number = (ushort)(_data.NumberOf(entry) + 1);
        bool other = writer != 0 && writer != number && (writer == Several || Writes((TlbEntry*)_data.Entry(writer - 1), host));
        writer = other ? Several : number;
    }

    /// <summary>Puts a page of decoded instructions into the fetch cache of the present mode.</summary>
    public void FillFetch(ulong address, PpuDecodedInsn* decoded, ulong hostPage)
    {
        FetchEntry* entry = FetchEntryOf(address);
        if (_fetch.IsValid(entry))
            _c->FetchEpochs[FetchModeOf(_c->State.Msr)]++;
        _fetch.Filled(entry, address);
        entry->Tag = address & ~0xfffUL;
        entry->Page = decoded;
        entry->Host = _memory.HostBase + hostPage;
    }

    /// <summary>The host offset of an instruction's page, if the fetch cache of the present mode has it.</summary>
    public bool TryFindFetch(ulong address, out ulong hostPage)
    {
        FetchEntry* entry = FetchEntryOf(address);
        bool found = entry->Tag == (address & ~0xfffUL);
        hostPage = found ? (ulong)(entry->Host - _memory.HostBase) : 0;
        return found;
    }

    /// <summary>Tells the decoded pages that the fetch cache holds, in any mode, that they are in use.</summary>
    public void NoteFetched()
    {
        for (int index = 0; index < _fetch.Count; index++)
        {
            var entry = (FetchEntry*)_fetch.Entry(index);
            if (_fetch.IsValid(entry))
                _code.NoteFetched(entry->Page);
        }
    }

    public void Dispose()
    {
        _data.Dispose();
        _fetch.Dispose();
    }

    private static bool Writes(TlbEntry* entry, nint hostPage) =>
        entry->WriteTag != TlbEntry.Invalid && (nint)entry->WriteTag + entry->Addend == hostPage;

    private FetchEntry* FetchEntryOf(ulong address) => _c->Fetch + ((address >> 12) & (PpuContext.FetchEntries - 1));

    private static int ModeOf(ulong msr, ulong translated) => (msr & translated) == 0 ? 0 : (msr & Msr.Pr) != 0 ? 2 : 1;

    // A kernel's code stays where it is when it goes from one program to another.
    private void CountFetch()
    {
        int modes = _fetch.TakeDroppedModes();
        for (int mode = 0; modes != 0; mode++, modes >>= 1)
            _c->FetchEpochs[mode] += (ulong)(modes & 1);
    }
}
