using SpuRuntime.Engine;

namespace SpuRuntime.Tests.Channels;

/// <summary>Counts, directions and blocking of the 32 channels (SPU ISA 11; Language Extensions tables 4-90, 4-91).</summary>
public sealed class ChannelTests
{
    // Number, readable, count after reset. Channels that are not listed do not exist.
    public static TheoryData<int, bool, uint> Map => new()
    {
        { 0, true, 0 }, { 1, false, 1 }, { 2, false, 1 }, { 3, true, 0 }, { 4, true, 0 }, { 7, false, 1 }, { 8, true, 1 },
        { 9, false, 1 }, { 11, true, 1 }, { 12, true, 1 }, { 13, true, 1 }, { 14, false, 1 }, { 15, true, 1 }, { 16, false, 1 },
        { 17, false, 1 }, { 18, false, 1 }, { 19, false, 1 }, { 20, false, 1 }, { 21, false, 16 }, { 22, false, 1 }, { 23, false, 1 },
        { 24, true, 0 }, { 25, true, 0 }, { 26, false, 1 }, { 27, true, 0 }, { 28, false, 1 }, { 29, true, 0 }, { 30, false, 1 },
    };

    [Theory, MemberData(nameof(Map))]
    public void A_channel_has_one_direction_and_its_count_after_reset(int channel, bool readable, uint count)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;

        Assert.Equal(count, spe.Count(channel));
        ChannelResult expected = !readable ? ChannelResult.Invalid : count == 0 ? ChannelResult.Blocked : ChannelResult.Done;
        Assert.Equal(expected, spe.Channels.Read(channel, out _));
        Assert.Equal(readable ? ChannelResult.Invalid : ChannelResult.Done, spe.Channels.Write(channel, 0));
    }

    [Theory, InlineData(5), InlineData(6), InlineData(10), InlineData(31), InlineData(32), InlineData(64), InlineData(127), InlineData(-1)]
    public void Channels_that_are_not_there_have_count_0(int channel)
    {
        using TestMachine machine = new();

        Assert.Equal(0u, machine.Spe.Count(channel));
        Assert.Equal(ChannelResult.Invalid, machine.Spe.Channels.Read(channel, out _));
        Assert.Equal(ChannelResult.Invalid, machine.Spe.Channels.Write(channel, 1));
    }

    [Fact]
    public void The_inbound_mailbox_holds_four_and_replaces_the_newest_when_full()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        Assert.Equal(0x400u, spe.Problem(0x4014));

        for (uint i = 1; i <= 5; i++)
            spe.Problem(0x400c, i);

        Assert.Equal(0u, spe.Problem(0x4014) & 0xff00);
        Assert.Equal(4u, spe.Count(29));
        Assert.Equal([1u, 2u, 3u, 5u], Enumerable.Range(0, 4).Select(_ => spe.Read(29)));
        spe.AssertBlocksOnRead(29);
    }

    [Fact]
    public void The_outbound_mailbox_blocks_until_it_is_read()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;

        spe.Write(28, 0x1234);

        Assert.Equal(0u, spe.Count(28));
        spe.AssertBlocksOnWrite(28);
        Assert.Equal(0x401u, spe.Problem(0x4014));
        Assert.Equal(0x1234u, spe.Problem(0x4004));
        Assert.Equal(1u, spe.Count(28));
    }

    [Fact]
    public void The_interrupt_mailbox_interrupts_as_long_as_it_is_full()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Spe.SetInterruptMask(CellPpe.Core.Ports.SpeInterruptClass.Application, 1);

        spe.Write(30, 77);

        Assert.True(spe.Lines[2].Level);
        spe.AssertBlocksOnWrite(30);
        spe.Spe.ClearInterruptStatus(CellPpe.Core.Ports.SpeInterruptClass.Application, 1);
        Assert.True(spe.Lines[2].Level);
        Assert.Equal(0x10400u, spe.Problem(0x4014));
        Assert.Equal(77u, (uint)spe.Privilege(0x4000));
        Assert.False(spe.Lines[2].Level);
        Assert.Equal(1u, spe.Count(30));
    }

    [Fact]
    public void The_threshold_bit_follows_the_inbound_mailbox()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Spe.SetInterruptMask(CellPpe.Core.Ports.SpeInterruptClass.Application, 0x10);
        Assert.True(spe.Lines[2].Level);

        for (uint i = 0; i < 4; i++)
            spe.Problem(0x400c, i);
        Assert.False(spe.Lines[2].Level);

        spe.Read(29);
        Assert.True(spe.Lines[2].Level);
    }

    [Theory, InlineData(1, 3, 0x1400c), InlineData(2, 4, 0x1c00c)]
    public void A_signal_is_overwritten_or_collected_as_SPU_Cfg_says(int which, int channel, int offset)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;

        spe.Problem((ulong)offset, 1);
        spe.Problem((ulong)offset, 6);
        Assert.Equal(1u, spe.Count(channel));
        Assert.Equal(6u, spe.Read(channel));
        spe.AssertBlocksOnRead(channel);

        spe.Privilege(0x4078, 1ul << (which - 1));
        spe.Problem((ulong)offset, 1);
        spe.Problem((ulong)offset, 6);
        Assert.Equal(7u, spe.Read(channel));
        Assert.Equal(0u, spe.Problem((ulong)offset));
    }

    [Fact]
    public void Srr0_and_machine_status_are_the_SPUs()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;

        spe.Write(14, 0xffff_ffff);
        Assert.Equal(0x3fffcu, spe.Read(15));
        Assert.Equal(0u, spe.Read(13));
        spe.Problem(0x4034, 0x101);
        Assert.Equal(1u, spe.Read(13));
        Assert.Equal(0x100u, spe.Spe.Registers.Pc);
    }

    [Fact]
    public void A_blocked_SPU_is_woken_by_what_it_waits_for_and_by_nothing_else()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(0x401c, 1);
        machine.Woken.Clear();

        SpuExit exit = spe.Turn((ref state, channels) =>
            channels.Read(29, out _) == ChannelResult.Blocked
                ? new SpuExit(SpuExitReason.Blocked, 29)
                : new SpuExit(SpuExitReason.Stopped, 1));

        Assert.Equal(new SpuExit(SpuExitReason.Blocked, 29), exit);
        Assert.False(spe.Spe.IsRunnable);
        Assert.Equal(29, spe.Spe.BlockedOn);
        Assert.Equal(9u, spe.Problem(0x4024));
        spe.Problem(0x1400c, 5);
        Assert.Empty(machine.Woken);
        spe.Problem(0x400c, 5);
        Assert.Equal([spe.Spe], machine.Woken);
        Assert.True(spe.Spe.IsRunnable);
        Assert.Equal(1u, spe.Problem(0x4024));
        Assert.Equal(SpuExitReason.Stopped, spe.Spe.RunSlice(10).Reason);
    }

    [Fact]
    public void What_comes_between_the_instruction_and_the_wait_is_not_lost()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(0x401c, 1);
        int turns = 0;

        SpuExit exit = spe.Turn((ref state, channels) =>
        {
            if (turns++ != 0)
                return channels.Read(29, out _) == ChannelResult.Done
                    ? new SpuExit(SpuExitReason.Stopped, 2)
                    : new SpuExit(SpuExitReason.Halted);
            Assert.Equal(ChannelResult.Blocked, channels.Read(29, out _));
            spe.Problem(0x400c, 5);
            return new SpuExit(SpuExitReason.Blocked, 29);
        });

        Assert.Equal(SpuExitReason.Stopped, exit.Reason);
    }
}
