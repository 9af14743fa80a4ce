using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;

using Xunit;
using Xunit.Abstractions;

namespace SpuRuntime.Tests.Differential;

/// <summary>Random programs, interpreted and compiled. PS3_SPU_DIFF_PROGRAMS says how many, PS3_DIFF_SEED where the seeds begin.</summary>
public sealed class ProgramTests(ITestOutputHelper output)
{
    private const int Sample = 60;
    private const long Instructions = 30_000;

    [Fact]
    public void Both_engines_do_the_same()
    {
        int first = ProgramSettings.FirstSeed;
        int count = ProgramSettings.Programs(Sample);
        long compiled = 0;
        long sideExits = 0;
        long failures = 0;
        for (int seed = first; seed < first + count; seed++)
        {
            ProgramCase program = new ProgramGenerator(seed).Make();
            if (Compare(program, out SpuEngineStatistics statistics, out long failed) is not null)
            {
                ProgramCase smallest = ProgramShrinker.Shrink(program, static one => Compare(one, out _, out _) is not null);
                Assert.Fail($"{Compare(smallest, out _, out _)}\n{smallest.Listing()}");
            }

            compiled += statistics.Compiled;
            sideExits += statistics.SideExits;
            failures += failed;
        }

        output.WriteLine($"{count} programs, {compiled} instructions compiled, {sideExits} side exits");
        Assert.Equal(0, failures);
        Assert.True(compiled > count * Instructions / 4, $"only {compiled} instructions were run by compiled code");
    }

    private static string? Compare(ProgramCase program, out SpuEngineStatistics statistics, out long failures)
    {
        // Small regions exit often; large ones contain the whole program.
        bool small = program.Seed % 3 == 0;
        using var code = new SpuCodeCache(ProgramSettings.Engine(program, small));
        string? wrong = ProgramComparison.Run(program, code, Instructions, out statistics);
        failures = code.Work.Failures;
        return wrong;
    }
}
