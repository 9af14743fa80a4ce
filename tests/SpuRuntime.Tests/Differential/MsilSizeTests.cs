using System.Runtime.Intrinsics.X86;

using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Msil;

using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;
using SpuRuntime.Isa;

using Xunit;

namespace SpuRuntime.Tests.Differential;

/// <summary>
/// The size of the MSIL of chosen loops, with entry and exits: longer code is mostly slower code. A change beyond the
/// tolerance, either way, needs the number changed and a run of tests/Speed/spu.sh.
/// </summary>
public sealed class MsilSizeTests
{
    private const double Tolerance = 0.05;

    [SkippableTheory]
    [InlineData("count", "ai $3,$3,-1; brnz $3,0", 227)]
    [InlineData("word", "lqd $4,0($3); rotqby $4,$4,$3; a $5,$5,$4; ai $3,$3,4; cgt $6,$7,$3; brnz $6,0", 382)]
    [InlineData("insert", "lqx $4,$3,$8; cwx $5,$3,$8; shufb $4,$6,$4,$5; stqx $4,$3,$8; brnz $3,0", 376)]
    [InlineData("constants", "ilhu $4,0x1234; iohl $4,0x5678; a $3,$3,$4; lqa $5,0x1000; xor $3,$3,$5; brnz $3,0", 318)]
    [InlineData("floats", "lqd $4,0($3); lqd $5,16($3); fma $6,$4,$5,$6; fm $7,$4,$8; fa $9,$7,$9; stqd $6,32($3); brnz $3,0", 794)]
    [InlineData("call", "brsl $0,0xc; ai $3,$3,1; br 0; ai $4,$4,1; bi $0", 349)]
    public void Chosen_loops_keep_their_size(string name, string lines, int golden)
    {
        Skip.IfNot(Avx512F.IsSupported || name != "floats", "what guards take is that of a host with AVX-512");
        uint[] words = [.. SpuAssembler.AssembleLines(lines.Replace("; ", "\n", StringComparison.Ordinal), 0)];
        int size = SizeOf(words);
        Assert.True(Math.Abs(size - golden) <= Tolerance * golden, $"{name}: {size} bytes of MSIL, golden {golden}");
    }

    private static unsafe int SizeOf(uint[] words)
    {
        using var spu = new TestSpu();
        for (int index = 0; index < words.Length; index++)
            spu.SetWord(4 * (uint)index, words[index]);
        // Addresses far from the code.
        for (int register = 0; register < 128; register++)
            spu.SetWords(register, 0x4000);
        // All code has run: the planner follows only such code.
        for (uint address = 0; address < 4 * words.Length; address += 4)
        {
            spu.State.Pc = address;
            spu.Core.Run(1);
        }

        SpuRegionPlan plan = spu.Core.Plan(0) ?? throw new InvalidOperationException("nothing to compile");
        IrRegion region = SpuCodeCache.Translate(plan, SpuCodeCache.PassesOf(verify: true), SpuFloatMode.Exact);
        return new MsilRegionBackend(new SpuRegionGuest(plan), new HelperPlans(inline: false)).Compile(
            region, "size", plan.Speculates).MsilBytes;
    }
}
