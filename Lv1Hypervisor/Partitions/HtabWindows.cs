using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Partitions;

/// <summary>
/// Page tables mapped read-only into the guest's own memory (calls 122 and 123). Linux, up to 2.6.24 at least, reads entries there
/// before it replaces them.
/// </summary>
internal sealed class HtabWindows(GuestMemory memory, LparAddressAllocator addresses)
{
    /// <summary>
    /// The flags that call 6 returns for such a region. Loaders that clean up after a previous system recognise it by the highest four
    /// bits (a public loader of 2010 compares them with 0xc, and unmaps it).
    /// </summary>
    public const ulong RegionFlags = 0xcUL << 60;

    // A limit chosen here: Linux needs one window, and a crashed kernel leaves one mapped.
    private const int MaxWindows = 16;
    private const ulong SlotSize = 16;

    private readonly Dictionary<ulong, (ulong VasId, MemoryRegion Region)> _windows = [];

    /// <summary>True when a window begins there.</summary>
    public bool Contains(LparAddress start) => _windows.ContainsKey(start.Value);

    /// <summary>Maps a window onto a table. Each call makes a new window.</summary>
    public Lv1Status Map(ulong vasId, IPageTable table, out LparAddress address)
    {
        address = default;
        if (_windows.Count == MaxWindows)
            return Lv1Status.ResourceShortage;
        ulong size = table.SlotCount * SlotSize;
        if (memory.TryAddDevice(addresses.Allocate(size), size, new Window(table), "page table", RegionAccess.Read) is not { } region)
            return Lv1Status.ResourceShortage;
        _windows.Add(region.Start.Value, (vasId, region));
        address = region.Start;
        return Lv1Status.Success;
    }

    /// <summary>Unmaps a window.</summary>
    public Lv1Status Unmap(LparAddress address)
    {
        if (!_windows.Remove(address.Value, out (ulong VasId, MemoryRegion Region) window))
            return Lv1Status.NoEntry;
        memory.Remove(window.Region);
        return Lv1Status.Success;
    }

    /// <summary>Unmaps all windows of an address space that is being destructed.</summary>
    public void UnmapAll(ulong vasId)
    {
        foreach ((ulong start, (ulong owner, _)) in _windows.ToArray())
        {
            if (owner == vasId)
                Unmap(new LparAddress(start));
        }
    }

    /// <summary>The entries as the guest reads them: V and R of each slot, R with the partition's own page number.</summary>
    private sealed class Window(IPageTable table) : IMmioDevice
    {
        private const int WordSize = 8;

        public ulong Read(ulong offset, int size)
        {
            (ulong v, ulong r) = table.Read(offset / SlotSize);
            ulong word = offset % SlotSize < WordSize ? v : r;
            int below = WordSize - size - (int)(offset % WordSize);
            return size == WordSize ? word : (word >> (8 * below)) & ((1UL << (8 * size)) - 1);
        }

        public void Write(ulong offset, int size, ulong value)
        {
            // Never called: the region is read-only, so a store faults in the processor.
        }
    }
}
