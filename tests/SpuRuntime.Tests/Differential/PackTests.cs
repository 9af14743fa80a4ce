using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Msil.Slots;

using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;
using SpuRuntime.Isa;

using Xunit;
using Xunit.Abstractions;

namespace SpuRuntime.Tests.Differential;

/// <summary>
/// Random programs whose compiled code has four registers side by side. PS3_SPU_DIFF_PROGRAMS says how many, PS3_DIFF_SEED where the
/// seeds begin.
/// </summary>
public sealed class PackTests(ITestOutputHelper output)
{
    private const int Sample = 40;
    private const long Instructions = 12_000;

    [Fact]
    public void Packs_compute_what_the_interpreter_does() => Run(SpuFloatMode.Exact);

    [Fact]
    public void Relaxed_packs_compute_what_code_without_them_does() => Run(SpuFloatMode.Relaxed);

    [Fact]
    public void Three_uses_are_no_pack() => Check(
        """
        fs $67,$67,$11
        lqd $8,0($40)
        lqd $9,16($40)
        lqd $10,32($40)
        lqd $11,48($40)
        fs $64,$64,$8
        fs $65,$65,$9
        fs $66,$66,$10
        ai $61,$61,-1
        brnz $61,0x80
        il $61,9
        br 0x80
        """);

    // More operations than one check covers, and a load among the first of them.
    [Fact]
    public void What_is_looked_at_is_not_forgotten_in_a_long_block() => Check(
        string.Join('\n', Enumerable.Range(0, 60).Select(static number => $"fma ${64 + number},$4,$5,${64 + number}"))
            + "\nlqd $8,0($40)\n" +
        string.Join('\n', Enumerable.Range(0, 50).Select(static number => $"fnms ${64 + number},$8,$6,${64 + number}"))
            + "\nai $5,$5,1\nbr 0x80");

    // The last two are loaded after the second group has begun.
    [Fact]
    public void Sums_are_written_when_another_run_is_left() => Check(
        """
        lqd $8,0($40)
        lqd $9,16($40)
        lqd $10,32($40)
        lqd $11,48($40)
        fma $100,$8,$4,$64
        fma $101,$9,$4,$65
        fma $102,$10,$4,$66
        fma $103,$11,$4,$67
        lqd $64,64($40)
        lqd $65,80($40)
        dfa $5,$5,$5
        lqd $66,96($40)
        lqd $67,112($40)
        fa $6,$8,$67
        ai $40,$40,16
        stop 1
        """);

    // The old sums are used by code after the new ones.
    [Theory, InlineData(SpuFloatMode.Exact), InlineData(SpuFloatMode.Relaxed)]
    public void Old_sums_are_not_lost(SpuFloatMode mode) => Check(
        """
        lqd $8,0($40)
        lqd $9,16($40)
        lqd $10,32($40)
        lqd $11,48($40)
        ai $20,$64,3
        fma $64,$8,$4,$64
        fma $65,$9,$4,$65
        fma $66,$10,$4,$66
        fma $67,$11,$4,$67
        xor $20,$20,$22
        a $22,$20,$22
        ai $61,$61,-1
        brnz $61,0x80
        il $61,9
        br 0x80
        """,
        mode);

    // The third neighbour has changed by the time it is loaded.
    [Theory, InlineData(SpuFloatMode.Exact), InlineData(SpuFloatMode.Relaxed)]
    public void Stores_between_loads_are_seen(SpuFloatMode mode) => Check(
        """
        lqd $8,0($40)
        lqd $9,16($40)
        stqd $66,32($40)
        lqd $10,32($40)
        lqd $11,48($40)
        fma $64,$8,$4,$64
        fma $65,$9,$4,$65
        fma $66,$10,$4,$66
        fma $67,$11,$4,$67
        ai $61,$61,-1
        brnz $61,0x80
        il $61,9
        br 0x80
        """,
        mode);

    // Nothing in the loop reads what it leaves in 70 to 73, and what leaves the loop writes one of them.
    [Theory, InlineData(SpuFloatMode.Exact), InlineData(SpuFloatMode.Relaxed)]
    public void What_a_loop_leaves_behind_is_there_when_it_is_left(SpuFloatMode mode) => Check(
        """
        lqd $8,0($40)
        lqd $9,16($40)
        lqd $10,32($40)
        lqd $11,48($40)
        fma $70,$8,$4,$64
        fma $71,$9,$4,$65
        fma $72,$10,$4,$66
        fma $73,$11,$4,$67
        fa $64,$8,$70
        fa $65,$9,$71
        fa $66,$10,$72
        fa $67,$11,$73
        ai $61,$61,-1
        brnz $61,0x80
        il $61,9
        ai $74,$74,1
        andi $75,$74,3
        brnz $75,0x80
        ori $71,$74,0
        br 0x80
        """,
        mode);

    // The last product is in 79 and in 67 behind the inner loop; behind the outer one they differ.
    [Fact]
    public void Copies_of_what_a_loop_leaves_differ_elsewhere() => Check(
        """
        lqd $68,64($40)
        lqd $69,80($40)
        lqd $70,96($40)
        lqd $71,112($40)
        il $61,2
        lqd $12,112($41)
        lqd $13,128($41)
        lqd $14,144($41)
        lqd $15,160($41)
        fm $76,$12,$4
        fm $77,$13,$4
        fm $78,$14,$4
        fm $79,$15,$4
        fma $83,$79,$6,$71
        fma $80,$76,$6,$68
        fma $81,$77,$6,$69
        fma $82,$78,$6,$70
        ori $67,$79,0
        ai $61,$61,-1
        brnz $61,0x94
        fa $67,$5,$6
        stqd $67,0($42)
        br 0x80
        """);

    private static void Check(string lines, SpuFloatMode mode = SpuFloatMode.Exact)
    {
        uint[] words = [.. SpuAssembler.AssembleLines(lines, ProgramCase.Start)];
        // Moderate numbers, with ever more others among them.
        for (int seed = 0; seed < 16; seed++)
            Assert.Null(Compare(new PackCase(seed, words, [], IsFinite: mode == SpuFloatMode.Relaxed), mode, out _));
    }

    private void Run(SpuFloatMode mode)
    {
        int count = ProgramSettings.Programs(Sample);
        (long compiled, long sideExits, int packed) = (0, 0, 0);
        for (int seed = ProgramSettings.FirstSeed; seed < ProgramSettings.FirstSeed + count; seed++)
        {
            PackCase program = new PackGenerator(seed, isFinite: mode == SpuFloatMode.Relaxed).Make();
            if (Compare(program, mode, out SpuEngineStatistics statistics) is not null)
            {
                ProgramCase smallest = ProgramShrinker.Shrink(program, one => Compare(one, mode, out _) is not null);
                Assert.Fail($"{Compare(smallest, mode, out _)}\n{smallest.Listing()}");
            }

            compiled += statistics.Compiled;
            sideExits += statistics.SideExits;
            if (Avx512BW.IsSupported && HasPacks(program, mode))
                packed++;
        }

        output.WriteLine($"{count} programs, {packed} with packs, {compiled} instructions compiled, {sideExits} side exits");
        Assert.True(compiled > count * Instructions / 4, $"only {compiled} instructions were run by compiled code");
        if (Avx512BW.IsSupported)
            Assert.True(packed > count / 3, $"only {packed} of {count} programs have packs");
    }

    // Hosts round differently from an SPU, so relaxed code is compared with relaxed code.
    private static string? Compare(ProgramCase program, SpuFloatMode mode, out SpuEngineStatistics statistics)
    {
        SpuEngineOptions options = ProgramSettings.Engine(program, small: program.Seed % 8 == 0) with { FloatMode = mode };
        using var code = new SpuCodeCache(options);
        using var single = new SpuCodeCache(options with { PacksVectors = false });
        bool relaxed = mode == SpuFloatMode.Relaxed;
        string? wrong = ProgramComparison.Run(
            program, relaxed ? single : null, code, Instructions, spu => relaxed && !IsModest(spu), out statistics);
        if (wrong is not null && relaxed && !StaysModest(program))
            return null;
        return wrong ?? (code.Work.Failures == 0 ? null : $"{code.Work.Failures} regions could not be compiled");
    }

    // What sign a NaN gets on a host depends on the form of the instruction, and the interpreter uses it as a number:
    // values that grow that far cannot be compared.
    private static bool StaysModest(ProgramCase program)
    {
        using var spu = new TestSpu();
        program.Prepare(spu);
        for (long instruction = 0; instruction < Instructions; instruction++)
        {
            spu.Core.Run(1);
            if (!IsModest(spu))
                return false;
        }

        return true;
    }

    private static bool IsModest(TestSpu spu)
    {
        const float Limit = 1e12f;
        foreach (int register in PackGenerator.Numbers)
        {
            if (!Vector128.LessThanAll(Vector128.Abs(spu.State.Registers[register].AsSingle()), Vector128.Create(Limit)))
                return false;
        }

        return true;
    }

    private static bool HasPacks(PackCase program, SpuFloatMode mode)
    {
        using var spu = new TestSpu();
        program.Prepare(spu);
        // The planner follows only code that has run.
        spu.Core.Run(Instructions);
        return Array.Exists(program.Loops, start => spu.Core.Plan(start) is { } plan && Packed(plan, mode).Tuples.Count > 0);
    }

    private static PackedSlots Packed(SpuRegionPlan plan, SpuFloatMode mode)
    {
        IrRegion region = SpuCodeCache.Translate(plan, SpuCodeCache.PassesOf(verify: true), mode);
        return new PackedSlots(region, new SlotTable(region, new SpuRegionGuest(plan)));
    }
}
