using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Dma;

/// <summary>
/// I/O address space 0: segments of I/O pages that the guest maps entry by entry (sound). The device's DMA port translates
/// through these entries.
/// </summary>
internal sealed class IoSegments(GuestMemory memory) : TranslatingPort(memory)
{
    private const ulong WindowSize = 256UL << 20;
    private const int MaxSegments = 16;

    private readonly List<Segment> _segments = [];
    private readonly Dictionary<ulong, DmaMapping> _pages = [];

    /// <summary>Allocates a segment. The first one gets bus address 0, as on retail consoles.</summary>
    public bool TryAllocate(ulong size, int pageShift, out ulong bus)
    {
        bus = 0;
        if (_segments.Count >= MaxSegments || size > WindowSize)
            return false;
        ulong page = 1UL << pageShift;
        // Segments are sorted by address; take the first gap that is large enough.
        int index = 0;
        while (index < _segments.Count && _segments[index].Start < bus + size)
        {
            bus = (_segments[index].Start + _segments[index].Size + page - 1) & ~(page - 1);
            index++;
        }

        if (bus > WindowSize - size)
            return false;
        _segments.Insert(index, new Segment(bus, size, pageShift));
        return true;
    }

    public Lv1Status Release(ulong bus)
    {
        int index = _segments.FindIndex(segment => segment.Start == bus);
        if (index < 0)
            return Lv1Status.NoEntry;
        Segment gone = _segments[index];
        _segments.RemoveAt(index);
        for (ulong offset = 0; offset < gone.Size; offset += 1UL << gone.PageShift)
            _pages.Remove(bus + offset);
        return Lv1Status.Success;
    }

    /// <summary>The page size of the segment that holds a bus address.</summary>
    public bool TryGetPageShift(ulong bus, out int pageShift)
    {
        bool found = TryFindSegment(bus, out Segment segment);
        pageShift = segment.PageShift;
        return found;
    }

    public void SetPage(ulong bus, int pageShift, LparAddress page, RegionAccess access) =>
        _pages[bus] = new DmaMapping(bus, 1UL << pageShift, page, access);

    public void ClearPage(ulong bus) => _pages.Remove(bus);

    protected override bool TryFindMapping(ulong bus, out DmaMapping mapping)
    {
        mapping = default;
        return TryFindSegment(bus, out Segment segment)
            && _pages.TryGetValue(bus & ~((1UL << segment.PageShift) - 1), out mapping);
    }

    private bool TryFindSegment(ulong bus, out Segment found)
    {
        foreach (Segment segment in _segments)
        {
            if (bus - segment.Start < segment.Size)
            {
                found = segment;
                return true;
            }
        }

        found = default;
        return false;
    }

    private readonly record struct Segment(ulong Start, ulong Size, int PageShift);
}
