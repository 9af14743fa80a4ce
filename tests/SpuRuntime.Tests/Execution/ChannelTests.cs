using SpuRuntime.Engine;
using SpuRuntime.Tests.Vectors;

using Xunit;

namespace SpuRuntime.Tests.Execution;

/// <summary>Channel instructions and the interrupt facility (SPU ISA chapters 11 and 12).</summary>
public sealed class ChannelTests
{
    private readonly PlainChannels _channels = new();

    [Fact]
    public void A_read_goes_to_the_preferred_slot_and_clears_the_others()
    {
        using TestSpu spu = new TestSpu(_channels).Load("rdch $3,$ch4");
        spu.SetWords(3, 0xffff_ffff);

        spu.Core.Run(1);
        Assert.Equal((PlainChannels.Value(4), 0u, 0u, 0u), (spu.Word(3), spu.Word(3, 1), spu.Word(3, 2), spu.Word(3, 3)));
    }

    [Theory]
    [InlineData("rdch $3,$ch100")]
    [InlineData("wrch $ch101,$3")]
    public void What_would_block_leaves_at_itself_and_does_not_count(string instruction)
    {
        using TestSpu spu = new TestSpu(_channels).Load($"nop $0\n{instruction}\nstop 0");
        spu.SetWords(3, 0x77);

        Assert.Equal(SpuExitReason.Blocked, spu.Core.Run(100).Reason);
        Assert.Equal(SpuExitReason.Blocked, spu.Core.Run(100).Reason);
        Assert.Equal((4u, 1ul, 0x77u), (spu.State.Pc, spu.State.Instructions, spu.Word(3)));
    }

    [Theory]
    [InlineData("rdch $3,$ch121", 121)]
    [InlineData("rdch $3,$ch5", 5)]
    [InlineData("wrch $ch4,$3", 4)]
    public void A_channel_that_is_not_there_leaves_with_its_number(string instruction, uint channel)
    {
        using TestSpu spu = new TestSpu(_channels).Load(instruction);

        Assert.Equal(new SpuExit(SpuExitReason.InvalidChannel, channel), spu.Core.Run(100));
    }

    [Fact]
    public void The_instruction_count_is_up_to_date_at_a_channel()
    {
        ulong seen = 0;
        var channels = new CountingChannels();
        using TestSpu spu = new TestSpu(channels).Load("nop $0\nnop $0\nrchcnt $3,$ch0\nrdch $3,$ch0\nstop 0");
        channels.OnAccess = () => seen = (seen << 8) | spu.State.Instructions;

        spu.Core.Run(100);
        Assert.Equal(0x0203ul, seen);
    }

    [Fact]
    public void Bie_lets_a_waiting_event_in_before_its_target()
    {
        _channels.IsEventPending = true;
        using TestSpu spu = new TestSpu(_channels).Load("il $3,1\nbie $5", 0x100);
        spu.Write("stop 7", 0);
        spu.SetWords(5, 0x200);

        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 7), spu.Core.Run(100));
        Assert.Equal((0x200u, 0u, 3ul), (spu.State.Srr0, spu.State.InterruptEnable, spu.State.Instructions));
    }

    [Fact]
    public void An_event_that_comes_interrupts_a_running_loop_and_irete_goes_back()
    {
        using TestSpu spu = new TestSpu(_channels).Load("ai $3,$3,1\nbr 0x100", 0x100);
        spu.Write("ai $4,$4,1\nirete $0", 0);
        spu.State.InterruptEnable = 1;
        spu.Core.Run(4);
        _channels.IsEventPending = true;
        spu.Core.Signal(SpuAttention.Event);

        Assert.Equal(SpuExitReason.Budget, spu.Core.Run(1).Reason);
        Assert.Equal((1u, 0u, 0x100u), (spu.Word(4), spu.State.InterruptEnable, spu.State.Srr0));
        _channels.IsEventPending = false;
        spu.Core.Run(2);
        Assert.Equal((3u, 1u, 0x104u), (spu.Word(3), spu.State.InterruptEnable, spu.State.Pc));
    }

    [Fact]
    public void Disabled_interrupts_leave_the_event_waiting()
    {
        _channels.IsEventPending = true;
        using TestSpu spu = new TestSpu(_channels).Load("nop $0\nbid $5", 0x100);
        spu.SetWords(5, 0x200);

        spu.Core.Run(2);
        Assert.Equal((0x200u, 0u), (spu.State.Pc, spu.State.InterruptEnable));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bisled_branches_only_for_an_event_and_links_always(bool pending)
    {
        _channels.IsEventPending = pending;
        using TestSpu spu = new TestSpu(_channels).Load("bisled $5,$5");
        spu.SetWords(5, 0x200);

        spu.Core.Run(1);
        Assert.Equal((pending ? 0x200u : 4u, 4u), (spu.State.Pc, spu.Word(5)));
    }

    [Fact]
    public void A_channel_write_that_unmasks_an_event_is_followed_by_the_interrupt()
    {
        var channels = new CountingChannels();
        using TestSpu spu = new TestSpu(channels).Load("wrch $ch1,$3\nnop $0", 0x100);
        spu.Write("stop 9", 0);
        spu.State.InterruptEnable = 1;
        channels.OnAccess = () => channels.IsEventPending = true;

        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 9), spu.Core.Run(100));
        Assert.Equal(0x104u, spu.State.Srr0);
    }

    private sealed class CountingChannels : ISpuChannels
    {
        public Action OnAccess { get; set; } = static () => { };

        public bool IsEventPending { get; set; }

        public bool CheckEvents() => IsEventPending;

        public ChannelResult Read(int channel, out uint value)
        {
            OnAccess();
            value = 0;
            return ChannelResult.Done;
        }

        public ChannelResult Write(int channel, uint value)
        {
            OnAccess();
            return ChannelResult.Done;
        }

        public uint Count(int channel)
        {
            OnAccess();
            return 1;
        }
    }
}
