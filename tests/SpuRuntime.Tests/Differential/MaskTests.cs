using CellPpe.Recompiler;

using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;
using SpuRuntime.Execution.Translation;
using SpuRuntime.Isa;

using Xunit;

namespace SpuRuntime.Tests.Differential;

/// <summary>What regions assume about the index operands of shuffles.</summary>
public sealed class MaskTests
{
    private const long Instructions = 20_000;
    private const uint Loop = ProgramCase.Start + 8;
    private const int Mask = 70;

    // The index operands are computed once, before two loops.
    private const string Made =
        """
        ila $70,0x10203
        il $61,50
        shufb $5,$6,$6,$70
        a $6,$6,$5
        ai $61,$61,-1
        brnz $61,0x88
        ai $7,$7,1
        br 0x84
        """;

    // The loop at the end is called with indices that name bytes, with others that do, and with some that ask for constants.
    private const string Called =
        """
        ila $70,0x10203
        brsl $0,0xa8
        ila $70,0x20100
        brsl $0,0xa8
        ilh $70,0x8080
        brsl $0,0xa8
        ai $7,$7,1
        lnop
        br 0x80
        nop $0
        il $61,40
        shufb $5,$6,$6,$70
        a $6,$6,$5
        ai $61,$61,-1
        brnz $61,0xac
        bi $0
        """;

    // There are more index operands than a region assumes, and $70 changes long after everything was compiled.
    private const string Many =
        """
        ila $70,0x10203
        il $62,20
        ila $71,0x10203
        ila $72,0x10302
        ila $73,0x20103
        ila $74,0x20301
        ila $75,0x30102
        ila $76,0x30201
        ila $77,0x10200
        ila $78,0x10300
        ila $79,0x20100
        il $61,20
        shufb $5,$6,$7,$70
        shufb $6,$5,$6,$71
        shufb $7,$6,$7,$72
        shufb $6,$5,$6,$73
        shufb $7,$6,$7,$74
        shufb $6,$5,$6,$75
        shufb $7,$6,$7,$76
        shufb $6,$5,$6,$77
        shufb $7,$6,$7,$78
        shufb $6,$5,$7,$79
        a $6,$6,$61
        ai $61,$61,-1
        brnz $61,0xb0
        ai $62,$62,-1
        brnz $62,0x88
        ilh $70,0x8080
        br 0x84
        """;

    [Fact]
    public void A_region_that_begins_in_a_loop_takes_what_it_makes_before_it_for_granted()
    {
        IrRegion region = Translated(MaskTrust.Constant);
        // ila: 18 bits in each word.
        Assert.Equal(
            [new IrAssumption(SpuIrSlots.Gpr(Mask), 0x0001_0203_0001_0203, 0x0001_0203_0001_0203)], region.Assumed[region.Entries[0]]);
    }

    [Fact]
    public void One_that_may_not_does_not()
    {
        Assert.Empty(Translated(MaskTrust.Plain).Assumed);
        Assert.Empty(Translated(MaskTrust.None).Assumed);
    }

    [Theory, InlineData(Made), InlineData(Called), InlineData(Many)]
    public void What_is_otherwise_is_seen(string lines)
    {
        uint[] words = [.. SpuAssembler.AssembleLines(lines, ProgramCase.Start)];
        for (int seed = 0; seed < 12; seed++)
        {
            foreach (bool small in new[] { false, true })
            {
                var program = new ProgramCase(seed, words);
                using var code = new SpuCodeCache(ProgramSettings.Engine(program, small));
                Assert.Null(ProgramComparison.Run(program, code, Instructions, out SpuEngineStatistics statistics));
                Assert.Equal(0, code.Work.Failures);
                Assert.True(statistics.Compiled > Instructions / 4, $"only {statistics.Compiled} instructions were run by compiled code");
            }
        }
    }

    private static IrRegion Translated(MaskTrust masks)
    {
        using var spu = new TestSpu();
        new ProgramCase(0, [.. SpuAssembler.AssembleLines(Made, ProgramCase.Start)]).Prepare(spu);
        // The planner follows only code that has run.
        spu.Core.Run(Instructions);
        return SpuCodeCache.Translate(spu.Core.Plan(Loop, masks)!, SpuCodeCache.PassesOf(verify: true), SpuFloatMode.Exact);
    }
}
