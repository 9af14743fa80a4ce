using SpuRuntime.Isa;

namespace SpuRuntime.Tests.Differential;

/// <summary>Makes a failing program smaller: instructions become no-operations, as long as it still fails.</summary>
internal static class ProgramShrinker
{
    public static ProgramCase Shrink(ProgramCase program, Func<ProgramCase, bool> fails)
    {
        uint nothing = SpuAssembler.AssembleLines("nop $0", 0).Single();
        for (int run = program.Words.Length / 2; run > 0; run /= 2)
        {
            for (int at = 0; at + run <= program.Words.Length; at += run)
            {
                if (Array.TrueForAll(program.Words[at..(at + run)], word => word == nothing))
                    continue;
                uint[] words = [.. program.Words];
                Array.Fill(words, nothing, at, run);
                ProgramCase smaller = program with { Words = words };
                if (fails(smaller))
                    program = smaller;
            }
        }

        return program;
    }
}
