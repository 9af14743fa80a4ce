using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Abi;

using Xunit;

namespace Machine.Tests.KernelAges;

/// <summary>Page tables, highmem and DMA regions as kernels of several ages use them (Lv1Hypervisor/KERNEL-HISTORY.md, memory).</summary>
public sealed class MemoryTests : IDisposable
{
    private const ulong Current = 0;
    private const ulong PageSizes = (24UL << 56) | (16UL << 48);
    private const ulong Valid = 1;
    private const ulong Secondary = 2;
    private const ulong Bolted = 0x10;
    private const ulong ReadOnly = 3;
    private const ulong ReadOnlyRegion = 1;
    private const ulong SystemBus = 1;
    private const ulong Gelic = 0;
    private const ulong DmaFlags = 0xf800_0000_0000_0000;

    private readonly Guest _guest = new();

    /// <summary>
    /// Linux up to 2.6.24 at least: the kernel counts free slots itself, writes whole entries, with the H bit for the secondary group, and
    /// reads entries in the table, which it has mapped.
    /// </summary>
    [Fact]
    public void A_kernel_of_2007_keeps_its_page_table_itself_and_reads_it_in_memory()
    {
        ulong[] made = Construct();
        ulong window = _guest.Ok(Lv1Call.MapHtab, Current)[0];
        ulong[] region = _guest.Ok(Lv1Call.QueryLogicalPartitionAddressRegionInfo, window + 0x1234);
        Assert.Equal([window, made[1], ReadOnlyRegion, 12], region[..4]);

        // The window itself is mapped like any other page, read-only: PAGE_READONLY_X. With a page it could store to it is refused.
        const ulong slot = 0x128;
        ulong v = Entry(3);
        _guest.Ok(Lv1Call.WriteHtabEntry, Current, slot, v, window | 0x190 | ReadOnly);
        Assert.Equal(
            Lv1Status.AccessViolation, _guest.Call(Lv1Call.WriteHtabEntry, Current, slot + 1, Entry(4), window | 0x190));

        Assert.Equal(v, _guest.Load64(window + (slot * 16)));
        Assert.Equal(window | 0x190 | ReadOnly, _guest.Load64(window + (slot * 16) + 8));

        // A victim is replaced in its slot, in the secondary group with H.
        _guest.Ok(Lv1Call.WriteHtabEntry, Current, slot, Entry(5) | Secondary, 0x3000);
        Assert.Equal(Entry(5) | Secondary, _guest.Load64(window + (slot * 16)));

        // An invalidated entry reads as invalid at once.
        _guest.Ok(Lv1Call.WriteHtabEntry, Current, slot, 0, 0);
        Assert.Equal(0UL, _guest.Load64(window + (slot * 16)));

        // kexec of that age: the window first, then the space.
        _guest.Ok(Lv1Call.UnmapHtab, window);
        Assert.Equal(Lv1Status.NoEntry, _guest.Call(Lv1Call.UnmapHtab, window));
        Assert.False(_guest.Memory.TryFind(new LparAddress(window), out _));
        _guest.Ok(Lv1Call.SelectVirtualAddressSpace, 0);
        _guest.Ok(Lv1Call.DestructVirtualAddressSpace, made[0]);
    }

    /// <summary>Later kernels let lv1 choose the slot and read it back by call.</summary>
    [Fact]
    public void A_kernel_of_today_lets_lv1_choose_and_reads_back_by_call()
    {
        Construct();
        const ulong group = 0x128;
        ulong slot = _guest.Ok(Lv1Call.InsertHtabEntry, Current, group, Entry(3), 0x2000, Bolted, 0)[0];
        Assert.Equal(Entry(3), _guest.Ok(Lv1Call.ReadHtabEntries, Current, slot & ~3UL)[slot & 3]);
        // Both see one table.
        ulong window = _guest.Ok(Lv1Call.MapHtab, Current)[0];
        Assert.Equal(Entry(3), _guest.Load64(window + (slot * 16)));
    }

    [Fact]
    public void Windows_on_page_tables_are_bounded_and_unmapped_with_their_space()
    {
        Assert.Equal(Lv1Status.NoEntry, _guest.Call(Lv1Call.MapHtab, 15));
        ulong id = Construct()[0];
        int regions = _guest.Memory.Regions.Count;
        int windows = 0;
        while (_guest.Call(Lv1Call.MapHtab, id) == Lv1Status.Success)
            Assert.True(++windows <= 64);
        Assert.True(windows > 1);

        _guest.Ok(Lv1Call.SelectVirtualAddressSpace, 0);
        _guest.Ok(Lv1Call.DestructVirtualAddressSpace, id);
        Assert.Equal(regions, _guest.Memory.Regions.Count);
    }

    /// <summary>
    /// Linux up to about 2.6.22: a DMA region as large as all memory, whatever that is, in pages of 16 MiB; or, built with dynamic DMA, of
    /// 64 KiB with one mapping for each page in use. Since 2.6.24: rounded up to a power of two.
    /// </summary>
    [Theory]
    [InlineData(213 * Guest.Mib, 24, 2)]
    [InlineData(256 * Guest.Mib, 24, 0)]
    [InlineData((213 * Guest.Mib) + 0x10000, 16, 0)]
    public void Dma_regions_of_every_age_are_allocated(ulong total, ulong pageShift, ulong type)
    {
        ulong page = 1UL << (int)pageShift;
        ulong size = (total + page - 1) & ~(page - 1);
        _guest.Ok(Lv1Call.OpenDevice, SystemBus, Gelic, 0);
        ulong bus = _guest.Ok(Lv1Call.AllocateDeviceDmaRegion, SystemBus, Gelic, size, pageShift, type)[0];
        Assert.True(bus + size <= 1UL << 32);
        // In Linux a bus address of 0 means "not mapped".
        Assert.NotEqual(0UL, bus);

        _guest.Ok(Lv1Call.MapDeviceDmaRegion, SystemBus, Gelic, 0, bus, 128 * Guest.Mib, DmaFlags);
        ulong high = _guest.Ok(Lv1Call.AllocateMemory, 64 * Guest.Mib, 24, 0, 4)[0];
        _guest.Ok(Lv1Call.MapDeviceDmaRegion, SystemBus, Gelic, high, bus + (128 * Guest.Mib), 64 * Guest.Mib, DmaFlags);

        _guest.Ok(Lv1Call.UnmapDeviceDmaRegion, SystemBus, Gelic, bus, 128 * Guest.Mib);
        _guest.Ok(Lv1Call.UnmapDeviceDmaRegion, SystemBus, Gelic, bus + (128 * Guest.Mib), 64 * Guest.Mib);
        _guest.Ok(Lv1Call.FreeDeviceDmaRegion, SystemBus, Gelic, bus);
    }

    [Fact]
    public void Dynamic_dma_maps_and_unmaps_page_by_page_in_any_order()
    {
        const ulong page = 64 << 10;
        _guest.Ok(Lv1Call.OpenDevice, SystemBus, Gelic, 0);
        ulong bus = _guest.Ok(Lv1Call.AllocateDeviceDmaRegion, SystemBus, Gelic, 256 * Guest.Mib, 16, 0)[0];
        ulong[] pages = [5, 2, 9, 3];
        foreach (ulong n in pages)
            _guest.Ok(Lv1Call.MapDeviceDmaRegion, SystemBus, Gelic, n * page, bus + (n * page), page, DmaFlags);
        foreach (ulong n in pages)
            _guest.Ok(Lv1Call.UnmapDeviceDmaRegion, SystemBus, Gelic, bus + (n * page), page);
        _guest.Ok(Lv1Call.FreeDeviceDmaRegion, SystemBus, Gelic, bus);
    }

    public void Dispose() => _guest.Dispose();

    private static ulong Entry(ulong n) => (n << 12) | Valid | Bolted;

    private ulong[] Construct()
    {
        ulong[] made = _guest.Ok(Lv1Call.ConstructVirtualAddressSpace, 20, 2, PageSizes);
        _guest.Ok(Lv1Call.SelectVirtualAddressSpace, made[0]);
        return made;
    }
}
