using System.Globalization;
using System.Runtime.Intrinsics;

using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;
using SpuRuntime.Isa;
using SpuRuntime.State;
using SpuRuntime.Tests.Isa;
using SpuRuntime.Tests.Vectors;

namespace SpuRuntime.Tests.Differential;

/// <summary>Runs a program on both engines in slices of random length and compares everything after each.</summary>
internal static class ProgramComparison
{
    /// <summary>Compares with the interpreter.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Run(ProgramCase program, SpuCodeCache code, long instructions, out SpuEngineStatistics statistics) =>
        Run(program, null, code, instructions, static _ => false, out statistics);

    /// <summary>Compares with another engine.</summary>
    /// <param name="program">The program.</param>
    /// <param name="reference">The code of the reference engine; null: the interpreter.</param>
    /// <param name="code">The code of the engine under test.</param>
    /// <param name="instructions">The number of instructions to run.</param>
    /// <param name="isOver">Whether the engines need not agree any more, judged by the state of the reference.</param>
    /// <param name="statistics">The statistics of the engine under test.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Run(
        ProgramCase program, SpuCodeCache? reference, SpuCodeCache code, long instructions, Predicate<TestSpu> isOver,
        out SpuEngineStatistics statistics)
    {
        using var plain = new TestSpu(new PlainChannels(), code: reference);
        using var compiled = new TestSpu(new PlainChannels(), code: code);
        program.Prepare(plain);
        program.Prepare(compiled);
        var random = new Random(program.Seed + 1);
        string? wrong = null;
        // Bounded, because a program may do nothing but stop.
        for (int slice = 0; wrong is null && slice < 400 && plain.State.Instructions < (ulong)instructions; slice++)
        {
            // Slices are mostly long, and sometimes too short for any region.
            long budget = random.Next(4) == 0 ? random.Next(1, 40) : random.Next(1, 4000);
            SpuExit expected = plain.Core.Run(budget);
            SpuExit exit = compiled.Core.Run(budget);
            if (isOver(plain))
                break;
            wrong = exit == expected ? Compare(plain, compiled) : $"left by {exit}, not {expected}";
            if (wrong is not null)
                wrong = string.Create(CultureInfo.InvariantCulture, $"slice {slice} of {budget}: {wrong}");
            Between(random, program, expected, [plain, compiled]);
        }

        statistics = compiled.Core.Statistics;
        return wrong;
    }

    /// <summary>The difference between two SPUs; null: none.</summary>
    public static string? Compare(TestSpu plain, TestSpu compiled)
    {
        ref SpuState expected = ref plain.State;
        ref SpuState actual = ref compiled.State;
        if ((expected.Pc, expected.Instructions) != (actual.Pc, actual.Instructions))
            return $"at {actual.Pc:x} after {actual.Instructions}, not {expected.Pc:x} after {expected.Instructions}";
        if ((expected.InterruptEnable, expected.Srr0) != (actual.InterruptEnable, actual.Srr0))
            return $"interrupts {actual.InterruptEnable} SRR0 {actual.Srr0:x}, not {expected.InterruptEnable} {expected.Srr0:x}";
        if (expected.Fpscr != actual.Fpscr)
            return $"FPSCR {actual.Fpscr}, not {expected.Fpscr}";
        for (int register = 0; register < 128; register++)
        {
            if (expected.Registers[register] != actual.Registers[register])
                return $"${register} {actual.Registers[register].AsUInt32():x}, not {expected.Registers[register].AsUInt32():x}";
        }

        int differs = plain.LocalStore.CommonPrefixLength(compiled.LocalStore);
        if (differs < SpuState.LocalStoreSize)
            return $"local store differs at {differs:x}";
        return ((PlainChannels)plain.Channels).Writes.SequenceEqual(((PlainChannels)compiled.Channels).Writes)
            ? null
            : "channels were written otherwise";
    }

    // What other parts of the machine do: restart the SPU where it stopped, raise events, write other instructions into local store.
    private static void Between(Random random, ProgramCase program, SpuExit exit, TestSpu[] both)
    {
        bool again = exit.Reason is not SpuExitReason.Budget || random.Next(40) == 0;
        bool pending = random.Next(8) == 0;
        uint address = ProgramCase.Start + ((uint)random.Next(program.Words.Length) * 4);
        // Either the word that is there, or another one for a while.
        int what = random.Next(30);
        uint word = what == 0
            ? SpuAssembler.AssembleLines("ai $3,$3,1", address).Single()
            : program.Words[(address - ProgramCase.Start) / 4];
        foreach (TestSpu spu in both)
        {
            var channels = (PlainChannels)spu.Channels;
            channels.Writes.Clear();
            channels.IsEventPending = pending;
            if (what < 3)
                spu.SetWord(address, word);
            if (what == 4)
                program.Prepare(spu);
            else if (again)
                spu.State.Pc = ProgramCase.Start;
        }
    }
}
