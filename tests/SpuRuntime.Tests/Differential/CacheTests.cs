using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;

using Xunit;

namespace SpuRuntime.Tests.Differential;

/// <summary>Compiled code belongs to the contents of local store, not to an SPE or a point in time.</summary>
public sealed class CacheTests : IDisposable
{
    private const string Sum = "il $3,0\nil $4,1000\na $3,$3,$4\nai $4,$4,-1\nbrnz $4,8\nstop 1";
    private const string Double = "il $3,1\nil $4,9\na $3,$3,$3\nai $4,$4,-1\nbrnz $4,8\nstop 1";

    private readonly SpuCodeCache _code = new(new SpuEngineOptions { Threshold = 4, Synchronous = true, Verify = true });

    [Fact]
    public void A_loop_runs_compiled()
    {
        using TestSpu spu = Run(Sum, 500_500);

        Assert.True(spu.Core.Statistics.Compiled > 2900, $"{spu.Core.Statistics}");
        Assert.Equal(3003ul, spu.State.Instructions);
    }

    [Fact]
    public void A_loop_that_a_computed_branch_closes_ends()
    {
        // The target becomes a constant, and with it the way back into the region, behind the block where the count was one.
        const string Loops = "il $4,5\nnop $0\nnop $0\nai $4,$4,-1\nila $5,8\nnop $0\nbinz $4,$5\nai $6,$6,-1\nbrnz $6,0\nstop 1";
        using var code = new SpuCodeCache(
            new SpuEngineOptions { Threshold = 4, Synchronous = true, Verify = true, Small = new SpuRegionLimits(40, 2) });
        using TestSpu spu = new TestSpu(code: code).Load(Loops);
        spu.SetWords(6, 100);

        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(10_000));
        Assert.Equal(0u, spu.Word(4));
        Assert.True(spu.Core.Statistics.Compiled > 2000, $"{spu.Core.Statistics}");
    }

    [Fact]
    public void A_compiled_loop_without_an_end_is_left_when_somebody_asks()
    {
        using TestSpu spu = new TestSpu(code: _code).Load("a $3,$3,$4\nbr 0");
        spu.Core.Run(1000);
        using var timer = new Timer(_ => spu.Core.Signal(SpuAttention.Leave), null, 20, Timeout.Infinite);

        Assert.Equal(new SpuExit(SpuExitReason.Attention), spu.Core.Run(long.MaxValue));
        Assert.Equal((ulong)spu.Core.Statistics.Compiled, spu.State.Instructions, 100.0);
    }

    // Only words that are computed with are checked: the fourth word of x is not moderate, and this must not matter.
    [Fact]
    public void A_word_that_is_only_loaded_may_be_anything()
    {
        const string Loop = "il $2,100\nila $7,0x10203\nlqa $4,0x1000\nshufb $5,$4,$4,$7\nfa $6,$6,$5\nai $2,$2,-1\nbrnz $2,8\nstop 1";
        using TestSpu spu = new TestSpu(code: _code).Load(Loop);
        spu.SetWord(0x1000, BitConverter.SingleToUInt32Bits(1.5f));
        spu.SetWord(0x100c, 7);
        for (int round = 0; round < 10; round++)
        {
            spu.State.Pc = 0;
            Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(1000));
        }

        Assert.Equal(BitConverter.SingleToUInt32Bits(1500f), spu.Word(6));
        Assert.Equal(0, spu.Core.Statistics.SideExits);
    }

    [Theory]
    [InlineData(0x3_ffe0u)]
    [InlineData(0x3_ffd0u)]
    [InlineData(0x7_ffe0u)]
    [InlineData(0x4_0000u)]
    public void What_is_overwritten_behind_a_load_is_there_where_the_load_leaves(uint place)
    {
        // The loads wrap at the end of local store: compiled code has one check for both, and leaves the first one to the
        // interpreter, which needs the first value of $3.
        const string Loop = "ai $3,$6,16\nlqd $4,0($3)\nlqd $5,16($3)\nai $3,$6,32\na $9,$9,$4\na $9,$9,$5\n"
            + "ai $2,$2,-1\nbrnz $2,0x80\nstop 1";
        using TestSpu spu = new TestSpu(code: _code).Load(Loop, 0x80);
        spu.SetWords(2, 100);
        spu.SetWords(6, place);
        for (uint address = 0; address < 0x80; address += 4)
            spu.SetWord(address, address);
        spu.SetWord(0x3_ffec, 1);
        spu.SetWord(0x3_fffc, 2);
        uint sum = spu.GetWord((place + 16) & 0x3_fff0) + spu.GetWord((place + 32) & 0x3_fff0);

        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(10_000));
        Assert.Equal((100 * sum, place + 32), (spu.Word(9), spu.Word(3)));
        Assert.True(spu.Core.Statistics.Compiled > 90, $"{spu.Core.Statistics}");
    }

    [Fact]
    public void A_program_that_is_loaded_again_compiles_nothing()
    {
        using TestSpu spu = Run(Sum, 500_500);
        Again(spu, Double, 512);
        long compiled = _code.Work.Instructions;
        for (int round = 0; round < 10; round++)
        {
            Again(spu, Sum, 500_500);
            Again(spu, Double, 512);
        }

        Assert.Equal(compiled, _code.Work.Instructions);
        Assert.True(spu.Core.Statistics.Compiled > 28_000, $"{spu.Core.Statistics}");
    }

    [Fact]
    public void Another_spe_uses_what_the_first_has_compiled()
    {
        using TestSpu first = Run(Sum, 500_500);
        long compiled = _code.Work.Instructions;
        using TestSpu second = Run(Sum, 500_500);

        Assert.Equal(compiled, _code.Work.Instructions);
        Assert.True(second.Core.Statistics.Compiled > 2900, $"{second.Core.Statistics}");
    }

    [Fact]
    public void Old_code_goes_when_there_is_too_much()
    {
        using var few = new SpuCodeCache(new SpuEngineOptions { Threshold = 4, Synchronous = true, MostInstructions = 3 });
        using var spu = new TestSpu(code: few);
        for (int round = 0; round < 3; round++)
        {
            Again(spu, Sum, 500_500);
            Again(spu, Double, 512);
        }

        Assert.True(few.Work.Instructions > 10, $"{few.Work}");
    }

    [Fact]
    public void Several_spes_on_threads_of_their_own_share_it()
    {
        using var code = new SpuCodeCache(new SpuEngineOptions { Threshold = 4 });
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            using var spu = new TestSpu(code: code);
            for (int round = 0; round < 200; round++)
                Again(spu, (round + number) % 2 == 0 ? Sum : Double, (round + number) % 2 == 0 ? 500_500u : 512);
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();

        Assert.Equal(0, code.Work.Failures);
    }

    [Fact]
    public void Zeros_and_infinities_do_not_leave_compiled_code_forever()
    {
        using var spu = new TestSpu(code: _code);
        spu.Load("fm $3,$4,$5\nfa $6,$3,$4\nai $7,$7,-1\nbrnz $7,0\nstop 1");
        spu.SetWords(7, 30_000);
        spu.Core.Run(1_000_000);

        Assert.True(spu.Core.Statistics.SideExits < 2000, $"{spu.Core.Statistics}");
        Assert.True(spu.Core.Statistics.Compiled > 100_000, $"{spu.Core.Statistics}");
    }

    public void Dispose() => _code.Dispose();

    private TestSpu Run(string lines, uint result)
    {
        var spu = new TestSpu(code: _code);
        Again(spu, lines, result);
        return spu;
    }

    private static void Again(TestSpu spu, string lines, uint result)
    {
        spu.Load(lines);
        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(100_000));
        Assert.Equal(result, spu.Word(3));
    }
}
