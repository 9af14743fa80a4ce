using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Partitions;

/// <summary>
/// Page tables that the guest sees in its own memory (calls 122 and 123): read-only regions, in which Linux up to 2.6.24 at least looks
/// entries up before it writes over them.
/// </summary>
internal sealed class HtabWindows(GuestMemory memory, LparAddressAllocator addresses)
{
    /// <summary>
    /// What call 6 says of such a region. Loaders that clean up after a predecessor know it by the highest four bits (a public loader of
    /// 2010 compares them with 0xc, and unmaps).
    /// </summary>
    public const ulong RegionFlags = 0xcUL << 60;

    // A bound of ours: Linux needs one, and a crashed one leaves one behind.
    private const int MaxWindows = 16;
    private const ulong SlotSize = 16;

    private readonly Dictionary<ulong, (ulong VasId, MemoryRegion Region)> _windows = [];

    /// <summary>True when a window begins there.</summary>
    public bool Contains(LparAddress start) => _windows.ContainsKey(start.Value);

    /// <summary>Shows a table. Each call makes a window of its own.</summary>
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

    /// <summary>Takes a window away.</summary>
    public Lv1Status Unmap(LparAddress address)
    {
        if (!_windows.Remove(address.Value, out (ulong VasId, MemoryRegion Region) window))
            return Lv1Status.NoEntry;
        memory.Remove(window.Region);
        return Lv1Status.Success;
    }

    /// <summary>Takes all windows of an address space away, because it goes.</summary>
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
            // The region is read-only: the processor does not come here.
        }
    }
}
