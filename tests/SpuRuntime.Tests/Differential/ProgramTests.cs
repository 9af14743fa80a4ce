using System.Globalization;

using SpuRuntime.Execution;
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
        int first = Setting("PS3_DIFF_SEED", 1);
        int count = Setting("PS3_SPU_DIFF_PROGRAMS", Sample);
        long compiled = 0;
        long misses = 0;
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
            misses += statistics.Misses;
            failures += failed;
        }

        output.WriteLine($"{count} programs, {compiled} instructions compiled, {misses} misses");
        Assert.Equal(0, failures);
        Assert.True(compiled > count * Instructions / 4, $"only {compiled} instructions were run by compiled code");
    }

    private static string? Compare(ProgramCase program, out SpuEngineStatistics statistics, out long failures)
    {
        // Small regions leave often; large ones have everything inside.
        bool small = program.Seed % 3 == 0;
        using var code = new SpuCodeCache(new SpuEngineOptions
        {
            Threshold = program.Seed % 2 == 0 ? 2 : 20,
            SeekThreshold = 2,
            LargeThreshold = 40,
            Synchronous = true,
            Verify = true,
            Small = small ? new RegionLimits(12, 5) : RegionLimits.Small,
            Large = small ? new RegionLimits(40, 16) : RegionLimits.Large,
        });
        string? wrong = ProgramComparison.Run(program, code, Instructions, out statistics);
        failures = code.Work.Failures;
        return wrong;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
