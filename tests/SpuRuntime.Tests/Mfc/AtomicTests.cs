using System.Buffers.Binary;

using CellPpe.Core;

namespace SpuRuntime.Tests.Mfc;

/// <summary>getllar, putllc, putlluc, putqlluc, and PPE stores against them.</summary>
public sealed unsafe class AtomicTests
{
    private const byte GetReserved = 0xd0;
    private const byte PutConditional = 0xb4;
    private const byte PutUnconditional = 0xb0;
    private const byte PutQueued = 0xb8;
    private const ulong Line = 0x4000;

    // 10^5 operations, or what the environment variable asks for (10^7 in the long run).
    private static readonly int Operations =
        int.TryParse(Environment.GetEnvironmentVariable("SPU_STRESS_OPERATIONS"), out int asked) ? asked : 100_000;

    [Fact]
    public void A_reserved_line_is_stored_once()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        machine.Bytes(Line, 128).Fill(1);
        Assert.Equal(4u, Atomic(spe, GetReserved));
        Assert.Equal(-1, spe.LocalStore.Slice(0x1000, 128).IndexOfAnyExcept((byte)1));
        spe.LocalStore.Slice(0x1000, 128).Fill(2);
        Assert.Equal(0u, Atomic(spe, PutConditional));
        Assert.Equal(-1, machine.Bytes(Line, 128).IndexOfAnyExcept((byte)2));
        Assert.Equal(1u, Atomic(spe, PutConditional));
        Assert.Equal(2u, Atomic(spe, PutUnconditional));
    }

    [Fact]
    public void A_conditional_put_elsewhere_fails_and_drops_the_reservation()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        Atomic(spe, GetReserved);
        Assert.Equal(1u, Atomic(spe, PutConditional, Line + 128));
        Assert.Equal(1u, Atomic(spe, PutConditional));
    }

    [Fact]
    public void A_conditional_put_without_a_reservation_fails_wherever_it_points()
    {
        using TestMachine machine = new();
        Assert.Equal(1u, Atomic(machine.Spe, PutConditional, 0xffff_ffff_0000_0000));
        Assert.Equal(0ul, machine.Spe.Status(1));
    }

    [Fact]
    public void Whoever_stores_to_the_line_takes_the_reservation_even_with_the_same_bytes()
    {
        using TestMachine machine = new(2);
        TestSpe spe = machine.Spe;
        TestSpe other = machine.Spes[1];
        spe.Write(1, 0x400);
        Action[] stores =
        [
            () => other.Command(0x20, 0x2000, Line + 64, 1),
            () => other.Command(0x20, 0x2000, Line - 128, 512),
            () => Atomic(other, PutUnconditional),
            () => other.Command(PutQueued, 0x1000, Line, 0),
            () => Assert.Equal((4u, 0u), (Atomic(other, GetReserved), Atomic(other, PutConditional))),
            () => Assert.True(machine.Reservations.TryConditionalStore((uint*)machine.Host(Line + 12), 0, 0)),
            () => Assert.True(machine.Reservations.TryConditionalStore((ulong*)machine.Host(Line + 120), 0, 0)),
            () => spe.Command(0x20, 0x2000, Line, 16),
        ];
        foreach (Action store in stores)
        {
            machine.Bytes(Line, 128).Clear();
            Atomic(spe, GetReserved);
            store();
            Assert.Equal(0x400u, spe.Read(0));
            spe.Write(2, 0x400);
            Assert.Equal(1u, Atomic(spe, PutConditional));
        }

        Action[] harmless =
        [
            () => other.Command(0x40, 0x2000, Line, 128),
            () => Atomic(other, GetReserved),
            () => other.Command(0x20, 0x2000, Line + 128, 128),
            () => Assert.False(machine.Reservations.TryConditionalStore((uint*)machine.Host(Line), 9, 1)),
        ];
        foreach (Action act in harmless)
        {
            Atomic(spe, GetReserved);
            act();
            Assert.Equal(0u, spe.Count(0));
            Assert.Equal(0u, Atomic(spe, PutConditional));
        }
    }

    [Fact]
    public void A_plain_store_makes_the_conditional_put_fail_and_is_kept()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        Atomic(spe, GetReserved);
        spe.LocalStore[0x1000] = 1;
        *(machine.Host(Line) + 64) = 7;
        Assert.Equal(1u, Atomic(spe, PutConditional));
        Assert.Equal((0, 7), (*machine.Host(Line), *(machine.Host(Line) + 64)));
    }

    [Fact]
    public void A_queued_line_is_in_a_tag_group_and_gives_no_atomic_status()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.LocalStore.Slice(0x1000, 128).Fill(8);
        spe.Privilege(0x3000, 1);
        spe.Command(PutQueued, 0x1000, Line, 0, 6);
        Assert.False(spe.IsComplete(6));
        spe.Privilege(0x3000, 0);
        Assert.True(spe.IsComplete(6));
        Assert.Equal(0u, spe.Count(27));
        Assert.Equal(8, machine.Bytes(Line + 127, 1)[0]);
    }

    // Each SPE adds 1 to its own word and to a shared one; a PPE adds to another shared word by compare-and-swap, and counts in a
    // word of its own by plain stores. No update is lost, and every line that is read was written as a whole.
    [Fact]
    public void Updates_of_one_line_by_SPEs_and_a_PPE_are_never_lost_or_torn()
    {
        const int Spes = 3;
        using TestMachine machine = new(Spes);
        int each = Operations / (Spes + 1);
        HostThreads.Run(
            [.. machine.Spes.Select((spe, index) => (Action)(() => AddBySpe(spe, index, each))), () => AddByPpe(machine, each)]);

        uint* line = (uint*)machine.Host(Line);
        for (int i = 0; i < Spes; i++)
            Assert.Equal((uint)each, BinaryPrimitives.ReverseEndianness(line[i]));
        Assert.Equal((uint)(each * Spes), BinaryPrimitives.ReverseEndianness(line[8]));
        Assert.Equal((uint)(each * Spes), BinaryPrimitives.ReverseEndianness(line[31]));
        Assert.Equal((uint)each, BinaryPrimitives.ReverseEndianness(line[16]));
        Assert.Equal((uint)each, line[20]);
    }

    // putlluc writes lines of one byte value, DMA writes others; getllar and gets of a line see only such lines.
    [Fact]
    public void Lines_are_never_torn()
    {
        using TestMachine machine = new(4);
        int each = Operations / 4;
        HostThreads.Run(
            () => Fill(machine.Spes[0], PutUnconditional),
            () => Fill(machine.Spes[1], 0x20),
            () => Watch(machine.Spes[2], GetReserved),
            () => Watch(machine.Spes[3], 0x40));

        void Fill(TestSpe spe, byte opcode)
        {
            for (int i = 0; i < each; i++)
            {
                spe.LocalStore.Slice(0x1000, 128).Fill((byte)i);
                spe.Command(opcode, 0x1000, Line, 128);
                if (opcode == PutUnconditional)
                    Assert.Equal(2u, spe.Read(27));
            }
        }

        void Watch(TestSpe spe, byte opcode)
        {
            for (int i = 0; i < each; i++)
            {
                spe.Command(opcode, 0x1000, Line, 128);
                if (opcode == GetReserved)
                    Assert.Equal(4u, spe.Read(27));
                Span<byte> line = spe.LocalStore.Slice(0x1000, 128);
                Assert.Equal(-1, line.IndexOfAnyExcept(line[0]));
            }
        }
    }

    // Two write whole lines by DMA, and a third sees nothing between them.
    [Fact]
    public void A_put_of_a_line_is_one_step_to_getllar_and_to_another_put()
    {
        using TestMachine machine = new(3);
        int each = Operations / 4;
        HostThreads.Run(() => Fill(machine.Spes[0], 0), () => Fill(machine.Spes[1], 0x80), () => Watch(machine.Spes[2]));

        void Fill(TestSpe spe, int mark)
        {
            for (int i = 0; i < each; i++)
            {
                spe.LocalStore.Slice(0x1000, 128).Fill((byte)(mark | (i & 0x7f)));
                spe.Command(0x20, 0x1000, Line, 128);
            }
        }

        void Watch(TestSpe spe)
        {
            for (int i = 0; i < each; i++)
            {
                Assert.Equal(4u, Atomic(spe, GetReserved));
                Span<byte> line = spe.LocalStore.Slice(0x1000, 128);
                Assert.Equal(-1, line.IndexOfAnyExcept(line[0]));
            }
        }
    }

    // One SPE counts up by puts of a line. The other writes back, by putllc, what it got with its reservation. If that data were older
    // than the reservation, the count would go back.
    [Fact]
    public void What_getllar_reads_and_the_reservation_come_from_one_moment()
    {
        using TestMachine machine = new(2);
        int each = Operations / 4;
        int kept = 0;
        bool over = false;
        HostThreads.Run(Count, PutBack);
        Assert.True(kept > 0);

        void Count()
        {
            TestSpe spe = machine.Spes[0];
            for (uint i = 1; i <= each || Volatile.Read(ref kept) == 0; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(spe.LocalStore[0x107c..], i);
                spe.Command(0x20, 0x1000, Line, 128);
                spe.Command(0x40, 0x2000, Line, 128);
                Assert.Equal(i, BinaryPrimitives.ReadUInt32BigEndian(spe.LocalStore[0x207c..]));
            }

            Volatile.Write(ref over, true);
        }

        void PutBack()
        {
            TestSpe spe = machine.Spes[1];
            while (!Volatile.Read(ref over))
            {
                Atomic(spe, GetReserved);
                // Something always changes, so that the line is stored.
                Add(spe.LocalStore.Slice(0x1000, 4));
                if (Atomic(spe, PutConditional) == 0)
                    Volatile.Write(ref kept, kept + 1);
            }
        }
    }

    private static uint Atomic(TestSpe spe, byte opcode, ulong line = Line)
    {
        spe.Command(opcode, 0x1000, line, 128);
        return spe.Read(27);
    }

    private static void AddBySpe(TestSpe spe, int index, int times)
    {
        Span<byte> line = spe.LocalStore.Slice(0x1000, 128);
        for (int i = 0; i < times; i++)
        {
            do
            {
                Assert.Equal(4u, Atomic(spe, GetReserved));
                // The first and the last word change together, always by SPEs.
                Assert.Equal(BinaryPrimitives.ReadUInt32BigEndian(line[32..]), BinaryPrimitives.ReadUInt32BigEndian(line[124..]));
                Add(line[(index * 4)..]);
                Add(line[32..]);
                Add(line[124..]);
            }
            while (Atomic(spe, PutConditional) != 0);
        }
    }

    private static void Add(Span<byte> word) => BinaryPrimitives.WriteUInt32BigEndian(word, BinaryPrimitives.ReadUInt32BigEndian(word) + 1);

    private static void AddByPpe(TestMachine machine, int times)
    {
        uint* line = (uint*)machine.Host(Line);
        for (int i = 0; i < times; i++)
        {
            uint expected;
            uint value;
            do
            {
                expected = Volatile.Read(ref line[16]);
                value = BinaryPrimitives.ReverseEndianness(BinaryPrimitives.ReverseEndianness(expected) + 1);
            }
            while (!machine.Reservations.TryConditionalStore(&line[16], expected, value));
            // A plain store, to a word no SPE changes.
            Volatile.Write(ref line[20], line[20] + 1);
        }
    }
}
