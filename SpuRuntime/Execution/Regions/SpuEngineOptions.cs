using CellPpe.Recompiler;

using SpuRuntime.Engine;

namespace SpuRuntime.Execution.Regions;

/// <summary>What compiled code is made with.</summary>
internal sealed record SpuEngineOptions
{
    private const int HotAutomatically = 1000;
    private const int HotSoon = 4;

    /// <summary>Arrivals by branches that make an instruction worth compiling.</summary>
    public int Threshold { get; init; } = HotAutomatically;

    /// <summary>Arrivals at which code is sought that has been compiled already, for this SPE or another.</summary>
    public int SeekThreshold { get; init; } = 16;

    /// <summary>Entries of a region by branches that make it worth a larger one.</summary>
    public int LargeThreshold { get; init; } = 20_000;

    /// <summary>Compile at once on the thread that asks, for tests.</summary>
    public bool Synchronous { get; init; }

    /// <summary>Check the representation between passes, for tests.</summary>
    public bool Verify { get; init; }

    /// <summary>
    /// Instructions kept compiled, in the cache and in place in one SPE; beyond that the oldest regions go that no SPE has sought since
    /// they were last considered (<see cref="EvictionOrder{T}"/>).
    /// </summary>
    public long MostInstructions { get; init; } = 100_000;

    /// <summary>Which single-precision arithmetic.</summary>
    public SpuFloatMode FloatMode { get; init; }

    /// <summary>Four registers side by side where the host can do it; tests compare with code that has each by itself.</summary>
    public bool PacksVectors { get; init; } = true;

    /// <summary>How much goes into a region at first.</summary>
    public SpuRegionLimits Small { get; init; } = SpuRegionLimits.Small;

    /// <summary>How much goes into a region that stays hot.</summary>
    public SpuRegionLimits Large { get; init; } = SpuRegionLimits.Large;

    /// <summary>The options of an engine that users choose.</summary>
    public static SpuEngineOptions Of(SpuEngine engine, SpuFloatMode mode) =>
        new() { Threshold = engine == SpuEngine.Compiled ? HotSoon : HotAutomatically, FloatMode = mode };
}
