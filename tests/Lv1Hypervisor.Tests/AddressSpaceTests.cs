using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;

namespace Lv1Hypervisor.Tests;

/// <summary>lv1-calls.md 4.2 to 4.5.</summary>
public sealed class AddressSpaceTests : IDisposable
{
    private const ulong PageSizes = 0x1810_0000_0000_0000;
    private const ulong Valid = 1;
    private const ulong Secondary = 2;
    private const ulong Large = 4;
    private const ulong Bolted = 0x10;
    private const ulong ReadOnly = 3;
    private const ulong SlotMask = 0xffff;

    private readonly TestMachine _machine = new();

    [Fact]
    public void Construct_select_and_query_agree()
    {
        ulong[] made = _machine.Ok(Lv1Call.ConstructVirtualAddressSpace, 20, 2, PageSizes);
        Assert.Equal([1, 1UL << 20], made[..2]);
        Assert.Equal((24, 16), _machine.AddressSpaces.LargePages);
        Assert.Null(_machine.AddressSpaces.Selected);
        _machine.Ok(Lv1Call.SelectVirtualAddressSpace, made[0]);
        _machine.Ok(Lv1Call.SelectVirtualAddressSpace, made[0]);
        Assert.NotNull(_machine.AddressSpaces.Selected);
        // Linux leaves a kernel pointer in r3.
        Assert.Equal([1, 20, 2, PageSizes], _machine.Ok(Lv1Call.GetVirtualAddressSpaceIdOfPpe, 0xc000_0000_0012_3456)[..4]);
    }

    [Theory]
    [InlineData(17, 2, PageSizes)]
    [InlineData(21, 2, PageSizes)]
    [InlineData(ulong.MaxValue, 2, PageSizes)]
    [InlineData(20, 1, PageSizes)]
    [InlineData(17, 0, 0)]
    [InlineData(20, 3, PageSizes)]
    [InlineData(20, 2, 0x1818_0000_0000_0000)]
    [InlineData(20, 2, 0x1811_0000_0000_0000)]
    public void Wrong_constructions_are_refused(ulong log2, ulong count, ulong sizes) =>
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.ConstructVirtualAddressSpace, log2, count, sizes);

    // The calls of a freestanding loader that ran on consoles (Lv1Hypervisor/Reference/hardware-facts.md, lv1).
    [Fact]
    public void A_guest_may_leave_the_large_pages_to_lv1_and_name_the_current_space_by_zero()
    {
        ulong[] made = _machine.Ok(Lv1Call.ConstructVirtualAddressSpace, 18, 0, 0);
        Assert.Equal(1UL << 18, made[1]);
        Assert.Equal((24, 16), _machine.AddressSpaces.LargePages);
        _machine.Ok(Lv1Call.SelectVirtualAddressSpace, made[0]);
        Assert.Equal([made[0], 18, 2, PageSizes], _machine.Ok(Lv1Call.GetVirtualAddressSpaceIdOfPpe, 1)[..4]);
        ulong slot = _machine.Ok(Lv1Call.InsertHtabEntry, 0, 0x40, Entry(5), 0x1000, Bolted, 0)[0];
        Assert.Equal((Entry(5), 0x1000UL), _machine.AddressSpaces.Selected!.Read(slot));
    }

    [Fact]
    public void Kexec_can_destruct_and_construct_for_ever_but_not_hoard()
    {
        for (int i = 0; i < 40; i++)
        {
            ulong id = Construct();
            _machine.Fails(Lv1Status.Busy, Lv1Call.DestructVirtualAddressSpace, id);
            _machine.Ok(Lv1Call.SelectVirtualAddressSpace, 0);
            Assert.Null(_machine.AddressSpaces.Selected);
            _machine.Ok(Lv1Call.DestructVirtualAddressSpace, id);
            _machine.Fails(Lv1Status.NoEntry, Lv1Call.DestructVirtualAddressSpace, id);
        }

        for (int i = 0; i < 15; i++)
            _machine.Ok(Lv1Call.ConstructVirtualAddressSpace, 18, 2, PageSizes);
        _machine.Fails(Lv1Status.ResourceShortage, Lv1Call.ConstructVirtualAddressSpace, 18, 2, PageSizes);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.DestructVirtualAddressSpace, 0);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.SelectVirtualAddressSpace, 16);
    }

    [Fact]
    public void Insertion_fills_the_primary_group_then_the_secondary_with_h_set()
    {
        Construct();
        const ulong group = 0x128;
        const ulong other = ~group & SlotMask & ~7UL;
        for (ulong i = 0; i < 16; i++)
        {
            ulong[] result = _machine.Ok(Lv1Call.InsertHtabEntry, 0, group, Entry(i) | Secondary, 0x1000, Bolted, 0);
            Assert.Equal((i < 8 ? group : other - 8) + i, result[0]);
            Assert.Equal([0, 0], result[1..3]);
            (ulong v, ulong r) = _machine.AddressSpaces.Selected!.Read(result[0]);
            Assert.Equal((Entry(i) | (i < 8 ? 0 : Secondary), 0x1000UL), (v, r));
        }
    }

    [Fact]
    public void Eviction_goes_round_the_entries_that_are_not_bolted()
    {
        Construct();
        for (ulong i = 0; i < 16; i++)
            _machine.Ok(Lv1Call.InsertHtabEntry, 0, 0, Entry(i) | (i % 4 == 0 ? 0 : Bolted), 0x2000 + i, Bolted, 0);
        var victims = new List<ulong>();
        for (ulong i = 0; i < 5; i++)
        {
            ulong[] result = _machine.Ok(Lv1Call.InsertHtabEntry, 0, 0, Entry(100 + i), 0x3000, Bolted, 0);
            Assert.NotEqual(0UL, result[1] & Valid);
            victims.Add(result[0]);
        }

        Assert.Equal([0, 4, 0xfff8, 0xfffc, 0], victims);
    }

    [Fact]
    public void Sixteen_bolted_entries_leave_no_room()
    {
        Construct();
        for (ulong i = 0; i < 16; i++)
            _machine.Ok(Lv1Call.InsertHtabEntry, 0, 0, Entry(i) | Bolted, 0x1000, Bolted, 0);
        _machine.Fails(Lv1Status.ResourceShortage, Lv1Call.InsertHtabEntry, 0, 0, Entry(99), 0x1000, Bolted, 0);
    }

    [Fact]
    public void The_victim_is_returned_as_it_was_with_r_and_c()
    {
        Construct();
        for (ulong i = 0; i < 16; i++)
            _machine.Ok(Lv1Call.InsertHtabEntry, 0, 8, Entry(i), 0x1000 * (i + 1), Bolted, 0);
        _machine.AddressSpaces.Selected!.Write(8, Entry(0), 0x1000 | 0x180);
        Assert.Equal([8, Entry(0), 0x1180], _machine.Ok(Lv1Call.InsertHtabEntry, 0, 8, Entry(50), 0x9000, Bolted, 0)[..3]);
    }

    [Fact]
    public void Pages_must_lie_in_the_partition_and_respect_read_only_regions()
    {
        Construct();
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.InsertHtabEntry, 0, 0, Entry(1), TestMachine.BootSize, Bolted, 0);
        // A 16 MiB page fits boot memory exactly; one more does not exist.
        _machine.Ok(Lv1Call.InsertHtabEntry, 0, 0, Entry(1) | Large, 2, Bolted, 0);
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.InsertHtabEntry, 0, 0, Entry(1) | Large, 1UL << 24, Bolted, 0);

        LparAddress shadow = _machine.Lv1.Addresses.Allocate(4096);
        Assert.NotNull(_machine.Memory.TryAddMemory(shadow, 4096, RegionAccess.Read, "shadow"));
        _machine.Ok(Lv1Call.InsertHtabEntry, 0, 0, Entry(1), shadow.Value | ReadOnly, Bolted, 0);
        _machine.Ok(Lv1Call.InsertHtabEntry, 0, 0, Entry(1), shadow.Value | 2 | 1UL << 63, Bolted, 0);
        for (ulong pp = 0; pp < 3; pp++)
            _machine.Fails(Lv1Status.AccessViolation, Lv1Call.InsertHtabEntry, 0, 0, Entry(1), shadow.Value | pp, Bolted, 0);
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.WriteHtabEntry, 0, 0, Entry(1), shadow.Value | 2);
        // 64 KiB page (selector bit set) around a 4 KiB region.
        _machine.Fails(Lv1Status.AccessViolation, Lv1Call.InsertHtabEntry, 0, 0, Entry(1) | Large, shadow.Value | 0x1000 | 3, Bolted, 0);
    }

    [Fact]
    public void Read_returns_four_entries_and_their_low_bits_in_lanes()
    {
        ulong id = Construct();
        for (ulong i = 0; i < 4; i++)
            _machine.Ok(Lv1Call.WriteHtabEntry, id, 4 + i, Entry(i), 0x1000 | (0x100UL >> (int)(i % 2)) | ReadOnly);
        Assert.Equal(
            [Entry(0), Entry(1), Entry(2), Entry(3), 0x0103_0083_0103_0083], _machine.Ok(Lv1Call.ReadHtabEntries, 0, 4)[..5]);
        _machine.Fails(Lv1Status.AlignmentError, Lv1Call.ReadHtabEntries, 0, 5);
        _machine.Fails(Lv1Status.IllegalParameterValue, Lv1Call.ReadHtabEntries, 0, 65536);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.ReadHtabEntries, 7, 4);
        _machine.Ok(Lv1Call.WriteHtabEntry, 0, 4, 0, 0);
        Assert.Equal(0UL, _machine.Ok(Lv1Call.ReadHtabEntries, 0, 4)[0]);
    }

    [Fact]
    public void Nothing_works_without_an_address_space()
    {
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.InsertHtabEntry, 0, 0, Entry(1), 0x1000, Bolted, 0);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.WriteHtabEntry, 0, 0, 0, 0);
    }

    public void Dispose() => _machine.Dispose();

    private static ulong Entry(ulong n) => (n << 12) | Valid;

    private ulong Construct()
    {
        ulong id = _machine.Ok(Lv1Call.ConstructVirtualAddressSpace, 20, 2, PageSizes)[0];
        _machine.Ok(Lv1Call.SelectVirtualAddressSpace, id);
        return id;
    }
}
