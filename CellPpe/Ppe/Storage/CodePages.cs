using System.Buffers.Binary;
using System.Runtime.InteropServices;

using CellPpe.Core;
using CellPpe.Core.Stops;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Storage;

/// <summary>
/// Decoded instructions by page of host memory, for all threads of a core. An entry is decoded when it is first run; a
/// store to its word makes it undecoded again, so that self-modifying code and data beside code both work without
/// dropping pages. A cache: everything here can be made again from memory.
/// </summary>
internal sealed unsafe class CodePages : IDisposable
{
    public const int InsnsPerPage = 1024;

    /// <summary>Offset of a page's native entries, which follow its instructions: one for each instruction.</summary>
    public const int NativeEntries = (InsnsPerPage + 1) * 16;

    /// <summary>Offset of the address and mode for which the native entries are valid; follows those.</summary>
    public const int NativeOwner = NativeEntries + (InsnsPerPage * 8);

    private const int BytesPerPage = NativeOwner + 8 + sizeof(uint) + sizeof(uint) + 8;

    /// <summary>Stores to a page after which it is put to sleep for the first time. The limit doubles each time it is woken.</summary>
    private const uint FirstPatience = 128;
    private const uint LongestPatience = 1 << 20;

    // Fraction of the pages that is evicted at once, because each eviction empties the fetch caches.
    private const int EvictedOneIn = 8;

    private readonly nint[] _handlers;
    private readonly HashSet<nint> _interpreted;
    private readonly delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> _decodeAndRun;
    private readonly delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> _stop;
    private readonly delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> _nextPage;
    private readonly byte* _hostBase;
    private readonly ushort _heat;
    private readonly PpuDecodedInsn** _pages;
    private readonly List<ulong> _used = [];
    private readonly int _limit;
    private uint _fetches;

    /// <param name="memory">The memory that the pages belong to.</param>
    /// <param name="limitInPages">Pages held at most.</param>
    /// <param name="heat">Arrivals that make an instruction hot.</param>
    /// <param name="handlers">The handlers that decoded instructions point to.</param>
    public CodePages(GuestMemory memory, int limitInPages, int heat, HandlerTable handlers)
    {
        _handlers = handlers.ByOperation;
        _decodeAndRun = handlers.DecodeAndRun;
        _stop = handlers.Stop;
        _nextPage = handlers.NextPage;
        _hostBase = memory.HostBase;
        _limit = limitInPages;
        _heat = (ushort)heat;
        _interpreted = [.. _handlers, (nint)_decodeAndRun, (nint)_stop];
        _pages = (PpuDecodedInsn**)NativeMemory.AllocZeroed((nuint)(memory.Capacity / GuestMemory.PageSize), (nuint)sizeof(nint));
    }

    /// <summary>True when no further page fits: the caller makes room once no thread is inside one.</summary>
    public bool IsFull => _used.Count >= _limit;

    /// <summary>Pages of decoded instructions held now.</summary>
    public int Count => _used.Count;

    /// <summary>Raised whenever everything is dropped: pointers into pages of an earlier generation are invalid.</summary>
    public ulong Generation { get; private set; }

    /// <summary>What was compiled from these pages, if there is a compiler.</summary>
    public ICompiledCode? Compiled { get; set; }

    /// <summary>Which instructions have breakpoints.</summary>
    public StopWords Stops { get; } = new();

    /// <summary>The value of a native entry for an instruction without native code.</summary>
    public nint NoEntry { get; set; }

    /// <summary>The native entry of an instruction of a page.</summary>
    public static nint* NativeEntryOf(PpuDecodedInsn* page, PpuDecodedInsn* insn) => (nint*)((byte*)page + NativeEntries) + (insn - page);

    /// <summary>Address and mode of a page's native entries.</summary>
    public static ulong* NativeOwnerOf(PpuDecodedInsn* page) => (ulong*)((byte*)page + NativeOwner);

    /// <summary>Registers a handler that compiled code may replace.</summary>
    public void AddFirstTier(delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> handler) => _interpreted.Add((nint)handler);

    /// <summary>True when the instruction has been run and may be compiled: those with a breakpoint never count as decoded.</summary>
    public bool IsDecoded(PpuDecodedInsn* insn) => (nint)insn->Handler != (nint)_decodeAndRun && (nint)insn->Handler != (nint)_stop;

    /// <summary>True when the entry is not replaced by compiled code.</summary>
    public bool IsInterpreted(PpuDecodedInsn* insn) => _interpreted.Contains((nint)insn->Handler);

    /// <summary>The interpreter's handler of a decoded instruction, also when compiled code has replaced it.</summary>
    public delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> HandlerOf(PpuDecodedInsn* insn) =>
        (delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*>)_handlers[(int)PpuDecoder.Decode(insn->Word)];

    /// <summary>Has an instruction decoded again when it is next run.</summary>
    public void Forget(PpuDecodedInsn* insn)
    {
        insn->Handler = _decodeAndRun;
        insn->Heat = _heat;
    }

    /// <summary>True when instructions of this page of host memory are decoded, so that stores to it must be seen.</summary>
    public bool Holds(ulong hostOffset)
    {
        PpuDecodedInsn* page = _pages[hostOffset / GuestMemory.PageSize];
        return page != null && !StoresTo(page)->IsAsleep;
    }

    /// <summary>
    /// Counts a store to a page that is held. One that is only stored to is put to sleep: nothing is decoded there any more, and
    /// stores need no check until an instruction of it is decoded again. Its entries stay where they are, since
    /// fetch caches and threads point at them.
    /// </summary>
    public void CountStore(ulong hostOffset)
    {
        PpuDecodedInsn* page = _pages[hostOffset / GuestMemory.PageSize];
        PageStores* stores = StoresTo(page);
        if (++stores->Count < stores->Patience)
            return;
        stores->Count = 0;
        stores->Patience = Math.Min(stores->Patience * 2, LongestPatience);
        ulong start = hostOffset & ~(GuestMemory.PageSize - 1);
        // Compiled code may be running, so stores to its source must still be checked.
        if (Compiled is not null && Compiled.Covers(start, GuestMemory.PageSize))
            return;
        Invalidate(start, GuestMemory.PageSize);
        *NativeOwnerOf(page) = 0;
        stores->IsAsleep = true;
    }

    /// <summary>An instruction of a page is about to be decoded.</summary>
    /// <returns>True when stores to the page have gone unseen until now and must be seen again first.</returns>
    public bool Wake(ulong hostOffset)
    {
        PageStores* stores = StoresTo(_pages[hostOffset / GuestMemory.PageSize]);
        bool slept = stores->IsAsleep;
        stores->IsAsleep = false;
        stores->Count = 0;
        // A store from another host thread checks after the store whether the page is held: one of the two threads sees the other.
        if (slept)
            Interlocked.MemoryBarrier();
        return slept;
    }

    /// <summary>The decoded page, made if it is not there yet.</summary>
    public PpuDecodedInsn* GetOrAdd(ulong hostOffset, out bool added)
    {
        ref PpuDecodedInsn* page = ref _pages[hostOffset / GuestMemory.PageSize];
        added = page == null;
        if (!added)
        {
            StoresTo(page)->LastFetch = ++_fetches;
            return page;
        }

        // One more than a page has: the last entry leads to the next page.
        page = (PpuDecodedInsn*)NativeMemory.AlignedAlloc(BytesPerPage, 64);
        new Span<nint>((byte*)page + NativeEntries, InsnsPerPage).Fill(NoEntry);
        *NativeOwnerOf(page) = 0;
        *StoresTo(page) = new PageStores { Patience = FirstPatience, LastFetch = ++_fetches };
        for (int index = 0; index < InsnsPerPage; index++)
        {
            page[index].Handler = _decodeAndRun;
            page[index].Word = 0;
            page[index].Heat = _heat;
        }

        page[InsnsPerPage].Handler = _nextPage;
        _used.Add(hostOffset / GuestMemory.PageSize);
        // See Wake.
        Interlocked.MemoryBarrier();
        return page;
    }

    /// <summary>The decoded page of an entry of a fetch cache is in use.</summary>
    public void NoteFetched(PpuDecodedInsn* page) => StoresTo(page)->LastFetch = _fetches;

    /// <summary>True when these are the decoded instructions of a page of host memory, now.</summary>
    public bool Are(nint decoded, ulong hostOffset) => decoded != 0 && (nint)_pages[hostOffset / GuestMemory.PageSize] == decoded;

    /// <summary>
    /// Gives up the pages that have not been fetched from for longest, but for those that regions are made of. No thread may be inside
    /// a page, and fetch caches must be emptied with it.
    /// </summary>
    /// <returns>False: regions are on nearly all of them, and everything has to go.</returns>
    public bool TryMakeRoom()
    {
        int surplus = _used.Count - _limit + Math.Max(1, _limit / EvictedOneIn);
        ulong[] idle = [.. _used.Where(page => Compiled is null || !Compiled.AreOn(page * GuestMemory.PageSize))];
        if (idle.Length < surplus)
            return false;
        uint now = _fetches;
        Array.Sort(Array.ConvertAll(idle, page => uint.MaxValue - (now - StoresTo(_pages[page])->LastFetch)), idle);
        HashSet<ulong> victims = [.. idle.AsSpan(0, surplus)];
        foreach (ulong page in victims)
        {
            Compiled?.Forget(page * GuestMemory.PageSize);
            NativeMemory.AlignedFree(_pages[page]);
            _pages[page] = null;
        }

        _used.RemoveAll(victims.Contains);
        return true;
    }

    /// <summary>Fills one entry from its word in memory.</summary>
    public void Decode(PpuDecodedInsn* insn, byte* word)
    {
        insn->Word = BinaryPrimitives.ReverseEndianness(*(uint*)word);
        insn->Handler = Stops.Has((ulong)(word - _hostBase)) ? _stop : HandlerOf(insn);
    }

    /// <summary>Bytes have changed: their instructions are decoded again when they are run.</summary>
    public void Invalidate(ulong hostOffset, ulong length)
    {
        ulong end = hostOffset + length;
        for (ulong at = hostOffset & ~3UL; at < end;)
        {
            ulong pageEnd = (at | (GuestMemory.PageSize - 1)) + 1;
            PpuDecodedInsn* page = _pages[at / GuestMemory.PageSize];
            if (page != null)
            {
                Compiled?.Invalidate(at, Math.Min(end, pageEnd) - at);
                for (ulong word = at; word < end && word < pageEnd; word += 4)
                {
                    PpuDecodedInsn* insn = page + ((word & (GuestMemory.PageSize - 1)) / 4);
                    insn->Handler = _decodeAndRun;
                    *NativeEntryOf(page, insn) = NoEntry;
                }
            }

            at = pageEnd;
        }
    }

    /// <summary>A thread fetches from a page: puts its breakpoints there into the decoded code.</summary>
    public void PlaceStops(StopPoints points, ulong address, ulong hostPage)
    {
        foreach (ulong word in Stops.Add(points, address, hostPage))
            Invalidate(word, sizeof(uint));
    }

    /// <summary>Has a page's instructions decoded again, and counts their arrivals anew.</summary>
    public void Renew(ulong hostPage)
    {
        Invalidate(hostPage, GuestMemory.PageSize);
        PpuDecodedInsn* page = _pages[hostPage / GuestMemory.PageSize];
        for (int index = 0; page != null && index < InsnsPerPage; index++)
            page[index].Heat = _heat;
    }

    /// <summary>Drops every page. No thread may be inside one, and fetch caches must be emptied with it.</summary>
    public void Clear()
    {
        Generation++;
        Compiled?.Clear();
        foreach (ulong page in _used)
        {
            NativeMemory.AlignedFree(_pages[page]);
            _pages[page] = null;
        }

        _used.Clear();
    }

    public void Dispose()
    {
        Clear();
        NativeMemory.Free(_pages);
    }

    private static PageStores* StoresTo(PpuDecodedInsn* page) => (PageStores*)((byte*)page + NativeOwner + sizeof(ulong));

    /// <summary>Behind a page's native entries and their owner: what stores to the page have come to.</summary>
    private struct PageStores
    {
        /// <summary>Since an instruction was decoded here.</summary>
        public uint Count;

        /// <summary>How many there may be.</summary>
        public uint Patience;

        /// <summary>Nothing is decoded here.</summary>
        public bool IsAsleep;

        /// <summary>When a fetch cache was last filled with it, by a count of such events that goes round.</summary>
        public uint LastFetch;
    }
}
