using CellPpe.Core;
using CellPpe.Core.Ports;

namespace SpuRuntime.Tests.Mfc;

/// <summary>SLB, page table, faults and how transfers continue after them (spe.md 4.2).</summary>
public sealed class TranslationTests
{
    private const ulong Restart = 1ul << 32;

    [Fact]
    public void A_missing_segment_and_missing_pages_stop_the_command_where_it_stands()
    {
        using TestMachine machine = new();
        TestSpe spe = Translated(machine, out TestTable table);
        spe.LocalStore[..0x4000].Fill(0xab);
        const ulong Address = 0xd000_0000_1234_5f00;

        spe.Command(0x20, 0x100, Address, 0x2000, 4);

        Assert.Equal(1ul, spe.Status(1));
        Assert.True(spe.Lines[1].Level);
        Assert.Equal(Address, spe.Shadow(0x620));
        Assert.Equal(1ul << 31, spe.Shadow(0x800));
        Assert.Equal(Restart, spe.Privilege(0x3000) & Restart);
        LoadSlb(spe, 5, Address, 0x777_7700, 0xc00);
        spe.Spe.ClearInterruptStatus(SpeInterruptClass.Translation, 1);
        Assert.False(spe.Lines[1].Level);

        // 0x100 bytes in the first page, all of the second, 0xf00 in the third.
        for (ulong page = 0; page < 3; page++)
        {
            spe.Privilege(0x3000, Restart);
            ulong at = page == 0 ? Address : (Address & ~0xffful) + (page << 12);
            Assert.Equal(2ul, spe.Status(1));
            Assert.Equal(at, spe.Shadow(0x620));
            Assert.Equal((1ul << 30) | (1ul << 25), spe.Shadow(0x610));
            Assert.False(spe.IsComplete(4));
            table.Pages[(0x777_7700, (0x234_5000ul >> 12) + page)] = new PageTranslation(new LparAddress(0x10000 + (page << 13)), 12, true);
            spe.Spe.ClearInterruptStatus(SpeInterruptClass.Translation, 2);
            Assert.Equal(0ul, spe.Shadow(0x610));
        }

        spe.Privilege(0x3000, Restart);
        Assert.Equal(0ul, spe.Status(1));
        Assert.Equal(0ul, spe.Privilege(0x3000) & Restart);
        Assert.True(spe.IsComplete(4));
        Assert.Equal(-1, machine.Bytes(0x10f00, 0x100).IndexOfAnyExcept((byte)0xab));
        Assert.Equal(-1, machine.Bytes(0x12000, 0x1000).IndexOfAnyExcept((byte)0xab));
        Assert.Equal(-1, machine.Bytes(0x14000, 0xf00).IndexOfAnyExcept((byte)0xab));
        Assert.Equal(0, machine.Bytes(0x14f00, 1)[0]);
        Assert.Equal(0, machine.Bytes(0x11000, 1)[0]);
    }

    [Fact]
    public void A_fault_in_a_list_is_at_its_element()
    {
        using TestMachine machine = new();
        TestSpe spe = Translated(machine, out TestTable table);
        LoadSlb(spe, 0, 0, 1, 0xc00);
        table.Pages[(1, 1)] = new PageTranslation(new LparAddress(0x1000), 12, true);
        machine.Bytes(0x1000, 0x2000).Fill(6);
        spe.ListElement(0x100, stall: false, 16, 0x1000);
        spe.ListElement(0x108, stall: true, 32, 0x2ff0);
        spe.ListElement(0x110, stall: false, 16, 0x1000);

        spe.Command(0x44, 0x8000, 0x100, 24, 0);
        Assert.Equal(0x2ff0ul, spe.Shadow(0x620));
        Assert.Equal(1ul << 30, spe.Shadow(0x610));
        table.Pages[(1, 2)] = new PageTranslation(new LparAddress(0x2000), 12, false);
        spe.Privilege(0x3000, Restart);
        Assert.Equal(0x3000ul, spe.Shadow(0x620));
        table.Pages[(1, 3)] = new PageTranslation(new LparAddress(0x2000), 12, false);
        spe.Privilege(0x3000, Restart);
        Assert.Equal(1u, spe.Read(25));
        spe.Write(26, 0);
        Assert.True(spe.IsComplete(0));
        Assert.Equal(-1, spe.LocalStore.Slice(0x8000, 64).IndexOfAnyExcept((byte)6));
        Assert.Equal(0, spe.LocalStore[0x8040]);
    }

    [Fact]
    public void Everything_behind_a_fault_waits_and_the_proxy_queue_too()
    {
        using TestMachine machine = new();
        TestSpe spe = Translated(machine, out _);
        spe.Command(0x20, 0, 0x1000, 16, 1);
        spe.Command(0x20, 0, 0x1000, 16, 2);
        Assert.Equal(0u, spe.Proxy(0x20, 0, 0x1000, 16, 3));
        Assert.Equal(0u, spe.CompleteTags(0b110));
        spe.Problem(0x321c, 0b1000);
        Assert.Equal(0u, spe.Problem(0x322c));
        Assert.Equal(7u, spe.Problem(0x3104));
        spe.RealMode();
        spe.Privilege(0x3000, Restart);
        Assert.Equal(0b110u, spe.CompleteTags(0b110));
        Assert.Equal(0b1000u, spe.Problem(0x322c));
        Assert.Equal(0x8000_0008u, spe.Problem(0x3104));
    }

    [Theory, InlineData(0x20, true, 0), InlineData(0x40, false, 0), InlineData(0xd0, false, 1), InlineData(0xb0, true, 1)]
    public void Dsisr_says_store_and_atomic(byte opcode, bool store, int atomic)
    {
        using TestMachine machine = new();
        TestSpe spe = Translated(machine, out TestTable table);
        LoadSlb(spe, 0, 0, 1, 0xc00);
        spe.Command(opcode, 0, 0x1000, 128);
        Assert.Equal((1ul << 30) | (store ? 1ul << 25 : 0) | ((ulong)atomic << 26), spe.Shadow(0x610));

        // Not writable: a put gets a protection fault; a get continues.
        table.Pages[(1, 1)] = new PageTranslation(new LparAddress(0x1000), 12, false);
        spe.Spe.ClearInterruptStatus(SpeInterruptClass.Translation, 2);
        spe.Privilege(0x3000, Restart);
        Assert.Equal(store ? (1ul << 27) | (1ul << 25) | ((ulong)atomic << 26) : 0, spe.Shadow(0x610));
    }

    [Theory]
    [InlineData(TestMachine.ReadOnlyAt, true)]
    [InlineData(TestMachine.MemorySize, true)]
    [InlineData(TestMachine.MemorySize, false)]
    [InlineData(TestMachine.DeviceAt, true)]
    [InlineData(TestMachine.DeviceAt, false)]
    [InlineData(0xffff_ffff_ffff_ff80, true)]
    public void What_is_no_memory_of_the_partition_is_a_storage_fault(ulong lpar, bool store)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Command((byte)(store ? 0x20 : 0x40), 0, lpar, 16);
        Assert.Equal(2ul, spe.Status(1));
        Assert.Equal((1ul << 27) | (store ? 1ul << 25 : 0), spe.Shadow(0x610));
        Assert.Equal(lpar, spe.Shadow(0x620));

        spe.Privilege(0x3000, 1 << 15);
        spe.Privilege(0x3000, 0);
        spe.Spe.ClearInterruptStatus(SpeInterruptClass.Translation, 2);
        spe.Command((byte)(store ? 0xb0 : 0xd0), 0, lpar & ~127ul, 128);
        Assert.Equal(2ul, spe.Status(1));
    }

    [Fact]
    public void Problem_state_chooses_the_key_and_the_VSID_register_says_the_rest()
    {
        using TestMachine machine = new();
        TestSpe spe = Translated(machine, out TestTable table);
        LoadSlb(spe, 2, 0x3000_0000, 0x123_4567, 0x400 | 0x110);
        spe.Command(0x40, 0, 0x3000_0000, 16);
        Assert.Equal(new SegmentDescriptor(0x123_4567, true, true, false), table.LastSegment);
        Assert.Equal(Lv1Status.Success, spe.Spe.SetPrivilege1Register(0, 0x3b));
        spe.Privilege(0x3000, Restart);
        Assert.Equal(new SegmentDescriptor(0x123_4567, true, true, true), table.LastSegment);
    }

    [Fact]
    public void Translations_are_kept_until_the_table_or_the_SLB_changes()
    {
        using TestMachine machine = new();
        TestSpe spe = Translated(machine, out TestTable table);
        LoadSlb(spe, 0, 0, 1, 0xc00);
        table.Pages[(1, 1)] = new PageTranslation(new LparAddress(0x5000), 12, true);
        for (int i = 0; i < 5; i++)
            spe.Command(0x20, 0, 0x1000, 16);
        Assert.Equal(1, table.Walks);

        table.Drop(1, 1);
        spe.Command(0x20, 0, 0x1000, 16);
        Assert.Equal(2ul, spe.Status(1));
        spe.Spe.ClearInterruptStatus(SpeInterruptClass.Translation, 2);
        table.Pages[(1, 1)] = new PageTranslation(new LparAddress(0x6000), 12, true);
        spe.Privilege(0x3000, Restart);
        Assert.Equal(0ul, spe.Status(1));

        spe.Privilege(0x1120, 0xfff_0000);
        spe.Command(0x20, 0, 0x1000, 16);
        Assert.Equal(1ul, spe.Status(1));
        LoadSlb(spe, 7, 0, 1, 0xc00);
        spe.Spe.ClearInterruptStatus(SpeInterruptClass.Translation, 1);
        spe.Privilege(0x3000, Restart);
        Assert.Equal(0ul, spe.Status(1));
        spe.Privilege(0x1128, 0);
        spe.Command(0x20, 0, 0x1000, 16);
        Assert.Equal(1ul, spe.Status(1));
    }

    [Fact]
    public void Memory_that_is_taken_away_is_not_written_any_more()
    {
        using TestMachine machine = new();
        TestSpe spe = Translated(machine, out TestTable table);
        MemoryRegion region = machine.Memory.TryAddMemory(new LparAddress(0x6000_0000), 0x1000, RegionAccess.ReadWrite, "lent")!;
        LoadSlb(spe, 0, 0, 1, 0xc00);
        table.Pages[(1, 1)] = new PageTranslation(region.Start, 12, true);
        spe.Command(0x20, 0, 0x1000, 16);
        Assert.Equal(0ul, spe.Status(1));
        machine.Memory.Remove(region);
        spe.Command(0x20, 0, 0x1000, 16);
        Assert.Equal(2ul, spe.Status(1));
    }

    [Fact]
    public void Without_a_page_table_every_access_is_a_storage_fault()
    {
        using TestMachine machine = new();
        TestSpe spe = Translated(machine, out TestTable table);
        Assert.Equal(1, table.Watches);
        spe.Spe.SelectAddressSpace(null);
        Assert.Equal(0, table.Watches);
        LoadSlb(spe, 0, 0, 1, 0xc00);
        spe.Command(0x20, 0, 0x1000, 16);
        Assert.Equal(2ul, spe.Status(1));
    }

    // The page is repeatedly unmapped and reused while another host thread stores to it by DMA.
    [Fact]
    public void A_page_that_is_gone_is_not_written_by_a_transfer_that_had_begun()
    {
        const int Rounds = 3000;
        using TestMachine machine = new();
        TestSpe spe = Translated(machine, out TestTable table);
        LoadSlb(spe, 0, 0, 1, 0xc00);
        spe.LocalStore[..0x4000].Fill(0x11);
        bool done = false;
        HostThreads.Run(TakePageAway, Put);

        void TakePageAway()
        {
            try
            {
                for (int i = 0; i < Rounds; i++)
                {
                    lock (table.Pages)
                        table.Pages[(1, 1)] = new PageTranslation(new LparAddress(0x5000), 12, true);
                    spe.Spe.ClearInterruptStatus(SpeInterruptClass.Translation, 2);
                    spe.Privilege(0x3000, Restart);
                    Thread.SpinWait(i % 500);
                    table.Drop(1, 1);
                    Span<byte> page = machine.Bytes(0x5000, 0x1000);
                    page.Fill(0xee);
                    Thread.SpinWait(200);
                    Assert.Equal(-1, page.IndexOfAnyExcept((byte)0xee));
                }
            }
            finally
            {
                Volatile.Write(ref done, true);
            }
        }

        void Put()
        {
            while (!Volatile.Read(ref done))
            {
                if (spe.Count(21) != 0)
                    spe.Command(0x20, 0, 0x1000, 0x1000);
                else
                    Thread.Yield();
            }
        }
    }

    private static TestSpe Translated(TestMachine machine, out TestTable table)
    {
        table = new TestTable();
        machine.Spe.Spe.SelectAddressSpace(table);
        Assert.Equal(Lv1Status.Success, machine.Spe.Spe.SetPrivilege1Register(0, 0x33));
        machine.Spe.Spe.SetInterruptMask(SpeInterruptClass.Translation, 3);
        return machine.Spe;
    }

    // As Linux's spu_load_slb.
    private static void LoadSlb(TestSpe spe, ulong index, ulong address, ulong vsid, ulong flags)
    {
        spe.Privilege(0x1108, index);
        spe.Privilege(0x1110, 0);
        spe.Privilege(0x1118, (vsid << 12) | flags);
        spe.Privilege(0x1110, (address & 0xffff_ffff_f000_0000) | 0x0800_0000);
    }
}
