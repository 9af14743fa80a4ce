using CellPpe.Core.Ports;

namespace SpuRuntime.Tests.Mfc;

/// <summary>Put and get: sizes, alignment, errors, tag groups, orders (CBEA, MFC commands).</summary>
public sealed class TransferTests
{
    private const byte Put = 0x20;
    private const byte Get = 0x40;

    // Every opcode and its queues, copied from the manual independently of the table: 1 SPU, 2 proxy (CBEA, MFC command opcodes).
    private static readonly Dictionary<byte, int> Opcodes = Build();

    [Theory, InlineData(1), InlineData(2), InlineData(4), InlineData(8), InlineData(16), InlineData(48), InlineData(128), InlineData(16384)]
    public void A_transfer_moves_its_bytes_and_no_others(int size)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        new Random(size).NextBytes(spe.LocalStore);
        byte[] before = machine.Bytes(0, 0x40000).ToArray();
        int at = size < 16 ? 0x1000 + (16 - size) : 0x1000;

        spe.Command(Put, (uint)at, (ulong)(0x20000 + at), (uint)size, 3);

        Assert.True(spe.IsComplete(3));
        spe.LocalStore.Slice(at, size).CopyTo(before.AsSpan(0x20000 + at));
        Assert.True(machine.Bytes(0, 0x40000).SequenceEqual(before));
        Assert.Equal((ulong)size, machine.Writes.Aggregate(0ul, (sum, write) => sum + write.Length));

        byte[] store = spe.LocalStore.ToArray();
        machine.Bytes(0x20000 + (ulong)at, size).Fill(0x5a);
        spe.Command(Get, (uint)(at + 0x8000), (ulong)(0x20000 + at), (uint)size, 3);
        store.AsSpan(at + 0x8000, size).Fill(0x5a);
        Assert.True(spe.LocalStore.SequenceEqual(store));
        Assert.Contains(spe.Engine.Invalidated, range => range.Address == at + 0x8000);
    }

    [Fact]
    public void A_transfer_wraps_around_local_store_and_ignores_high_address_bits()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        machine.Bytes(0x1000, 64).Fill(7);
        spe.Command(Get, 0x7fff_ffe0, 0x1000, 64);
        Assert.Equal(7, spe.LocalStore[^1]);
        Assert.Equal(7, spe.LocalStore[31]);
        Assert.Equal(0, spe.LocalStore[32]);
        Assert.Equal(0, spe.LocalStore[^33]);
    }

    [Theory]
    [InlineData(0x100, 0x108, 16)] // quadwords begin at quadwords
    [InlineData(0x108, 0x108, 16)]
    [InlineData(0x104, 0x108, 4)] // the last four bits differ
    [InlineData(0x102, 0x102, 4)] // not at a multiple of its size
    [InlineData(0x101, 0x101, 2)]
    [InlineData(0x104, 0x104, 8)]
    [InlineData(0x100, 0x100, 3)]
    [InlineData(0x100, 0x100, 24)]
    [InlineData(0x100, 0x100, 16400)]
    [InlineData(0x100, 0x100, 65535)]
    public void Misaligned_commands_stop_the_queue_with_a_class_0_interrupt(uint local, uint address, uint size)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Spe.SetInterruptMask(SpeInterruptClass.Error, 7);
        byte[] before = machine.Bytes(0, 0x10000).ToArray();

        spe.Command(Put, local, address, size);

        Assert.Equal(1ul, spe.Status(0));
        Assert.True(spe.Lines[0].Level);
        Assert.Equal((ulong)address, spe.Shadow(0x620));
        Assert.Equal(1ul << 31, spe.Shadow(0xc00));
        Assert.False(spe.IsComplete(0));
        Assert.True(machine.Bytes(0, 0x10000).SequenceEqual(before));

        // No later command is executed until the queue is purged.
        spe.Command(Put, 0, 0x2000, 16, 1);
        Assert.False(spe.IsComplete(1));
        Assert.Equal(14u, spe.Count(21));
        spe.Privilege(0x3000, 1 << 15);
        Assert.Equal(3ul << 24, spe.Privilege(0x3000) & (3ul << 24));
        Assert.Equal(16u, spe.Count(21));
        spe.Privilege(0x3000, 0);
        Assert.Equal(0ul, spe.Privilege(0x3000) & (3ul << 24));
    }

    [Fact]
    public void Opcodes_are_commands_or_class_0_errors_as_the_queue_allows()
    {
        for (int opcode = 0; opcode < 256; opcode++)
        {
            for (int proxy = 0; proxy < 2; proxy++)
            {
                using TestMachine machine = new();
                TestSpe spe = machine.Spe;
                bool allowed = (Opcodes.GetValueOrDefault((byte)opcode) & (1 << proxy)) != 0;
                bool list = opcode is >= 0x24 and <= 0x26 or >= 0x34 and <= 0x36 or >= 0x44 and <= 0x46;
                uint size = opcode is >= 0xa0 and <= 0xa2 ? 4u : list ? 8u : 128u;
                if (proxy == 1)
                    Assert.Equal(0u, spe.Proxy((byte)opcode, 0x1000, 0x2000, size));
                else
                    spe.Command((byte)opcode, 0x1000, 0x2000, size);
                Assert.True(spe.Status(0) == (allowed ? 0ul : 2ul), $"opcode {opcode:x2}, proxy {proxy}: {spe.Status(0)}");
                Assert.Equal(0ul, spe.Status(1));
            }
        }
    }

    [Fact]
    public void A_tag_above_31_is_an_invalid_command()
    {
        using TestMachine machine = new();
        machine.Spe.Command(Put, 0, 0x1000, 16, 32);
        Assert.Equal(2ul, machine.Spe.Status(0));
    }

    [Fact]
    public void Size_0_is_a_command_that_moves_nothing()
    {
        using TestMachine machine = new();
        machine.Spe.Command(Put, 3, 0x1001, 0, 5);
        Assert.True(machine.Spe.IsComplete(5));
        Assert.Empty(machine.Writes);
    }

    [Fact]
    public void Sdcrz_clears_whole_lines_and_the_other_hints_do_nothing()
    {
        using TestMachine machine = new();
        machine.Bytes(0, 0x1000).Fill(0xee);
        foreach (byte hint in new byte[] { 0x80, 0x81, 0x8d, 0x8f })
            machine.Spe.Command(hint, 0, 0x100, 0x100);
        Assert.Empty(machine.Writes);
        machine.Spe.Command(0x89, 0, 0x110, 0x80);
        Assert.Equal(0xee, machine.Bytes(0xff, 1)[0]);
        Assert.Equal(-1, machine.Bytes(0x100, 0x100).IndexOfAnyExcept((byte)0));
        Assert.Equal(0xee, machine.Bytes(0x200, 1)[0]);
    }

    [Fact]
    public void A_suspended_queue_takes_16_commands_and_carries_them_out_when_it_is_resumed()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.LocalStore[..0x1000].Fill(9);
        spe.Privilege(0x3000, 1);
        Assert.Equal(0x300ul, spe.Privilege(0x3000) & 0x300);
        for (uint i = 0; i < 16; i++)
            spe.Command(Put, i * 16, 0x1000 + (i * 16), 16, i);

        spe.AssertBlocksOnWrite(21);
        Assert.Equal(0ul, spe.Privilege(0x3000) & (1 << 14));
        Assert.Equal(0u, spe.CompleteTags(0xffff));
        // A restart alone does not resume.
        spe.Privilege(0x3000, 1ul << 32);
        Assert.Equal(0u, spe.CompleteTags(0xffff));
        // Nor does a write with the suspend mask set.
        spe.Privilege(0x3000, 1 << 4);
        Assert.Equal(0u, spe.CompleteTags(0xffff));
        spe.Privilege(0x3000, 0);
        Assert.Equal(0xffffu, spe.CompleteTags(0xffff));
        Assert.Equal(-1, machine.Bytes(0x1000, 256).IndexOfAnyExcept((byte)9));
        Assert.NotEqual(0ul, spe.Privilege(0x3000) & (1 << 14));
        Assert.Equal(0ul, spe.Privilege(0x3000) & 0x300);
    }

    [Fact]
    public void Tag_queries_wait_for_any_or_all_of_the_groups_in_the_mask()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        // Two stalled lists keep groups 1 and 2 busy; 3 is free.
        spe.ListElement(0x100, stall: true, 0, 0);
        spe.Command(0x44, 0, 0x100, 8, 1);
        spe.Command(0x44, 0, 0x100, 8, 2);

        spe.Write(22, 0b0110);
        spe.Write(23, 1);
        Assert.Equal(0u, spe.Count(24));
        Assert.Equal(5ul, spe.Privilege(0x5008));
        spe.Write(26, 1);
        Assert.Equal(0b0010u, spe.Read(24));

        spe.Write(23, 2);
        Assert.Equal(6ul, spe.Privilege(0x5008));
        spe.AssertBlocksOnRead(24);
        spe.Write(26, 2);
        Assert.Equal(0b0110u, spe.Read(24));
        Assert.Equal(0ul, spe.Privilege(0x5008));

        // An immediate query replaces one that waits.
        spe.Command(0x44, 0, 0x100, 8, 1);
        spe.Write(23, 2);
        spe.Write(23, 0);
        Assert.Equal(0b0100u, spe.Read(24));
        Assert.Equal(0b0110u, spe.Read(12));
    }

    [Theory]
    [InlineData(0x20, 1, true)] // no order: goes on
    [InlineData(0x22, 1, false)] // fence, same group
    [InlineData(0x21, 1, false)] // barrier, same group
    [InlineData(0x22, 2, true)] // fence, other group
    [InlineData(0x21, 2, true)]
    [InlineData(0xc0, 2, false)] // barrier command: all groups
    [InlineData(0xcc, 1, false)] // mfcsync and mfceieio: all groups
    [InlineData(0xc8, 1, false)]
    [InlineData(0xcc, 2, false)]
    [InlineData(0xc8, 2, false)]
    public void Orders_hold_a_command_back_behind_one_that_waits(byte opcode, uint tag, bool goesOn)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.ListElement(0x100, stall: true, 0, 0);
        spe.Command(0x44, 0, 0x100, 8, 1);

        spe.Command(opcode, 0x1000, 0x2000, 16, tag);

        Assert.Equal(goesOn ? 15u : 14u, spe.Count(21));
        spe.Write(26, 1);
        Assert.Equal(16u, spe.Count(21));
    }

    [Theory]
    [InlineData(0x21, 1, false), InlineData(0x21, 3, true), InlineData(0x22, 1, true)]
    [InlineData(0xc0, 3, false), InlineData(0xcc, 3, false), InlineData(0xc8, 3, false)]
    public void A_barrier_that_waits_holds_back_what_comes_after_it(byte opcode, uint tag, bool goesOn)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.ListElement(0x100, stall: true, 0, 0);
        spe.Command(0x44, 0, 0x100, 8, 1);
        spe.Command(opcode, 0x1000, 0x2000, 16, 1);
        Assert.Equal(14u, spe.Count(21));

        spe.Command(Put, 0x1000, 0x2000, 16, tag);

        Assert.Equal(goesOn ? 14u : 13u, spe.Count(21));
        spe.Write(26, 1);
        Assert.Equal(16u, spe.Count(21));
    }

    [Fact]
    public void Atomic_commands_wait_for_no_barrier()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.ListElement(0x100, stall: true, 0, 0);
        spe.Command(0x44, 0, 0x100, 8, 1);
        spe.Command(0xc0, 0, 0, 0, 1);
        spe.Command(0xd0, 0x1000, 0x2000, 0);
        Assert.Equal(4u, spe.Read(27));
    }

    private static Dictionary<byte, int> Build()
    {
        Dictionary<byte, int> map = [];
        foreach (byte both in new byte[]
                 {
                     0x20, 0x21, 0x22, 0x30, 0x31, 0x32, 0x40, 0x41, 0x42, 0x80, 0x81, 0x89, 0x8d, 0x8f, 0xa0, 0xa1, 0xa2, 0xc0, 0xc8, 0xcc,
                 })
            map[both] = 3;
        foreach (byte spu in new byte[] { 0x24, 0x25, 0x26, 0x34, 0x35, 0x36, 0x44, 0x45, 0x46, 0xb0, 0xb4, 0xb8, 0xd0 })
            map[spu] = 1;
        foreach (byte proxy in new byte[] { 0x28, 0x29, 0x2a, 0x38, 0x39, 0x3a, 0x48, 0x49, 0x4a })
            map[proxy] = 2;
        return map;
    }
}
