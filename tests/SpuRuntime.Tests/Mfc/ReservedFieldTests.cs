using System.Buffers.Binary;

namespace SpuRuntime.Tests.Mfc;

/// <summary>
/// Reserved fields of MFC commands, list elements, channels and registers: a test for each row of SpuRuntime/Mfc/RESERVED-FIELDS.md.
/// </summary>
public sealed class ReservedFieldTests
{
    private const byte Put = 0x20;
    private const byte GetList = 0x44;

    // ---- commands of the SPU
    [Theory, InlineData(0x0120u), InlineData(0x8020u), InlineData(0xff20u), InlineData(0x01d0u)]
    public void Upper_opcode_bits_are_a_command_error(uint word)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        Command(spe, word);
        Assert.Equal(2ul, spe.Status(0));
        Assert.Equal(15u, spe.Count(21));
        Assert.Empty(machine.Writes);

        // Saved and restored with the queue: it is still an error.
        spe.Privilege(0x3000, 1);
        ulong[] saved = [.. Enumerable.Range(0, 4).Select(i => spe.Privilege(0x2000 + (8 * (ulong)i)))];
        spe.Privilege(0x3000, (1 << 15) | 1);
        spe.Spe.ClearInterruptStatus(0, 7);
        for (int i = 0; i < 4; i++)
            spe.Privilege(0x2000 + (8 * (ulong)i), saved[i]);
        spe.Privilege(0x3000, 0);
        Assert.Equal(2ul, spe.Status(0));
    }

    [Theory, InlineData(0xffff_0020u), InlineData(0x0301_0020u)]
    public void Class_identifiers_and_what_is_beside_them_have_no_effect(uint word)
    {
        using TestMachine machine = new();
        Command(machine.Spe, word);
        Assert.Equal(0ul, machine.Spe.Status(0));
        Assert.True(machine.Spe.IsComplete(0));
        Assert.NotEmpty(machine.Writes);
    }

    [Theory, InlineData(32u), InlineData(0x20_0001u), InlineData(0x8000_0000u)]
    public void Upper_tag_bits_are_a_command_error(uint tag)
    {
        using TestMachine machine = new();
        machine.Spe.Command(Put, 0, 0x1000, 16, tag);
        Assert.Equal(2ul, machine.Spe.Status(0));
        Assert.Empty(machine.Writes);
    }

    [Fact]
    public void Upper_local_store_address_and_size_bits_are_ignored()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.LocalStore[0x100] = 7;
        spe.Command(Put, 0xfffc_0100, 0x1000, 0xffff_0010);
        Assert.Equal(0ul, spe.Status(0));
        Assert.Equal(7, machine.Bytes(0x1000, 1)[0]);
        Assert.Equal(16ul, Assert.Single(machine.Writes).Length);
    }

    [Theory, InlineData(0xd0, 4u), InlineData(0xb0, 2u), InlineData(0xb4, 0u), InlineData(0xb8, 0u)]
    public void Lock_line_commands_ignore_the_last_seven_bits_of_both_addresses_and_the_size(byte opcode, uint status)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        machine.Bytes(0x4000, 128).Fill(1);
        if (opcode == 0xb4)
        {
            spe.Command(0xd0, 0x2000, 0x4000, 128);
            Assert.Equal(4u, spe.Read(27));
        }

        spe.LocalStore.Slice(0x1000, 128).Fill(2);
        spe.Command(opcode, 0x107f, 0x4033, 0xffff, 3);

        Assert.Equal(0ul, spe.Status(0));
        if (opcode != 0xb8)
            Assert.Equal(status, spe.Read(27));
        Assert.True(spe.IsComplete(3));
        byte expected = opcode == 0xd0 ? (byte)1 : (byte)2;
        Assert.Equal(-1, machine.Bytes(0x4000, 128).IndexOfAnyExcept(expected));
        Assert.Equal(-1, spe.LocalStore.Slice(0x1000, 128).IndexOfAnyExcept(expected));
        Assert.Equal((0, 0), (machine.Bytes(0x4080, 1)[0], spe.LocalStore[0x1080]));
    }

    [Fact]
    public void A_second_atomic_command_behind_one_that_waits_is_a_command_error()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Privilege(0x3000, 1);
        spe.Command(0xd0, 0x1000, 0x4000, 128);
        spe.Command(0xb8, 0x1000, 0x4000, 128);
        spe.Command(0xb4, 0x1000, 0x4000, 128);
        spe.Privilege(0x3000, 0);
        Assert.Equal(2ul, spe.Status(0));
        Assert.Equal(4u, spe.Read(27));
        Assert.Equal(2ul, spe.Shadow(0xc00) & 0x1f);
    }

    // ---- lists
    [Fact]
    public void The_reserved_bits_of_a_list_element_are_ignored()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        machine.Bytes(0x2000, 64).Fill(9);
        Element(spe, 0x100, 0x0000_8000, 0x2003); // a transfer of size 0: its address is not used
        Element(spe, 0x108, 0x7fff_8010, 0x2000);
        Element(spe, 0x110, 0x0001_0000, 0x2000);
        Element(spe, 0x118, 0xffff_8010, 0x2010);

        spe.Command(GetList, 0x1000, 0x100, 32, 1);

        Assert.Equal(0ul, spe.Status(0));
        Assert.Equal(1u << 1, spe.Read(25));
        Assert.Equal(-1, spe.LocalStore.Slice(0x1000, 32).IndexOfAnyExcept((byte)9));
        Assert.Equal(0, spe.LocalStore[0x1020]);
    }

    [Theory, InlineData(0x4010u), InlineData(0x7ff0u), InlineData(0x7fffu)]
    public void Sizes_of_15_bits_above_16_KB_are_alignment_errors(uint size)
    {
        using TestMachine machine = new();
        Element(machine.Spe, 0x100, size, 0x2000);
        machine.Spe.Command(GetList, 0x1000, 0x100, 8);
        Assert.Equal(1ul, machine.Spe.Status(0));
    }

    [Fact]
    public void A_list_ignores_the_upper_bits_of_its_own_address_and_the_last_four_of_its_local_store_address()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        machine.Bytes(0x2000, 16).Fill(9);
        Element(spe, 0x108, 16, 0x2000);
        spe.Command(GetList, 0xfffc_100f, 0xfffc_0108, 8);
        Assert.Equal(0ul, spe.Status(0));
        Assert.Equal(-1, spe.LocalStore.Slice(0x1000, 16).IndexOfAnyExcept((byte)9));
    }

    // ---- other channels
    [Fact]
    public void A_tag_update_has_two_bits_and_its_condition_3_waits_for_nothing()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        Element(spe, 0x100, 0x8000_0000, 0);
        spe.Command(GetList, 0, 0x100, 8, 1);
        spe.Write(22, 2);
        spe.Write(23, 0xffff_fffe);
        spe.AssertBlocksOnRead(24);
        spe.Write(23, 0xffff_fffc);
        Assert.Equal(0u, spe.Read(24));
        spe.Write(23, 3);
        Assert.Equal(0u, spe.Read(24));
    }

    [Fact]
    public void A_stall_acknowledgement_has_five_bits()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        Element(spe, 0x100, 0x8000_0000, 0);
        spe.Command(GetList, 0, 0x100, 8, 9);
        Assert.False(spe.IsComplete(9));
        spe.Write(26, 0xffff_ffe9);
        Assert.True(spe.IsComplete(9));
    }

    [Fact]
    public void Event_mask_and_acknowledgement_have_the_events_there_are()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(1, uint.MaxValue);
        Assert.Equal(0x1ffbu, spe.Read(11));
        spe.Problem(0x1400c, 1);
        spe.Write(2, 0xffff_e004);
        Assert.Equal(0x200u, spe.Read(0) & 0x200);
    }

    [Fact]
    public void Srr0_is_a_word_address_and_a_synchronization_request_has_no_value()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(14, 0xfffc_1237);
        Assert.Equal(0x1234u, spe.Read(15));
        spe.Write(1, 0x1000);
        spe.Write(9, uint.MaxValue);
        Assert.Equal(0x1000u, spe.Read(0));
        Assert.Equal(1u, spe.Count(9));
    }

    // ---- proxy commands
    [Theory, InlineData(0x0120u, 0u), InlineData(0xff20u, 0u), InlineData(0x20u, 0x20u), InlineData(0x20u, 0x8000u)]
    public void Upper_opcode_and_tag_bits_of_a_proxy_command_are_a_command_error(uint word, uint tag)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(0x3004, 0);
        spe.Problem(0x300c, 0x1000);
        spe.Problem(0x3010, (16 << 16) | tag);
        spe.Problem(0x3014, word);
        Assert.Equal(0u, spe.Problem(0x3014));
        Assert.Equal(2ul, spe.Status(0));
        Assert.Empty(machine.Writes);
    }

    [Fact]
    public void Other_bits_of_a_proxy_command_are_ignored_and_its_classes_read_back()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.LocalStore[0x100] = 7;
        spe.Problem(0x3004, 0xfffc_0100);
        spe.Problem(0x300c, 0x1000);
        spe.Problem(0x3010, 16 << 16);
        spe.Problem(0x3014, 0xffff_0020);
        Assert.Equal(0x0303_0000u, spe.Problem(0x3014));
        Assert.Equal(7, machine.Bytes(0x1000, 1)[0]);
        Assert.Equal(0ul, spe.Status(0));
    }

    // ---- registers: offset, what is written, what reads back
    [Theory]
    [InlineData(0x401cu, 0xffff_fffcu, 0u), InlineData(0x3204u, 0xffff_fffcu, 0u), InlineData(0x4034u, 0xffff_ffffu, 0x3_fffdu),
        InlineData(0x4034u, 0xfffc_0006u, 4u)]
    public void Problem_state_registers_have_the_bits_that_are_implemented(uint offset, uint written, uint read)
    {
        using TestMachine machine = new();
        machine.Spe.Problem(offset, written);
        Assert.Equal(read, machine.Spe.Problem(offset));
    }

    [Theory]
    [InlineData(0x1108ul, ulong.MaxValue, 7ul)] // SLB_Index
    [InlineData(0x1110ul, ulong.MaxValue, 0xffff_ffff_f800_0000ul)] // SLB_ESID
    [InlineData(0x1118ul, ulong.MaxValue, 0x0001_ffff_ffff_fff0ul)] // SLB_VSID
    [InlineData(0x4040ul, ulong.MaxValue, 7ul)] // SPU_PrivCntl
    [InlineData(0x4058ul, ulong.MaxValue, 0x3_fffful)] // SPU_LSLR
    [InlineData(0x4060ul, ulong.MaxValue, 0x7ful)] // SPU_ChnlIndex
    [InlineData(0x4078ul, ulong.MaxValue, 3ul)] // SPU_Cfg
    [InlineData(0x5008ul, 0xffff_ffff_ffff_fffaul, 0ul)] // MFC_CSR_TSQ
    [InlineData(0x5008ul, 0xffff_ffff_ffff_fffeul, 6ul)]
    [InlineData(0x5010ul, ulong.MaxValue, 0x0003_ffff_ffff_fffful)] // MFC_CSR_CMD1
    [InlineData(0x5018ul, ulong.MaxValue, 0xffff_ffff_ffff_003ful)] // MFC_CSR_CMD2
    [InlineData(0x5020ul, ulong.MaxValue, 0ul)] // MFC_CSR_ATO: such a command is in the queue
    public void Privileged_registers_have_the_bits_that_are_implemented(ulong offset, ulong written, ulong read)
    {
        using TestMachine machine = new();
        machine.Spe.Privilege(offset, written);
        Assert.Equal(read, machine.Spe.Privilege(offset));
    }

    [Theory, InlineData(0, 1), InlineData(24, 1), InlineData(29, 4), InlineData(30, 1)]
    public void Channel_counts_have_five_bits_and_no_more_than_a_channel_holds(int channel, ulong most)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Privilege(0x4060, (ulong)channel);
        spe.Privilege(0x4068, ulong.MaxValue);
        Assert.Equal(most, spe.Privilege(0x4068));
        spe.Privilege(0x4068, 0xffff_ffff_ffff_ffe0);
        Assert.Equal(0ul, spe.Privilege(0x4068));
    }

    private static void Command(TestSpe spe, uint word)
    {
        spe.Write(16, 0);
        spe.Write(17, 0);
        spe.Write(18, 0x1000);
        spe.Write(19, 16);
        spe.Write(20, 0);
        spe.Write(21, word);
    }

    private static void Element(TestSpe spe, int at, uint first, uint address)
    {
        BinaryPrimitives.WriteUInt32BigEndian(spe.LocalStore[at..], first);
        BinaryPrimitives.WriteUInt32BigEndian(spe.LocalStore[(at + 4)..], address);
    }
}
