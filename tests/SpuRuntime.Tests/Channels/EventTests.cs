using SpuRuntime.Engine;

namespace SpuRuntime.Tests.Channels;

/// <summary>Events: status, mask, acknowledgement, decrementer, SPU interrupts (Language Extensions 4.15; SPU ISA 12).</summary>
public sealed class EventTests
{
    [Fact]
    public void An_event_counts_once_until_it_is_acknowledged()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(1, 0x200);

        spe.Problem(0x1400c, 1);
        Assert.Equal(1u, spe.Count(0));
        Assert.True(spe.Channels.CheckEvents());
        Assert.Equal(0x200u, spe.Read(0));
        Assert.False(spe.Channels.CheckEvents());

        // Still pending: the same event is not counted again before it is acknowledged.
        spe.Read(3);
        spe.Problem(0x1400c, 1);
        spe.AssertBlocksOnRead(0);

        spe.Write(2, 0x200);
        spe.Read(3);
        spe.Problem(0x1400c, 1);
        Assert.Equal(0x200u, spe.Read(0));
    }

    [Fact]
    public void A_masked_event_is_remembered_and_counts_when_it_is_enabled()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;

        spe.Problem(0x1c00c, 1);
        Assert.Equal(0u, spe.Count(0));
        spe.Write(1, 0x300);
        Assert.Equal(0x300u, spe.Read(11));
        Assert.Equal(0x100u, spe.Read(0));
    }

    [Fact]
    public void Acknowledging_one_of_two_events_announces_the_other()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(1, 0x300);
        spe.Problem(0x1400c, 1);
        spe.Problem(0x1c00c, 1);
        Assert.Equal(0x300u, spe.Read(0));

        spe.Write(2, 0x200);

        Assert.Equal(0x100u, spe.Read(0));
        spe.Write(2, 0x100);
        Assert.Equal(0u, spe.Count(0));
    }

    [Fact]
    public unsafe void Each_cause_raises_its_event()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(1, uint.MaxValue);
        Assert.Equal(0x1ffbu, spe.Read(11));

        Expect(0x1000, () => spe.Write(9, 0));
        Expect(0x0800, () => spe.Privilege(0x4040, 2));
        Expect(0x0200, () => spe.Problem(0x1400c, 1));
        Expect(0x0100, () => spe.Problem(0x1c00c, 1));
        spe.Write(28, 1);
        Expect(0x0080, () => spe.Problem(0x4004));
        spe.Write(30, 1);
        Expect(0x0040, () => spe.Privilege(0x4000));
        spe.Write(7, 0);
        Expect(0x0020, () => machine.TimeBase++);
        Expect(0x0010, () => spe.Problem(0x400c, 1));
        Expect(0x0001, () => spe.Write(23, 0));

        // Sn: a list that stalls. Qv: a queue that was full.
        spe.ListElement(0x100, stall: true, 0, 0);
        Expect(0x0002, () => spe.Command(0x44, 0, 0x100, 8));
        spe.Write(26, 0);
        spe.Privilege(0x3000, 1);
        for (int i = 0; i < 16; i++)
            spe.Command(0x40, 0, 0, 16);
        spe.AssertBlocksOnWrite(21);
        Expect(0x0008, () => spe.Privilege(0x3000, 0));

        // Lr: another SPE's store.
        spe.Command(0xd0, 0, 0x4000, 0);
        Expect(0x0400, () => machine.Reservations.Stored(machine.Host(0x4000), 4));

        void Expect(uint bit, Action cause)
        {
            Assert.Equal(0u, spe.Count(0));
            cause();
            Assert.Equal(bit, spe.Read(0));
            spe.Write(2, bit);
        }
    }

    [Fact]
    public void The_decrementer_falls_with_the_time_base_and_raises_when_it_passes_0()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(1, 0x20);

        spe.Write(7, 100);
        Assert.Contains(machine.TimeBase + 101, machine.Timers);
        machine.TimeBase += 60;
        Assert.Equal(40u, spe.Read(8));
        machine.TimeBase += 40;
        Assert.Equal(0u, spe.Read(8));
        Assert.Equal(0u, spe.Count(0));
        machine.TimeBase++;
        Assert.Equal(uint.MaxValue, spe.Read(8));
        Assert.Equal(0x20u, spe.Read(0));

        spe.Write(2, 0x20);
        machine.TimeBase += 1ul << 32;
        Assert.Equal(1u, spe.Count(0));
    }

    [Fact]
    public void A_negative_decrementer_raises_only_after_it_has_passed_0()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(1, 0x20);
        spe.Write(7, 0x8000_0001);
        machine.TimeBase += 5;
        Assert.Equal(0x7fff_fffcu, spe.Read(8));
        Assert.Equal(0u, spe.Count(0));
    }

    [Fact]
    public void Acknowledging_the_masked_decrementer_event_stops_the_decrementer()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(7, 100);
        Assert.NotEqual(0ul, spe.Privilege(0x3000) & (1ul << 40));
        spe.Write(1, 0);
        spe.Write(2, 0x20);
        machine.TimeBase += 50;
        Assert.Equal(100u, spe.Read(8));
        Assert.Equal(0ul, spe.Privilege(0x3000) & (1ul << 40));
    }

    [Fact]
    public void MFC_CNTL_halts_the_decrementer_and_only_a_write_starts_it()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(7, 100);
        machine.TimeBase += 10;
        spe.Privilege(0x3000, (1ul << 35) | (1ul << 4));
        machine.TimeBase += 10;
        Assert.Equal(90u, spe.Read(8));
        spe.Privilege(0x3000, 0);
        machine.TimeBase += 10;
        Assert.Equal(90u, spe.Read(8));
        spe.Write(7, 50);
        machine.TimeBase += 10;
        Assert.Equal(40u, spe.Read(8));
    }

    [Fact]
    public void A_timer_wakes_an_SPU_that_waits_for_the_decrementer()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(0x401c, 1);
        spe.Write(1, 0x20);
        spe.Write(7, 1000);
        spe.Turn((ref state, channels) => channels.Read(0, out uint _) == ChannelResult.Blocked
            ? new SpuExit(SpuExitReason.Blocked, 0) : new SpuExit(SpuExitReason.Stopped));
        machine.Woken.Clear();

        machine.TimeBase += 1000;
        spe.Spe.TimerElapsed();
        Assert.Empty(machine.Woken);
        machine.TimeBase += 1;
        spe.Spe.TimerElapsed();

        Assert.Single(machine.Woken);
        Assert.Equal(SpuExitReason.Stopped, spe.Spe.RunSlice(10).Reason);
    }

    [Fact]
    public unsafe void A_plain_store_to_a_reserved_line_is_found_by_reading_and_by_the_timer()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(0x401c, 1);
        spe.Write(1, 0x400);
        spe.Command(0xd0, 0, 0x4000, 0);
        *(machine.Host(0x4000) + 77) = 1;
        Assert.Equal(0x400u, spe.Read(0));
        spe.Write(2, 0x400);

        spe.Command(0xd0, 0, 0x4000, 0);
        machine.Timers.Clear();
        spe.Turn((ref state, channels) => channels.Read(0, out uint _) == ChannelResult.Blocked
            ? new SpuExit(SpuExitReason.Blocked, 0) : new SpuExit(SpuExitReason.Stopped));
        Assert.Single(machine.Timers);
        machine.Woken.Clear();
        spe.Spe.TimerElapsed();
        Assert.Empty(machine.Woken);
        Assert.Equal(2, machine.Timers.Count);
        *(machine.Host(0x4000) + 77) = 2;
        spe.Spe.TimerElapsed();
        Assert.Single(machine.Woken);
    }

    [Fact]
    public void An_enabled_interrupt_goes_to_0_and_keeps_where_it_came_from()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(1, 0x200);
        spe.Problem(0x4034, 0x1001);
        spe.Problem(0x401c, 1);
        spe.Problem(0x1400c, 1);

        SpuExit exit = spe.Turn((ref state, _) =>
        {
            Assert.Equal((0u, 0x1000u, 0u), (state.Pc, state.Srr0, state.InterruptEnable));
            return new SpuExit(SpuExitReason.Stopped, 3);
        });

        Assert.Equal(SpuExitReason.Stopped, exit.Reason);
    }

    [Fact]
    public void An_event_gets_the_attention_of_running_instructions()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(1, 0x200);
        spe.Problem(0x4034, 0x1001);
        spe.Problem(0x401c, 1);
        int turns = 0;

        SpuExit exit = spe.Turn((ref state, _) =>
        {
            if (turns++ == 0)
            {
                spe.Problem(0x1400c, 1);
                Assert.Equal(SpuAttention.Leave, state.Attention);
                return new SpuExit(SpuExitReason.Attention);
            }

            Assert.Equal((0u, 0x1000u), (state.Pc, state.Srr0));
            return new SpuExit(SpuExitReason.Stopped, 3);
        });

        Assert.Equal((SpuExitReason.Stopped, 2), (exit.Reason, turns));
    }
}
