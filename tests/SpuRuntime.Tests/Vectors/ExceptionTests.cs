using System.Runtime.Intrinsics;

using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;

using Xunit;

namespace SpuRuntime.Tests.Vectors;

/// <summary>
/// Floating-point exceptions at the borders where it matters whether they are judged before or after rounding, on the interpreter and
/// on compiled code. The rows are those of SpuRuntime/Arithmetic/EXCEPTIONS.md.
/// </summary>
public sealed class ExceptionTests
{
    private const uint Ovf = 4;
    private const uint Unf = 2;
    private const uint Diff = 1;
    private const uint DoubleOvf = 0x2000;
    private const uint DoubleUnf = 0x1000;
    private const uint Inx = 0x800;
    private const uint Inv = 0x400;
    private const uint Nan = 0x200;
    private const uint Denorm = 0x100;

    // Rounding modes of both slices, as word 0 of the FPSCR has them.
    private const uint ToNearest = 0;
    private const uint ToZero = 0x500;
    private const uint Up = 0xa00;
    private const uint Down = 0xf00;

    private const ulong LargestDouble = 0x7fef_ffff_ffff_ffff;
    private const ulong InfiniteDouble = 0x7ff0_0000_0000_0000;
    private const ulong SmallestNormal = 0x0010_0000_0000_0000;
    private const ulong LargestDenormal = 0x000f_ffff_ffff_ffff;

    /// <summary>Instruction, words of $3, $4 and $5, result, flags of each slice.</summary>
    public static TheoryData<string, uint, uint, uint, uint, uint> Single => new()
    {
        // Overflow: the exact result lies between the largest number and the next one with an unbounded exponent. Seen on consoles.
        { "fa $6,$3,$4", 0x7f80_0000, 0x7f7f_ffff, 0, 0x7fff_ffff, Diff },
        { "fa $6,$3,$4", 0xff80_0000, 0xff7f_ffff, 0, 0xffff_ffff, Diff },
        { "fs $6,$3,$4", 0x7f80_0000, 0xff7f_ffff, 0, 0x7fff_ffff, Diff },
        { "fma $6,$3,$4,$5", 0x7f80_0000, 0x3f80_0000, 0x7f7f_ffff, 0x7fff_ffff, Diff },
        { "fms $6,$3,$4,$5", 0x7f80_0000, 0x3f80_0000, 0xff7f_ffff, 0x7fff_ffff, Diff },
        { "fnms $6,$3,$4,$5", 0xff80_0000, 0x3f80_0000, 0x7f7f_ffff, 0x7fff_ffff, Diff },
        { "fnms $6,$3,$4,$5", 0x7f80_0000, 0x3f80_0000, 0xff7f_ffff, 0xffff_ffff, Diff },
        { "fa $6,$3,$4", 0x7fff_ffff, 0x0080_0000, 0, 0x7fff_ffff, Diff },
        { "fa $6,$3,$4", 0x7fff_ffff, 0x8080_0000, 0, 0x7fff_fffe, Diff },
        { "fs $6,$3,$4", 0x7fff_ffff, 0x8080_0000, 0, 0x7fff_ffff, Diff },
        { "fma $6,$3,$4,$5", 0x0080_0000, 0x3f80_0000, 0x7fff_ffff, 0x7fff_ffff, Diff },
        { "fa $6,$3,$4", 0x7fff_ffff, 0x7380_0000, 0, 0x7fff_ffff, Diff },
        { "fm $6,$3,$4", 0x7f80_5ccd, 0x3fff_46ec, 0, 0x7fff_ffff, Diff },
        { "fma $6,$3,$4,$5", 0x7f80_5ccd, 0x3fff_46ec, 0, 0x7fff_ffff, Diff },
        { Word(0b0111011010, 253), 0x7fff_ffff, 0, 0, 0x7fff_ffff, Diff }, // csflt: times 2 to the 98
        { Word(0b0111011011, 252), 0xffff_ffff, 0, 0, 0x7fff_ffff, Diff }, // cuflt: times 2 to the 97

        // One unit more: overflow.
        { "fa $6,$3,$4", 0x7fff_ffff, 0x7400_0000, 0, 0x7fff_ffff, Ovf | Diff },
        { "fs $6,$3,$4", 0xffff_ffff, 0x7400_0000, 0, 0xffff_ffff, Ovf | Diff },
        { "fma $6,$3,$4,$5", 0x7400_0000, 0x3f80_0000, 0x7fff_ffff, 0x7fff_ffff, Ovf | Diff },
        { "fms $6,$3,$4,$5", 0x7400_0000, 0x3f80_0000, 0xffff_ffff, 0x7fff_ffff, Ovf | Diff },
        { "fnms $6,$3,$4,$5", 0x7400_0000, 0x3f80_0000, 0xffff_ffff, 0xffff_ffff, Ovf | Diff },
        { "fm $6,$3,$4", 0x7f80_0000, 0x4000_0000, 0, 0x7fff_ffff, Ovf | Diff },
        { Word(0b0111011010, 253), 0x8000_0000, 0, 0, 0xffff_ffff, Ovf | Diff },
        { Word(0b0111011011, 253), 0xffff_ffff, 0, 0, 0x7fff_ffff, Ovf | Diff },

        // A product may leave the range as long as the sum does not.
        { "fms $6,$3,$4,$5", 0x7fff_ffff, 0x3f80_0001, 0x7fff_ffff, 0x747f_ffff, Diff },

        // Underflow: truncation never reaches the smallest number from below, so before and after are the same.
        { "fm $6,$3,$4", 0x0080_0000, 0x3f7f_ffff, 0, 0, Unf | Diff },
        { "fm $6,$3,$4", 0x0080_0000, 0xbf7f_ffff, 0, 0, Unf | Diff },
        { "fa $6,$3,$4", 0x0080_0001, 0x8080_0000, 0, 0, Unf | Diff },
        { "fs $6,$3,$4", 0x0080_0000, 0x0080_0001, 0, 0, Unf | Diff },
        { "fma $6,$3,$4,$5", 0x0d80_0000, 0x8d80_0000, 0x0080_0000, 0, Unf | Diff },
        { "fms $6,$3,$4,$5", 0x0d80_0000, 0x0d80_0000, 0x0080_0000, 0, Unf | Diff },
        { "fnms $6,$3,$4,$5", 0x0d80_0000, 0x0d80_0000, 0x0080_0000, 0, Unf | Diff },
        { "fi $6,$3,$4", 0x0007_ffff, 0x0080_03ff, 0, 0, Unf | Diff },
        { Word(0b0111011010, 28), 1, 0, 0, 0, Unf | Diff }, // csflt: 2 to the -127
        { Word(0b0111011010, 29), 1, 0, 0, 0x0080_0000, 0 },
        { Word(0b0111011011, 28), 1, 0, 0, 0, Unf | Diff },
        { "fa $6,$3,$4", 0x0080_0000, 0x8080_0000, 0, 0, 0 },
        { "fm $6,$3,$4", 0x0080_0000, 0x0000_0000, 0, 0, 0 },

        // Different from IEEE: by operands, and by the exponent of the truncated result.
        { "fa $6,$3,$4", 0x7f80_0000, 0xff80_0000, 0, 0, Diff },
        { "fa $6,$3,$4", 0x0000_0001, 0x3f80_0000, 0, 0x3f80_0000, Diff },
        { "fa $6,$3,$4", 0x7f7f_ffff, 0x7280_0000, 0, 0x7f7f_ffff, 0 },
        { "fa $6,$3,$4", 0x7f7f_ffff, 0x7380_0000, 0, 0x7f80_0000, Diff },
        { "fi $6,$3,$4", 0x0000_0000, 0x7f80_0000, 0, 0x7f80_0000, Diff },
        { "fi $6,$3,$4", 0x7f80_0000, 0x3f80_0000, 0, 0x3f80_0000, 0 },

        // Estimates set nothing but DBZ, and that by the exponent alone; conversions to integers set nothing.
        { "frest $6,$3", 0x7f80_0000, 0, 0, 0x007f_fbe0, 0 },
        { "frsqest $6,$3", 0xff80_0000, 0, 0, 0x1f7f_fdf4, 0 },
        { Word(0b0111011000, 173), 0x7fff_ffff, 0, 0, 0x7fff_ffff, 0 }, // cflts
        { Word(0b0111011001, 173), 0xffff_ffff, 0, 0, 0, 0 }, // cfltu
    };

    /// <summary>
    /// Instruction, mode, doublewords of $3, $4 and $5 (the last is the third operand, in $6), result, flags of each slice.
    /// </summary>
    public static TheoryData<string, uint, ulong, ulong, ulong, ulong, uint> Double => new()
    {
        // Overflow is judged of the rounded result, the exponent unbounded (9.2.2).
        { "dfma $6,$3,$4", ToNearest, 0x7c80_0000_0000_0000, 0x3ff0_0000_0000_0000, LargestDouble, LargestDouble, Inx },
        { "dfma $6,$3,$4", ToNearest, 0x7c90_0000_0000_0000, 0x3ff0_0000_0000_0000, LargestDouble, InfiniteDouble, DoubleOvf | Inx },
        { "dfma $6,$3,$4", ToZero, 0x7c90_0000_0000_0000, 0x3ff0_0000_0000_0000, LargestDouble, LargestDouble, Inx },
        { "dfma $6,$3,$4", ToZero, 0x7ca0_0000_0000_0000, 0x3ff0_0000_0000_0000, LargestDouble, LargestDouble, DoubleOvf | Inx },
        { "dfma $6,$3,$4", Up, 0x0010_0000_0000_0000, 0x3ff0_0000_0000_0000, LargestDouble, InfiniteDouble, DoubleOvf | Inx },
        { "dfma $6,$3,$4", Down, 0x0010_0000_0000_0000, 0x3ff0_0000_0000_0000, LargestDouble, LargestDouble, Inx },
        { "dfa $6,$3,$4", ToNearest, LargestDouble, 0x7c80_0000_0000_0000, 0, LargestDouble, Inx },
        { "dfa $6,$3,$4", ToNearest, LargestDouble, 0x7c90_0000_0000_0000, 0, InfiniteDouble, DoubleOvf | Inx },
        { "dfs $6,$3,$4", ToNearest, LargestDouble, 0xfc90_0000_0000_0000, 0, InfiniteDouble, DoubleOvf | Inx },
        { "dfm $6,$3,$4", ToZero, LargestDouble, 0x4000_0000_0000_0000, 0, LargestDouble, DoubleOvf | Inx },
        { "dfnma $6,$3,$4", ToNearest, 0x7c90_0000_0000_0000, 0x3ff0_0000_0000_0000, LargestDouble, InfiniteDouble | (1UL << 63), DoubleOvf
            | Inx },
        { "dfms $6,$3,$4", ToNearest, 0x7c80_0000_0000_0000, 0x3ff0_0000_0000_0000, LargestDouble | (1UL << 63), LargestDouble, Inx },
        { "dfnms $6,$3,$4", ToNearest, 0x7c90_0000_0000_0000, 0x3ff0_0000_0000_0000, LargestDouble | (1UL << 63), InfiniteDouble
            | (1UL << 63), DoubleOvf | Inx },
        { "frds $6,$3", ToNearest, 0x47ef_ffff_efff_ffff, 0, 0, 0x7f7f_ffff_0000_0000, Inx },
        { "frds $6,$3", ToNearest, 0x47ef_ffff_f000_0000, 0, 0, 0x7f80_0000_0000_0000, DoubleOvf | Inx },
        { "frds $6,$3", ToZero, 0x47ef_ffff_f000_0000, 0, 0, 0x7f7f_ffff_0000_0000, Inx },
        { "frds $6,$3", ToZero, 0x47f0_0000_0000_0000, 0, 0, 0x7f7f_ffff_0000_0000, DoubleOvf | Inx },

        // Underflow: tiny before rounding, and inexact (9.2.2).
        { "dfma $6,$3,$4", ToNearest, 0x1a70_0000_0000_0000, 0x9a70_0000_0000_0000, SmallestNormal, SmallestNormal, DoubleUnf | Inx },
        { "dfma $6,$3,$4", ToZero, 0x1a70_0000_0000_0000, 0x9a70_0000_0000_0000, SmallestNormal, LargestDenormal, DoubleUnf | Inx },
        { "dfnms $6,$3,$4", ToNearest, 0x1a70_0000_0000_0000, 0x1a70_0000_0000_0000, SmallestNormal, SmallestNormal, DoubleUnf | Inx },
        { "dfm $6,$3,$4", ToNearest, SmallestNormal, 0x3fef_ffff_ffff_ffff, 0, SmallestNormal, DoubleUnf | Inx },
        { "dfm $6,$3,$4", ToNearest, 0x1a70_0000_0000_0000, 0x1a70_0000_0000_0000, 0, 0, DoubleUnf | Inx },
        { "dfm $6,$3,$4", Up, 0x1a70_0000_0000_0000, 0x1a70_0000_0000_0000, 0, 1, DoubleUnf | Inx },
        { "dfs $6,$3,$4", ToNearest, 0x0018_0000_0000_0000, SmallestNormal, 0, 0x0008_0000_0000_0000, 0 },
        { "dfm $6,$3,$4", ToNearest, SmallestNormal, 0x3fe0_0000_0000_0000, 0, 0x0008_0000_0000_0000, 0 },
        { "frds $6,$3", ToNearest, 0x380f_ffff_ffff_ffff, 0, 0, 0x0080_0000_0000_0000, DoubleUnf | Inx },
        { "frds $6,$3", ToZero, 0x380f_ffff_ffff_ffff, 0, 0, 0x007f_ffff_0000_0000, DoubleUnf | Inx },
        { "frds $6,$3", ToNearest, 0x3800_0000_0000_0000, 0, 0, 0x0040_0000_0000_0000, 0 },

        // Inexact of the rounded result alone; denormal operands are zeros first, and then nothing is tiny.
        { "dfa $6,$3,$4", ToNearest, 0x3ff0_0000_0000_0000, 0x3c00_0000_0000_0000, 0, 0x3ff0_0000_0000_0000, Inx },
        { "dfa $6,$3,$4", ToNearest, 0x3ff0_0000_0000_0000, 0x3ff0_0000_0000_0000, 0, 0x4000_0000_0000_0000, 0 },
        { "dfa $6,$3,$4", ToNearest, 1, 0x3ff0_0000_0000_0000, 0, 0x3ff0_0000_0000_0000, Denorm },
        { "dfm $6,$3,$4", ToNearest, LargestDenormal, InfiniteDouble, 0, 0x7ff8_0000_0000_0000, Denorm | Inv },
        { "frds $6,$3", ToNearest, LargestDenormal, 0, 0, 0, Denorm },
        { "fesd $6,$3", ToNearest, 0x007f_ffff_0000_0000, 0, 0, 0, Denorm },
        { "fesd $6,$3", ToNearest, 0x7fa0_0000_0000_0000, 0, 0, 0x7ff8_0000_0000_0000, Inv | Nan },
        { "fesd $6,$3", ToNearest, 0x7fc0_0000_0000_0000, 0, 0, 0x7ff8_0000_0000_0000, Nan },
    };

    [Theory, MemberData(nameof(Single))]
    public void Single_precision_flags_what_truncation_leaves(string instruction, uint a, uint b, uint c, uint result, uint flags)
    {
        foreach (bool compiled in (bool[])[false, true])
        {
            using var code = new SpuCodeCache(new SpuEngineOptions { Threshold = 4, Synchronous = true, Verify = true });
            using TestSpu spu = Load(instruction, compiled ? code : null);
            spu.SetWords(3, a);
            spu.SetWords(4, b);
            spu.SetWords(5, c);
            Run(spu, compiled);

            Assert.Equal(Vector128.Create(result), spu.State.Registers[6].AsUInt32());
            Assert.Equal(Vector128.Create(flags), spu.State.Registers[8].AsUInt32());
        }
    }

    [Theory]
    [InlineData("frest $6,$3", 0u), InlineData("frest $6,$3", 0x807f_ffffu), InlineData("frsqest $6,$3", 0x8000_0000u),
        InlineData("frsqest $6,$3", 1u)]
    public void Estimates_flag_a_zero_exponent_in_word_3_alone(string instruction, uint a)
    {
        foreach (bool compiled in (bool[])[false, true])
        {
            using var code = new SpuCodeCache(new SpuEngineOptions { Threshold = 4, Synchronous = true, Verify = true });
            using TestSpu spu = Load(instruction, compiled ? code : null);
            // Slices 0 and 2.
            spu.State.Registers[3] = Vector128.Create(0x0080_0000u, a, 0x0080_0000u, a).AsByte();
            Run(spu, compiled);

            Assert.Equal(Vector128.Create(0xa00u, 0, 0, 0), spu.State.Registers[8].AsUInt32());
        }
    }

    [Theory, MemberData(nameof(Double))]
    public void Double_precision_flags_overflow_after_and_underflow_before_rounding(
        string instruction, uint mode, ulong a, ulong b, ulong c, ulong result, uint flags)
    {
        foreach (bool compiled in (bool[])[false, true])
        {
            using var code = new SpuCodeCache(new SpuEngineOptions { Threshold = 4, Synchronous = true, Verify = true });
            using TestSpu spu = Load(instruction, compiled ? code : null);
            spu.State.Registers[2] = Vector128.Create(0, 0, 0, mode).AsByte();
            spu.State.Registers[3] = Vector128.Create(a).AsByte();
            spu.State.Registers[4] = Vector128.Create(b).AsByte();
            spu.State.Registers[5] = Vector128.Create(c).AsByte();
            Run(spu, compiled);

            Assert.Equal(Vector128.Create(result), spu.State.Registers[6].AsUInt64());
            Assert.Equal(Vector128.Create(0, flags, flags, mode), spu.State.Registers[8].AsUInt32());
        }
    }

    // Repeated until it is compiled.
    private static TestSpu Load(string instruction, SpuCodeCache? code) =>
        new TestSpu(code: code).Load($"il $9,40\nfscrwr $0,$2\nori $6,$5,0\n{instruction}\nai $9,$9,-1\nbrnz $9,8\nfscrrd $8\nstop 1");

    private static void Run(TestSpu spu, bool compiled)
    {
        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 1), spu.Core.Run(1000));
        Assert.Equal(compiled, spu.Core.Statistics.Compiled > 0);
    }

    // A conversion with a scale that the assembler would refuse: I8 as it stands in the instruction.
    private static string Word(uint opcode, uint i8) => $".long 0x{(opcode << 22) | (i8 << 14) | (3 << 7) | 6:x}";
}
