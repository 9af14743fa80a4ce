using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Dma;

/// <summary>One range of bus addresses that a guest allocated for a device, and the memory it has mapped there.</summary>
internal sealed class DmaRegion(ulong start, ulong size, int pageShift)
{
    // A limit chosen here: 256 MiB in 4 KiB pages.
    private const int MaxMappings = 65536;

    // By ascending bus address, never overlapping.
    private readonly List<DmaMapping> _mappings = [];

    public ulong Start { get; } = start;

    public ulong Size { get; } = size;

    public ulong PageMask { get; } = (1UL << pageShift) - 1;

    public bool Contains(ulong bus, ulong length) =>
        bus >= Start && bus - Start < Size && length <= Size - (bus - Start);

    public bool TryFind(ulong bus, out DmaMapping mapping)
    {
        int index = IndexOfFirstEndingAfter(bus);
        mapping = index < _mappings.Count ? _mappings[index] : default;
        return index < _mappings.Count && mapping.Bus <= bus;
    }

    public Lv1Status Map(ulong bus, ulong length, LparAddress memory, RegionAccess access)
    {
        int index = IndexOfFirstEndingAfter(bus);
        if (index < _mappings.Count && _mappings[index].Bus < bus + length)
            return Lv1Status.DuplicateEntry;
        if (_mappings.Count >= MaxMappings)
            return Lv1Status.ResourceShortage;
        _mappings.Insert(index, new DmaMapping(bus, length, memory, access));
        return Lv1Status.Success;
    }

    /// <summary>Removes all mappings inside the range. If a mapping crosses an end of the range, none is removed: an error.</summary>
    public Lv1Status Unmap(ulong bus, ulong length)
    {
        int first = IndexOfFirstEndingAfter(bus);
        int last = first;
        while (last < _mappings.Count && _mappings[last].Bus < bus + length)
            last++;
        if (first == last)
            return Lv1Status.NoEntry;
        if (_mappings[first].Bus < bus || _mappings[last - 1].End > bus + length)
            return Lv1Status.IllegalParameterValue;
        _mappings.RemoveRange(first, last - first);
        return Lv1Status.Success;
    }

    private int IndexOfFirstEndingAfter(ulong bus)
    {
        int low = 0;
        int high = _mappings.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_mappings[middle].End > bus)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
