using CellPpe.Core.Ports;

using SpuRuntime.Engine;
using SpuRuntime.Spe;

namespace SpuRuntime.Tests.Registers;

/// <summary>Run control, status, proxy commands, interrupts, and accesses that are no register (spe.md 2 to 4).</summary>
public sealed class RegisterTests
{
    [Fact]
    public void Run_control_starts_and_stops()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(0x4034, 0x2004);
        Assert.Equal(0x2004u, spe.Problem(0x4034));
        Assert.False(spe.Spe.IsRunnable);

        spe.Problem(0x401c, 1);
        Assert.Equal((1u, 1u, 0u), (spe.Problem(0x401c), spe.Problem(0x4024), spe.Problem(0x4034)));
        Assert.Equal([spe.Spe], machine.Woken);
        Assert.Equal(1, spe.Engine.Starts);
        spe.Problem(0x4034, 0x3000);
        Assert.Equal(SpuExitReason.Budget, spe.Turn((ref state, _) =>
        {
            state.Pc += 4;
            state.Instructions += 1000;
            return new SpuExit(SpuExitReason.Budget);
        }).Reason);

        spe.Problem(0x401c, 0);
        Assert.Equal((0u, 0u, 0x2008u), (spe.Problem(0x401c), spe.Problem(0x4024), spe.Problem(0x4034)));
    }

    [Fact]
    public void The_local_store_limit_changes_while_the_SPU_stands()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        Assert.Equal(0x3fffful, spe.Privilege(0x4058));
        spe.Privilege(0x4058, 0x1_ffff);
        Assert.Equal(0x1fffful, spe.Privilege(0x4058));
        // The low fifteen bits are always ones, and the bits above 256 KB do not exist.
        spe.Privilege(0x4058, 0xffff_ffff_ffff_8000);
        Assert.Equal(0x3fffful, spe.Privilege(0x4058));

        spe.Problem(0x401c, 1);
        spe.Privilege(0x4058, 0);
        Assert.Equal(0x3fffful, spe.Privilege(0x4058));
    }

    [Theory]
    [InlineData(SpuExitReason.Stopped, 0x3ffbu, 0x3ffb_0002u, 2, 2ul)]
    [InlineData(SpuExitReason.Stopped, 0u, 2u, 2, 2ul)]
    [InlineData(SpuExitReason.Halted, 0u, 4u, 2, 4ul)]
    [InlineData(SpuExitReason.InvalidInstruction, 0u, 0x20u, 0, 4ul)]
    [InlineData(SpuExitReason.InvalidChannel, 0u, 0x40u, 0, 4ul)]
    public void The_way_an_SPU_stops_is_in_its_status_and_interrupts(SpuExitReason reason, uint argument, uint status, int line, ulong bit)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Spe.SetInterruptMask((SpeInterruptClass)line, bit);
        spe.Problem(0x401c, 1);
        spe.Turn((ref _, _) => new SpuExit(reason, argument));

        Assert.Equal(status, spe.Problem(0x4024));
        Assert.True(spe.Lines[line].Level);
        Assert.Equal(bit, spe.Shadow(0x140 + ((ulong)line * 8)) & bit);
        spe.Spe.ClearInterruptStatus((SpeInterruptClass)line, bit);
        Assert.False(spe.Lines[line].Level);
        Assert.False(spe.Spe.IsRunnable);

        spe.Problem(0x401c, 1);
        Assert.Equal(1u, spe.Problem(0x4024));
    }

    // nop; nop; a word that is no instruction: npc is 0xc, and Linux's si_addr 8. Seen on consoles.
    [Theory]
    [InlineData(SpuExitReason.InvalidInstruction, 8u, 0xcu), InlineData(SpuExitReason.InvalidChannel, 8u, 0xcu)]
    [InlineData(SpuExitReason.InvalidInstruction, 0x3_fffcu, 0u)]
    [InlineData(SpuExitReason.Stopped, 0xcu, 0xcu), InlineData(SpuExitReason.Halted, 0xcu, 0xcu)]
    public void SPU_NPC_is_behind_the_instruction_that_ended_the_run(SpuExitReason reason, uint left, uint npc)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(0x4034, 1);
        spe.Problem(0x401c, 1);
        spe.Turn((ref state, _) =>
        {
            state.Pc = left;
            return new SpuExit(reason);
        });
        // Bit 0: interrupts are still enabled.
        Assert.Equal(npc | 1, spe.Problem(0x4034));
    }

    [Fact]
    public void SPU_NPC_keeps_address_and_interrupt_bits_and_reads_0_while_the_SPU_runs()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(0x4034, 0xfffc_0006);
        Assert.Equal(4u, spe.Problem(0x4034));
        spe.Problem(0x401c, 1);
        uint at = uint.MaxValue;
        spe.Turn((ref state, _) =>
        {
            at = state.Pc;
            return new SpuExit(SpuExitReason.Budget);
        });
        Assert.Equal((4u, 0u), (at, spe.Problem(0x4034)));
    }

    [Fact]
    public void A_stop_that_meets_a_running_slice_ends_it()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(0x401c, 1);
        SpuExit exit = spe.Turn((ref state, _) =>
        {
            spe.Problem(0x401c, 0);
            Assert.Equal(1u, spe.Problem(0x4024));
            Assert.Equal(SpuAttention.Leave, state.Attention);
            return new SpuExit(SpuExitReason.Attention);
        });
        Assert.Equal(SpuExitReason.Attention, exit.Reason);
        Assert.Equal(0u, spe.Problem(0x4024));
    }

    [Fact]
    public void Single_step_stops_after_one_instruction()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Privilege(0x4040, 1);
        spe.Problem(0x401c, 1);
        spe.Turn((ref state, _) =>
        {
            state.Instructions++;
            return new SpuExit(SpuExitReason.Budget);
        });
        Assert.Equal(0x10u, spe.Problem(0x4024));
    }

    [Fact]
    public void A_slice_that_is_interrupted_ends_and_the_SPU_stays_runnable()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(0x401c, 1);
        spe.Turn((ref _, _) =>
        {
            spe.Spe.Interrupt();
            return new SpuExit(SpuExitReason.Attention);
        });
        Assert.True(spe.Spe.IsRunnable);
    }

    [Theory, InlineData(2), InlineData(3)]
    public void Isolation_is_refused(uint control)
    {
        using TestMachine machine = new();
        machine.Spe.Problem(0x401c, control);
        Assert.Equal(0u, machine.Spe.Problem(0x4024));
        Assert.False(machine.Spe.Spe.IsRunnable);
    }

    [Fact]
    public void A_proxy_get_with_start_runs_the_SPU_when_it_is_done()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Privilege(0x3000, 1);
        Assert.Equal(0u, spe.Proxy(0x4a, 0, 0x1000, 0x800));
        Assert.Equal(0u, spe.Problem(0x4024));
        spe.Privilege(0x3000, 0);
        Assert.Equal(1u, spe.Problem(0x4024));
        Assert.True(spe.Spe.IsRunnable);
    }

    [Fact]
    public void The_proxy_queue_holds_eight_and_says_when_it_is_full_or_out_of_order()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        Assert.Equal(0x8000_0008u, spe.Problem(0x3104));
        spe.Problem(0x3014, 0x20);
        Assert.Equal(1u, spe.Problem(0x3014));
        spe.Privilege(0x3000, 1);
        for (uint i = 0; i < 8; i++)
            Assert.Equal(0u, spe.Proxy(0x20, 0, 0x1000, 16, i));
        Assert.Equal(0u, spe.Problem(0x3104));
        Assert.Equal(2u, spe.Proxy(0x20, 0, 0x1000, 16));
        spe.Problem(0x3014, 0x0101_0020);
        Assert.Equal(0x0101_0002u, spe.Problem(0x3014));

        spe.Problem(0x321c, 0xff);
        spe.Spe.SetInterruptMask(SpeInterruptClass.Application, 8);
        spe.Problem(0x3204, 2);
        Assert.Equal(2u, spe.Problem(0x3204));
        Assert.Equal(0u, spe.Problem(0x322c));
        Assert.False(spe.Lines[2].Level);
        spe.Privilege(0x3000, 0);
        Assert.Equal(0xffu, spe.Problem(0x322c));
        Assert.Equal(0u, spe.Problem(0x3204));
        Assert.True(spe.Lines[2].Level);
    }

    [Fact]
    public void Privileged_state_1_takes_what_a_partition_may_write()
    {
        using TestMachine machine = new();
        LogicalSpe spe = machine.Spe.Spe;
        foreach (ulong value in new ulong[] { 0x33, 0x32, 0x3b, 0x3a })
            Assert.Equal(Lv1Status.Success, spe.SetPrivilege1Register(0, value));
        foreach (ulong value in new ulong[] { 0, 0x20, 0x13, 0x73, 0x37, 0x1_0000_0033 })
            Assert.Equal(Lv1Status.IllegalParameterValue, spe.SetPrivilege1Register(0, value));
        Assert.Equal(Lv1Status.Success, spe.SetPrivilege1Register(0x820, 0x1000_0000));
        Assert.Equal(Lv1Status.IllegalParameterValue, spe.SetPrivilege1Register(0x400, 0));
    }

    [Fact]
    public void Execution_status_follows_enable_and_disable()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        Assert.Equal(3ul, spe.Shadow(0xf00));
        spe.Problem(0x401c, 1);
        spe.Problem(0x400c, 1);
        spe.Spe.Disable();
        Assert.Equal(0ul, spe.Shadow(0xf00));
        Assert.False(spe.Spe.IsRunnable);
        spe.Spe.Enable();
        Assert.Equal(3ul, spe.Shadow(0xf00));
        Assert.Equal(0x400u, spe.Problem(0x4014));
    }

    [Fact]
    public void An_SPE_signals_and_mails_another_by_DMA()
    {
        using TestMachine machine = new(2);
        TestSpe spe = machine.Spe;
        TestSpe other = machine.Spes[1];
        ulong area = TestMachine.ProblemStatesAt + (1 << 20);
        spe.LocalStore[0x100f] = 0x42;
        spe.Command(0xa0, 0x100c, area + 0x1400c, 4);
        Assert.Equal(0x42u, other.Read(3));
        spe.Command(0x20, 0x100c, area + 0x400c, 4);
        Assert.Equal(0x42u, other.Read(29));
        other.Write(28, 0x1234_5678);
        spe.Command(0x40, 0x2004, area + 0x4004, 4);
        Assert.Equal([0x12, 0x34, 0x56, 0x78], spe.LocalStore.Slice(0x2004, 4).ToArray());
        // The SPE itself too.
        spe.Command(0xa0, 0x100c, TestMachine.ProblemStatesAt + 0x1c00c, 4);
        Assert.Equal(0x42u, spe.Read(4));
        spe.Command(0xa0, 0x1000, area + 0x14000, 16);
        Assert.Equal(1ul, spe.Status(0));
    }

    [Fact]
    public void An_SPE_writes_another_ones_local_store_and_its_engine_is_told()
    {
        using TestMachine machine = new(2);
        TestSpe other = machine.Spes[1];
        machine.Spe.LocalStore[..64].Fill(0x11);
        machine.Spe.Command(0x20, 0, TestMachine.LocalStoresAt + (1 << 20) + 0x3ffc0, 64);
        Assert.Equal(-1, other.LocalStore[0x3ffc0..].IndexOfAnyExcept((byte)0x11));
        Assert.Equal([(0x3ffc0u, 64u)], other.Engine.Invalidated);
        Assert.Empty(machine.Writes);
    }

    [Theory]
    [InlineData(0x4024, 8), InlineData(0x4024, 2), InlineData(0x4026, 4), InlineData(0x30, 4), InlineData(0x1fffc, 4),
        InlineData(0x400c, 4)]
    public void What_is_no_register_reads_0_and_is_told(int offset, int size)
    {
        using TestMachine machine = new();
        Assert.Equal(0ul, machine.Spe.Spe.ProblemState.Read((ulong)offset, size));
        Assert.Contains($"0x{offset:x}", Assert.Single(machine.Messages), StringComparison.Ordinal);
        for (int i = 0; i < 1000; i++)
            machine.Spe.Spe.Privilege2.Write(0, 4, 1);
        Assert.InRange(machine.Messages.Count, 50, 200);
    }

    // The SPU leaves its host thread when it waits, and only a wake-up brings it back: one that is lost hangs the test.
    [Fact]
    public void No_wake_up_is_lost()
    {
        const uint Count = 20_000;
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        using SemaphoreSlim woken = new(0);
        machine.OnWake = () => woken.Release();
        uint pending = 0;
        bool full = false;
        spe.Engine.Program = (ref state, channels) =>
        {
            while (true)
            {
                if (!full && channels.Read(29, out pending) != ChannelResult.Done)
                    return new SpuExit(SpuExitReason.Blocked, 29);
                full = true;
                if (channels.Write(28, pending) != ChannelResult.Done)
                    return new SpuExit(SpuExitReason.Blocked, 28);
                full = false;
                if (pending == Count - 1)
                    return new SpuExit(SpuExitReason.Stopped, 1);
            }
        };
        spe.Problem(0x401c, 1);

        HostThreads.Run(Schedule, Talk);
        Assert.Equal(0x1_0002u, spe.Problem(0x4024));

        void Schedule()
        {
            SpuExit exit = default;
            while (exit.Reason != SpuExitReason.Stopped)
            {
                Assert.True(woken.Wait(TimeSpan.FromSeconds(60)), "a wake-up was lost");
                while (spe.Spe.IsRunnable)
                    exit = spe.Spe.RunSlice(100);
            }
        }

        void Talk()
        {
            uint sent = 0;
            for (uint got = 0; got < Count;)
            {
                if (sent < Count && (spe.Problem(0x4014) & 0xff00) != 0)
                    spe.Problem(0x400c, sent++);
                if ((spe.Problem(0x4014) & 0xff) != 0)
                    Assert.Equal(got++, spe.Problem(0x4004));
                else if (spe.Problem(0x4024) != 9)
                    Thread.Yield();
            }
        }
    }

    [Fact]
    public void Mail_between_host_threads_is_neither_lost_nor_doubled()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("SPU_STRESS_OPERATIONS"), out int asked) ? asked / 2 : 50_000;
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        HostThreads.Run(Echo, SendAndCheck);
        Assert.Equal(0x400u, spe.Problem(0x4014));

        void Echo()
        {
            for (int i = 0; i < count; i++)
            {
                uint value;
                while (spe.Channels.Read(29, out value) != ChannelResult.Done)
                    Thread.Yield();
                while (spe.Channels.Write(28, ~value) != ChannelResult.Done)
                    Thread.Yield();
            }
        }

        void SendAndCheck()
        {
            uint sent = 0;
            uint got = 0;
            while (got < count)
            {
                uint status = spe.Problem(0x4014);
                if ((status & 0xff00) != 0 && sent < count)
                    spe.Problem(0x400c, sent++ * 3);
                if ((status & 0xff) != 0)
                    Assert.Equal(~(got++ * 3), spe.Problem(0x4004));
                else if (sent == count || (status & 0xff00) == 0)
                    Thread.Yield();
            }
        }
    }
}
