using System.Globalization;

using SpuRuntime.Execution.Regions;

namespace SpuRuntime.Tests.Differential;

/// <summary>Which random programs run, and how. PS3_SPU_DIFF_PROGRAMS says how many, PS3_DIFF_SEED where the seeds begin.</summary>
internal static class ProgramSettings
{
    /// <summary>The first program's seed.</summary>
    public static int FirstSeed => Setting("PS3_DIFF_SEED", 1);

    /// <summary>How many programs.</summary>
    public static int Programs(int sample) => Setting("PS3_SPU_DIFF_PROGRAMS", sample);

    /// <summary>An engine that compiles early and on the calling thread, and checks its code.</summary>
    /// <param name="program">What it is for.</param>
    /// <param name="small">Small regions exit often; large ones contain the whole program.</param>
    public static SpuEngineOptions Engine(ProgramCase program, bool small) => new()
    {
        Threshold = program.Seed % 2 == 0 ? 2 : 20,
        SeekThreshold = 2,
        LargeThreshold = 40,
        Synchronous = true,
        Verify = true,
        Small = small ? new SpuRegionLimits(12, 5) : SpuRegionLimits.Small,
        Large = small ? new SpuRegionLimits(40, 16) : SpuRegionLimits.Large,
    };

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
