using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;
using SpuRuntime.State;

using Xunit;

namespace SpuRuntime.Tests.Execution;

/// <summary>SPU_LSLR: loads and stores wrap at the limit (SPU ISA chapter 3, CBE Public Registers 3.3.2.2).</summary>
public sealed class LimitTests
{
    private const uint Full = SpuState.LocalStoreSize - 1;

    // Stores the count, which goes down to 0, at $5 and loads it from $6. The last value loaded is 1 if both are the same address.
    private const string Program = "il $4,1000\nstqd $4,0($5)\nlqd $3,0($6)\nai $4,$4,-1\nbrnz $4,4\nstop 1";

    [Theory]
    [InlineData(Full, 0x3_8000u)]
    [InlineData(0x1_ffffu, 0x1_8000u)]
    [InlineData(0xffffu, 0x8000u)]
    [InlineData(0x7fffu, 0u)]
    public void A_quadword_beyond_the_limit_is_one_before_it(uint limit, uint place)
    {
        using TestSpu spu = new TestSpu().Load(Program);
        spu.State.LocalStoreLimit = limit;

        Assert.Equal(1u, Run(spu, 0x3_8400, place + 0x400));
        Assert.Equal(1u, spu.GetWord(place + 0x400));
    }

    [Fact]
    public void Compiled_code_is_put_aside_while_there_is_a_limit()
    {
        using var code = new SpuCodeCache(new SpuEngineOptions { Threshold = 4, Synchronous = true, Verify = true });
        using TestSpu spu = new TestSpu(code: code).Load(Program);
        Assert.Equal(0u, Run(spu, 0x2_0400, 0x400));
        long compiled = spu.Core.Statistics.Compiled;
        Assert.True(compiled > 3000, $"{spu.Core.Statistics}");

        spu.State.LocalStoreLimit = 0x1_ffff;
        Assert.Equal(1u, Run(spu, 0x2_0400, 0x400));
        Assert.Equal(compiled, spu.Core.Statistics.Compiled);

        spu.SetWord(0x400, 7);
        spu.State.LocalStoreLimit = Full;
        Assert.Equal(7u, Run(spu, 0x2_0400, 0x400));
        Assert.True(spu.Core.Statistics.Compiled > compiled + 3000, $"{spu.Core.Statistics}");
    }

    private static uint Run(TestSpu spu, uint store, uint load)
    {
        spu.SetWords(5, store);
        spu.SetWords(6, load);
        spu.State.Pc = 0;
        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(10_000));
        return spu.Word(3);
    }
}
