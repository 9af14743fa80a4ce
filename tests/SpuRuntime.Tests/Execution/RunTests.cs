using SpuRuntime.Engine;

using Xunit;

namespace SpuRuntime.Tests.Execution;

/// <summary>How an SPU runs and leaves: budgets, stops, steps, attention, and the ends of local store.</summary>
public sealed class RunTests
{
    [Fact]
    public void A_loop_runs_exactly_its_budget()
    {
        using TestSpu spu = new TestSpu().Load("ai $3,$3,1\nbr 0");
        for (int budget = 1; budget < 40; budget++)
        {
            ulong before = spu.State.Instructions;
            Assert.Equal(new SpuExit(SpuExitReason.Budget), spu.Core.Run(budget));
            Assert.Equal(before + (ulong)budget, spu.State.Instructions);
            Assert.Equal(spu.State.Instructions % 2 == 0 ? 0u : 4u, spu.State.Pc);
            Assert.Equal((spu.State.Instructions + 1) / 2, spu.Word(3));
        }
    }

    [Fact]
    public void No_budget_no_instruction()
    {
        using TestSpu spu = new TestSpu().Load("ai $3,$3,1");

        Assert.Equal(new SpuExit(SpuExitReason.Budget), spu.Core.Run(0));
        Assert.Equal((0ul, 0u), (spu.State.Instructions, spu.Word(3)));
    }

    [Fact]
    public void Stop_leaves_behind_itself_with_its_type()
    {
        using TestSpu spu = new TestSpu().Load("nop $0\nstop 0x2104\nil $3,7");

        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 0x2104), spu.Core.Run(100));
        Assert.Equal((8u, 2ul), (spu.State.Pc, spu.State.Instructions));
        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 0), spu.Core.Run(100));
        Assert.Equal(7u, spu.Word(3));
    }

    [Fact]
    public void Stopd_has_all_bits_of_the_type_set()
    {
        using TestSpu spu = new TestSpu().Load("stopd $1,$2,$3");

        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 0x3fff), spu.Core.Run(100));
    }

    [Fact]
    public void A_stop_at_the_last_word_leaves_at_address_zero()
    {
        using TestSpu spu = new TestSpu().Load("stop 1", 0x3fffc);

        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(100));
        Assert.Equal(0u, spu.State.Pc);
    }

    [Fact]
    public void Execution_goes_around_at_the_end_of_local_store()
    {
        using TestSpu spu = new TestSpu().Load("il $3,1\nil $4,2", 0x3fff8);
        spu.Write("il $5,3\nstop 0", 0);

        Assert.Equal(new SpuExit(SpuExitReason.Budget), spu.Core.Run(2));
        Assert.Equal(0u, spu.State.Pc);
        Assert.Equal(SpuExitReason.Stopped, spu.Core.Run(100).Reason);
        Assert.Equal((1u, 2u, 3u, 4ul), (spu.Word(3), spu.Word(4), spu.Word(5), spu.State.Instructions));
    }

    [Fact]
    public void A_link_at_the_last_word_is_zero()
    {
        using TestSpu spu = new TestSpu().Load("brsl $0,0x100", 0x3fffc);
        spu.SetWords(0, 0xffff_ffff);

        spu.Core.Run(1);
        Assert.Equal((0u, 0u, 0x100u), (spu.Word(0), spu.Word(0, 1), spu.State.Pc));
    }

    [Theory]
    [InlineData("heq $3,$4", 5, 5, true)]
    [InlineData("heq $3,$4", 5, 6, false)]
    [InlineData("hgti $3,-1", 0, 0, true)]
    [InlineData("hlgti $3,-1", 0, 0, false)]
    [InlineData("hlgt $3,$4", -1, 1, true)]
    public void A_halt_that_is_taken_stops_behind_itself(string instruction, int a, int b, bool taken)
    {
        // GNU as writes the false target RT of halts first.
        using TestSpu spu = new TestSpu().Load(instruction.Insert(instruction.IndexOf('$'), "$0,") + "\nstop 0");
        spu.SetWords(3, (uint)a);
        spu.SetWords(4, (uint)b);

        Assert.Equal(taken ? SpuExitReason.Halted : SpuExitReason.Stopped, spu.Core.Run(2).Reason);
        Assert.Equal(taken ? 4u : 8u, spu.State.Pc);
        Assert.Equal(0u, spu.Word(0));
    }

    [Fact]
    public void A_word_that_is_no_instruction_leaves_at_itself_and_does_not_count()
    {
        using TestSpu spu = new TestSpu().Load("nop $0\n.long 0x00800000");

        Assert.Equal(SpuExitReason.InvalidInstruction, spu.Core.Run(100).Reason);
        Assert.Equal((4u, 1ul), (spu.State.Pc, spu.State.Instructions));
        spu.Write("stop 3", 4);
        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 3), spu.Core.Run(100));
    }

    [Theory]
    [InlineData("dfceq $3,$4,$5")]
    [InlineData("dftsv $3,$4,1")]
    public void Optional_instructions_are_invalid_unless_asked_for(string instruction)
    {
        using TestSpu cell = new TestSpu().Load(instruction);
        using TestSpu later = new TestSpu(optionalInstructions: true).Load(instruction);

        Assert.Equal(SpuExitReason.InvalidInstruction, cell.Core.Run(1).Reason);
        Assert.Equal(SpuExitReason.Budget, later.Core.Run(1).Reason);
    }

    [Fact]
    public void Single_step_does_one_instruction()
    {
        using TestSpu spu = new TestSpu().Load("il $3,1\nil $4,2\nstop 0");
        spu.Core.SingleStep = true;

        Assert.Equal(new SpuExit(SpuExitReason.SingleStep), spu.Core.Run(100));
        Assert.Equal((4u, 1u, 0u), (spu.State.Pc, spu.Word(3), spu.Word(4)));
        Assert.Equal(new SpuExit(SpuExitReason.SingleStep), spu.Core.Run(100));
        // An SPU that stops by itself reports this.
        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 0), spu.Core.Run(100));
    }

    [Fact]
    public void Attention_ends_a_run_that_would_never_end()
    {
        using TestSpu spu = new TestSpu().Load("br 0");
        using var timer = new Timer(_ => spu.Core.Signal(SpuAttention.Leave), null, 20, Timeout.Infinite);

        Assert.Equal(new SpuExit(SpuExitReason.Attention), spu.Core.Run(long.MaxValue));
        Assert.Equal(0, spu.State.Attention);
        Assert.Equal(new SpuExit(SpuExitReason.Budget), spu.Core.Run(10));
    }

    [Fact]
    public void Attention_before_a_run_ends_it_before_the_first_instruction()
    {
        using TestSpu spu = new TestSpu().Load("br 0");
        spu.State.Attention = SpuAttention.Leave;

        Assert.Equal(new SpuExit(SpuExitReason.Attention), spu.Core.Run(10));
        Assert.Equal(0ul, spu.State.Instructions);
    }

    [Fact]
    public void Addresses_lose_their_last_bits_and_what_is_above_local_store()
    {
        using TestSpu spu = new TestSpu().Load("lqd $5,16($3)\nstqx $5,$4,$3\nbi $6");
        spu.SetWords(3, 0xfffc_001f);
        spu.SetWords(4, 0x0004_00e7);
        spu.SetWords(6, 0xdead_0107);
        spu.SetWord(0x20, 0x1234_5678);

        spu.Core.Run(3);

        Assert.Equal(0x1234_5678u, spu.Word(5));
        Assert.Equal(0x1234_5678u, spu.GetWord(0x100));
        Assert.Equal(0x10104u, spu.State.Pc);
    }

    [Fact]
    public void Hints_and_nops_change_nothing()
    {
        using TestSpu spu = new TestSpu().Load(
            "hbr 0x10,$3\nhbrp 0x4,$3\nhbra 0x10,0x20\nhbrr 0x10,0x20\nnop $3\nlnop\ndsync\nsync\nsyncc\nmtspr $sp3,$3");
        spu.SetWords(3, 0x55);

        Assert.Equal(SpuExitReason.Budget, spu.Core.Run(10).Reason);
        Assert.Equal((40u, 0x55u, 10ul), (spu.State.Pc, spu.Word(3), spu.State.Instructions));
    }

    [Fact]
    public void Special_purpose_registers_read_as_zero()
    {
        using TestSpu spu = new TestSpu().Load("mfspr $3,$sp7");
        spu.SetWords(3, 9);

        spu.Core.Run(1);
        Assert.Equal((0u, 0u), (spu.Word(3), spu.Word(3, 3)));
    }
}
