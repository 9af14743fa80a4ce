namespace SpuRuntime.Tests.Mfc;

/// <summary>DMA lists, and stall-and-notify.</summary>
public sealed class ListTests
{
    [Fact]
    public void A_list_gathers_and_each_element_starts_at_a_quadword()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        for (int i = 0; i < 0x4000; i++)
            machine.Bytes((ulong)i, 1)[0] = (byte)((i * 7) + (i >> 8));
        spe.ListElement(0x100, stall: false, 32, 0x1000);
        spe.ListElement(0x108, stall: false, 4, 0x200c);
        spe.ListElement(0x110, stall: false, 0, 0x3003);
        spe.ListElement(0x118, stall: false, 8, 0x3008);
        spe.ListElement(0x120, stall: false, 16, 0x2ff0);

        spe.Command(0x44, 0x800f, 0x100, 40, 2);

        Assert.True(spe.IsComplete(2));
        Assert.True(spe.LocalStore.Slice(0x8000, 32).SequenceEqual(machine.Bytes(0x1000, 32)));
        Assert.True(spe.LocalStore.Slice(0x802c, 4).SequenceEqual(machine.Bytes(0x200c, 4)));
        Assert.True(spe.LocalStore.Slice(0x8038, 8).SequenceEqual(machine.Bytes(0x3008, 8)));
        Assert.True(spe.LocalStore.Slice(0x8040, 16).SequenceEqual(machine.Bytes(0x2ff0, 16)));
        Assert.Equal(-1, spe.LocalStore.Slice(0x8050, 0x100).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void The_longest_list_and_the_longest_elements()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.LocalStore[..0x4000].Fill(3);
        for (uint i = 0; i < 2048; i++)
            spe.ListElement(0x4000 + (i * 8), stall: false, 8, 0x10000 + (i * 16));
        spe.Command(0x24, 0, 0x4000, 0x4000, 0);
        Assert.True(spe.IsComplete(0));
        Assert.Equal(3, machine.Bytes(0x10000 + (1023 * 16), 1)[0]);

        for (uint i = 0; i < 15; i++)
            spe.ListElement(0x100 + (i * 8), stall: false, 0x4000, 0x40000 + (i * 0x4000));
        new Random(1).NextBytes(spe.LocalStore[0x4000..]);
        spe.Command(0x24, 0x4000, 0x100, 15 * 8, 0);
        Assert.True(machine.Bytes(0x40000, 0x3c000).SequenceEqual(spe.LocalStore[0x4000..]));
    }

    [Fact]
    public void A_list_stalls_after_a_marked_element_until_it_is_acknowledged()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.LocalStore.Slice(0x1000, 0x100).Fill(5);
        spe.Write(1, 2);
        spe.ListElement(0x100, stall: false, 16, 0x2000);
        spe.ListElement(0x108, stall: true, 16, 0x2010);
        spe.ListElement(0x110, stall: true, 16, 0x2020);

        spe.Command(0x24, 0x1000, 0x100, 24, 9);

        Assert.Equal(2u, spe.Read(0));
        Assert.Equal(1u << 9, spe.Read(25));
        spe.AssertBlocksOnRead(25);
        Assert.Equal((5, 0), (machine.Bytes(0x2010, 1)[0], machine.Bytes(0x2020, 1)[0]));

        // Elements that have not been read may still be changed: this is the purpose of the stall.
        spe.ListElement(0x110, stall: true, 16, 0x3020);
        spe.Write(26, 9);
        Assert.Equal((0, 5), (machine.Bytes(0x2020, 1)[0], machine.Bytes(0x3020, 1)[0]));
        // The stall bit of the last element stalls too.
        Assert.False(spe.IsComplete(9));
        Assert.Equal(1u << 9, spe.Read(25));
        spe.Write(26, 9);
        Assert.True(spe.IsComplete(9));
    }

    [Fact]
    public void Stalls_of_several_groups_are_collected()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.ListElement(0x100, stall: true, 0, 0);
        spe.Command(0x44, 0, 0x100, 8, 3);
        spe.Command(0x44, 0, 0x100, 8, 31);
        Assert.Equal((1u << 3) | (1u << 31), spe.Read(25));
    }

    [Theory, InlineData(0x104, 8), InlineData(0x100, 12), InlineData(0x100, 0x4008)]
    public void A_misaligned_list_is_an_error(uint at, uint size)
    {
        using TestMachine machine = new();
        machine.Spe.Command(0x44, 0, at, size);
        Assert.Equal(1ul, machine.Spe.Status(0));
    }

    [Theory, InlineData(3, 0x1000), InlineData(16, 0x1008), InlineData(0x4010, 0x1000), InlineData(4, 0x1002), InlineData(0x7fff, 0)]
    public void A_bad_element_is_an_error_and_those_before_it_are_done(uint size, uint address)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        machine.Bytes(0x2000, 16).Fill(1);
        spe.ListElement(0x100, stall: false, 16, 0x2000);
        spe.ListElement(0x108, stall: false, size, address);
        spe.Command(0x44, 0x1000, 0x100, 16);
        Assert.Equal(1ul, spe.Status(0));
        Assert.Equal(1, spe.LocalStore[0x1000]);
        Assert.Equal(0, spe.LocalStore[0x1010]);
    }
}
