using CellPpe.Recompiler;

using SpuRuntime.Execution.Regions;

namespace SpuRuntime.Execution;

/// <summary>How an SPU's instructions are run.</summary>
public enum SpuEngine
{
    /// <summary>Interpreted until they are hot, then compiled.</summary>
    Auto,

    /// <summary>Interpreted always.</summary>
    Interpreter,

    /// <summary>Compiled as soon as they have been run a few times.</summary>
    Compiled,
}

/// <summary>How compiled code does single precision.</summary>
public enum SpuFloatMode
{
    /// <summary>As the SPU does, to the bit.</summary>
    Exact,

    /// <summary>
    /// As the host does: rounded to nearest, with IEEE's infinities, NaNs and denormal numbers, and no flags in the FPSCR. For programs
    /// that do not mind; the interpreter stays exact, so that results depend on when code was compiled.
    /// </summary>
    Relaxed,
}

/// <summary>What the engines of an SPU have done so far.</summary>
/// <param name="Compiled">Instructions run by compiled code.</param>
/// <param name="Entries">Times compiled code was entered.</param>
/// <param name="Misses">Times it left an instruction to the interpreter that it had hoped to do.</param>
/// <param name="Regions">Regions in place now.</param>
public readonly record struct SpuEngineStatistics(long Compiled, long Entries, long Misses, int Regions);

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
    public RegionLimits Small { get; init; } = RegionLimits.Small;

    /// <summary>How much goes into a region that stays hot.</summary>
    public RegionLimits Large { get; init; } = RegionLimits.Large;

    /// <summary>The options of an engine that users choose.</summary>
    public static SpuEngineOptions Of(SpuEngine engine, SpuFloatMode mode) =>
        new() { Threshold = engine == SpuEngine.Compiled ? HotSoon : HotAutomatically, FloatMode = mode };
}
