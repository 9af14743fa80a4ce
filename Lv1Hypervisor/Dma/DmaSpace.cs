using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Dma;

/// <summary>The 32-bit bus address space of one system-bus device: its DMA regions, and the device's port through them.</summary>
internal sealed class DmaSpace(GuestMemory memory) : TranslatingPort(memory)
{
    // Retail puts south-bridge regions at 2 GiB. Never 0: Linux's dma_sb_free_chunk takes 0 for "not mapped".
    private const ulong FirstBus = 0x8000_0000;
    private const ulong EndBus = 0x1_0000_0000;
    private const int MaxRegions = 64;

    private readonly List<DmaRegion> _regions = [];

    /// <returns>The region, or null when it does not fit below 4 GiB.</returns>
    public DmaRegion? Allocate(ulong size, int pageShift)
    {
        // Guests request sizes that are not powers of two (FreeBSD's highmem). lv1 rounds up to a power of two and aligns to it.
        if (_regions.Count >= MaxRegions || size > EndBus - FirstBus)
            return null;
        ulong rounded = BitOperations.RoundUpToPowerOf2(size);
        for (ulong bus = FirstBus; bus <= EndBus - rounded; bus += rounded)
        {
            DmaRegion? inTheWay = _regions.Find(region => bus < region.Start + region.Size && region.Start < bus + rounded);
            if (inTheWay is not null)
            {
                // A region larger than the step is skipped here at once; the loop's own step skips smaller ones.
                bus = Math.Max(bus, (inTheWay.Start + inTheWay.Size - 1) & ~(rounded - 1));
                continue;
            }

            var made = new DmaRegion(bus, rounded, pageShift);
            _regions.Add(made);
            return made;
        }

        return null;
    }

    /// <summary>Frees the region that starts at <paramref name="bus"/>, and its mappings.</summary>
    public bool Free(ulong bus) => _regions.RemoveAll(region => region.Start == bus) > 0;

    public bool TryFindRegion(ulong bus, ulong length, [NotNullWhen(true)] out DmaRegion? region)
    {
        foreach (DmaRegion candidate in _regions)
        {
            if (candidate.Contains(bus, length))
            {
                region = candidate;
                return true;
            }
        }

        region = null;
        return false;
    }

    public void Reset() => _regions.Clear();

    protected override bool TryFindMapping(ulong bus, out DmaMapping mapping)
    {
        mapping = default;
        return TryFindRegion(bus, 1, out DmaRegion? region) && region.TryFind(bus, out mapping);
    }
}
