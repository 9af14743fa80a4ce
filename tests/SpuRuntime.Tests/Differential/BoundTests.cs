using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;

using Xunit;

namespace SpuRuntime.Tests.Differential;

/// <summary>The memory that SPEs keep for programs no longer in use is bounded.</summary>
public sealed class BoundTests
{
    private const int LoopInstructions = 3;

    [Fact]
    public void The_cache_keeps_to_its_bound_and_what_is_loaded_again_and_again_stays()
    {
        const int Most = 40;
        using var code = new SpuCodeCache(new SpuEngineOptions { Threshold = 4, Synchronous = true, MostInstructions = Most });
        using var spu = new TestSpu(code: code);
        Run(spu, 0);
        for (int program = 1; program <= 100; program++)
        {
            Run(spu, program);
            long before = code.Work.Instructions;
            Run(spu, 0);
            Assert.Equal(before, code.Work.Instructions);
            Assert.InRange(code.Kept.Instructions, LoopInstructions, Most);
        }

        Assert.InRange(code.Work.Instructions, 101 * LoopInstructions, long.MaxValue);
        Assert.InRange(code.Kept.Regions, 1, Most / LoopInstructions);
        Assert.True(code.Retired.Regions > 80, $"{code.Retired}");
    }

    [Fact]
    public void What_is_in_place_in_one_spe_keeps_to_it_too()
    {
        const int Most = 30;
        const int Loops = 50;
        var small = new SpuRegionLimits(6, 6);
        var options = new SpuEngineOptions { Threshold = 4, Synchronous = true, MostInstructions = Most, Small = small, Large = small };
        using var code = new SpuCodeCache(options);
        string lines = string.Concat(Enumerable.Range(0, Loops).Select(static loop =>
            $"il $4,100\na $3,$3,$4\nai $4,$4,-1\nbrnz $4,{(loop * 16) + 4}\n")) + "stop 1";
        using TestSpu spu = new TestSpu(code: code).Load(lines);
        for (int round = 0; round < 3; round++)
        {
            spu.State.Pc = 0;
            spu.SetWords(3, 0);
            Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(1_000_000));
            Assert.Equal(5050u * Loops, spu.Word(3));
            Assert.InRange(spu.Core.Regions!.Instructions, 1, Most);
        }

        Assert.True(spu.Core.Statistics.Compiled > Loops * 200, $"{spu.Core.Statistics}");
    }

    [Fact]
    public void Notes_about_addresses_are_forgotten_when_there_are_too_many()
    {
        using var code = new SpuCodeCache(new SpuEngineOptions { Threshold = 4, Synchronous = true });
        using TestSpu spu = new TestSpu(code: code).Load("stop 1");
        for (uint branch = 0; branch < 6000; branch++)
            spu.Core.Regions!.NoteTarget(branch * 4, 0x100);
        Assert.Equal(6000, spu.Core.Regions!.Noted.Notes);

        spu.Core.Run(10);

        Assert.InRange(spu.Core.Regions!.Noted.Notes, 0, 4096);
    }

    [Fact]
    public void A_region_that_has_gone_is_not_remembered_as_unfit()
    {
        using var code = new SpuCodeCache(new SpuEngineOptions { Threshold = 4, Synchronous = true });
        using var spu = new TestSpu(code: code);
        Run(spu, 0);
        spu.Core.Regions!.NoteUnfit(4);
        Assert.Equal(1, spu.Core.Regions!.Noted.Unfit);

        Run(spu, 1);
        Run(spu, 2);

        Assert.Equal(0, spu.Core.Regions!.Noted.Unfit);
    }

    // Adds a constant of the program's own a thousand times.
    private static void Run(TestSpu spu, int program)
    {
        spu.Load($"ila $4,1000\nai $3,$3,{program}\nai $4,$4,-1\nbrnz $4,4\nstop 1");
        spu.SetWords(3, 0);
        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(100_000));
        Assert.Equal(1000u * (uint)program, spu.Word(3));
    }
}
