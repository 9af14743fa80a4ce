using SpuRuntime.Engine;

using Xunit;

namespace SpuRuntime.Tests.Execution;

/// <summary>Instructions that change: by the SPU's own stores, by transfers, by the PPE.</summary>
public sealed class CodeTests
{
    // $4 holds "il $3,2; stop 0" and two more words, $5 the place.
    private static TestSpu Modifying(string between)
    {
        TestSpu spu = new TestSpu().Load($"brsl $0,0x100\nstqd $4,0($5)\n{between}\nbrsl $0,0x100\nstop 1");
        spu.Write("il $3,1\nbi $0\nnop $0\nnop $0", 0x100);
        spu.Write("il $3,2\nbi $0\nnop $0\nnop $0", 0x200);
        spu.State.Registers[4] = TestSpu.Register(spu.LocalStore.Slice(0x200, 16));
        spu.SetWords(5, 0x100);
        return spu;
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("syncc")]
    [InlineData("nop $0")]
    public void Stored_instructions_are_the_ones_that_run(string between)
    {
        using TestSpu spu = Modifying(between);

        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(100));
        Assert.Equal(2u, spu.Word(3));
    }

    [Fact]
    public void A_store_into_the_very_next_instruction_is_seen()
    {
        // In the first iteration the store at 0xc goes elsewhere, so that the quadword at 0x10 is decoded.
        using TestSpu spu = new TestSpu().Load("nop $0\nnop $0\nnop $0\nstqd $4,0x10($6)\nil $3,1\nstop 1\nnop $0\nnop $0");
        spu.Write("il $3,2\nstop 2\nnop $0\nnop $0", 0x40);
        spu.State.Registers[4] = TestSpu.Register(spu.LocalStore.Slice(0x40, 16));
        spu.SetWords(6, 0x1000);
        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(100));
        spu.SetWords(6, 0);
        spu.State.Pc = 0;

        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 2), spu.Core.Run(100));
        Assert.Equal(2u, spu.Word(3));
    }

    [Fact]
    public void What_the_ppe_wrote_between_runs_is_seen()
    {
        using TestSpu spu = new TestSpu().Load("il $3,1\nbr 0");
        spu.Core.Run(2);
        spu.Write("il $3,2", 0);

        spu.Core.Run(1);
        Assert.Equal(2u, spu.Word(3));
    }

    [Fact]
    public void What_the_ppe_writes_during_a_run_is_seen_at_sync()
    {
        var channels = new WritingChannels();
        using TestSpu spu = new TestSpu(channels).Load("brsl $0,0x100\nwrch $ch1,$3\nsync\nbrsl $0,0x100\nstop 1");
        spu.Write("il $3,1\nbi $0", 0x100);
        channels.OnWrite = () => spu.Write("il $3,2", 0x100);

        spu.Core.Run(100);
        Assert.Equal(2u, spu.Word(3));
    }

    [Fact]
    public void What_a_transfer_has_brought_is_seen_after_invalidate()
    {
        var channels = new WritingChannels();
        using TestSpu spu = new TestSpu(channels).Load("brsl $0,0x100\nwrch $ch1,$3\nbrsl $0,0x100\nstop 1");
        spu.Write("il $3,1\nbi $0", 0x100);
        channels.OnWrite = () =>
        {
            spu.Write("il $3,2", 0x100);
            spu.Core.Invalidate(0x80, 0x90);
        };

        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(100));
        Assert.Equal(2u, spu.Word(3));
    }

    [Fact]
    public void Invalidate_takes_all_of_local_store_and_what_is_empty()
    {
        using TestSpu spu = new TestSpu().Load("br 0");
        spu.Core.Run(1);
        spu.Core.Invalidate(0, 0);
        Assert.Equal(0, spu.State.Attention);
        spu.Core.Invalidate(0x3fff0, 16);
        Assert.Equal(0, spu.State.Attention);
        spu.Core.Invalidate(0, 0x40000);
        Assert.Equal(SpuAttention.Code, spu.State.Attention);
    }

    private sealed class WritingChannels : ISpuChannels
    {
        public Action OnWrite { get; set; } = static () => { };

        public bool CheckEvents() => false;

        public ChannelResult Read(int channel, out uint value)
        {
            value = 0;
            return ChannelResult.Invalid;
        }

        public ChannelResult Write(int channel, uint value)
        {
            OnWrite();
            return ChannelResult.Done;
        }

        public uint Count(int channel) => 1;
    }
}
