using CellPpe.Ppe.Execution.Regions;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Native;

namespace CellPpe.Ppe.Execution;

/// <summary>How guest code is run.</summary>
public enum PpuEngine
{
    /// <summary>Interpreted until it is hot, then compiled.</summary>
    Auto,

    /// <summary>Interpreted always.</summary>
    Interpreter,

    /// <summary>Compiled as soon as it has been run a few times.</summary>
    Compiled,
}

/// <summary>What an engine is made with.</summary>
internal sealed record EngineOptions
{
    // A guest instruction costs about as much to compile as to interpret some thousand times, but on another host core.
    private const int HotAutomatically = 1500;
    private const int HotSoon = 4;

    // Native code costs as much to make as some hundred interpreted instructions, on the guest's own host thread.
    private const int WarmAutomatically = 30;

    // Entering and leaving a region costs more than going from one native run to the next: it must be worth it.
    private const int HotBehindNative = 20_000;

    /// <summary>Arrivals by a backward branch, call or return that make an instruction hot.</summary>
    public int Threshold { get; init; } = HotAutomatically;

    /// <summary>The same where native code has floating point in it, which it must leave for: as soon as if there were none.</summary>
    public int FloatThreshold => Math.Min(Threshold, HotAutomatically);

    /// <summary>Arrivals that make an instruction worth native code, on hosts for which there is such code; 0: no native code.</summary>
    public int NativeThreshold { get; init; }

    /// <summary>Arrivals that make an instruction worth anything.</summary>
    public int FirstThreshold => UsesNative ? NativeThreshold : Threshold;

    /// <summary>Whether there is native code.</summary>
    public bool UsesNative => NativeThreshold > 0 && NativeCode.IsSupported;

    /// <summary>Compile at once on the guest's thread, for tests.</summary>
    public bool Synchronous { get; init; }

    /// <summary>
    /// Guest instructions kept compiled, at some 350 bytes of host memory each; beyond that the oldest regions go that are not in use
    /// (<see cref="EvictionOrder{T}"/>).
    /// </summary>
    public long MostInstructions { get; init; } = 200_000;

    /// <summary>
    /// Bytes of native code at most; when they are used up all of it goes. Some five million are what a kernel and a few programs come to;
    /// what is dropped with its guest code leaves a hole until then.
    /// </summary>
    public int NativeCodeBytes { get; init; } = 16 << 20;

    /// <summary>Instructions remembered at most as such that a region should not leave to the interpreter; beyond that all are forgotten.</summary>
    public int MostHopeless { get; init; } = 16_384;

    /// <summary>Code below this effective address stays interpreted, for tests.</summary>
    public ulong LowestAddress { get; init; }

    /// <summary>Entries of a region by branches that make it worth a larger one.</summary>
    public int LargeThreshold { get; init; } = 20_000;

    /// <summary>How much goes into a region at first.</summary>
    public RegionLimits Small { get; init; } = RegionLimits.Small;

    /// <summary>How much goes into a region that stays hot.</summary>
    public RegionLimits Large { get; init; } = RegionLimits.Large;

    /// <summary>The same without native code.</summary>
    public EngineOptions WithoutNative() =>
        UsesNative ? this with { NativeThreshold = 0, Threshold = Math.Min(Threshold, HotAutomatically) } : this;

    /// <summary>The options of an engine that users choose.</summary>
    public static EngineOptions Of(PpuEngine engine) =>
        engine == PpuEngine.Compiled ? new EngineOptions { Threshold = HotSoon } : new EngineOptions
        {
            NativeThreshold = WarmAutomatically, Threshold = NativeCode.IsSupported ? HotBehindNative : HotAutomatically,
        };
}

/// <summary>What the engines of a core have done so far.</summary>
/// <param name="Compiled">Guest instructions run by compiled code.</param>
/// <param name="Entries">Times compiled code was entered.</param>
/// <param name="Steps">Left for an instruction on one of the region's pages.</param>
/// <param name="Searches">Left for an instruction that had to be looked up.</param>
/// <param name="Stops">Left because the budget was used up or the thread was wanted elsewhere.</param>
/// <param name="Refusals">Not entered: too little of the budget, or another mode.</param>
/// <param name="Misses">Left because the interpreter had to run an instruction: TLB misses, devices, unusual floating point.</param>
/// <param name="Regions">Regions in place now.</param>
/// <param name="RegionInstructions">Guest instructions in them.</param>
/// <param name="Installed">Regions put in place.</param>
/// <param name="Dropped">Regions taken away, because guest code changed or there were too many.</param>
/// <param name="InstructionsCompiled">Guest instructions compiled.</param>
/// <param name="MsilBytes">Bytes of MSIL they became.</param>
/// <param name="CompileTime">Time of the compiler's thread.</param>
/// <param name="Failures">Regions that could not be compiled.</param>
public sealed record EngineStatistics(
    long Compiled, ulong Entries, ulong Steps, ulong Searches, ulong Stops, ulong Refusals, ulong Misses, int Regions, long RegionInstructions,
    long Installed, long Dropped, long InstructionsCompiled, long MsilBytes, TimeSpan CompileTime, long Failures)
{
    /// <summary>Runs of instructions that became native code, the instructions in them, bytes of code, and how long it took.</summary>
    public (long Units, long Instructions, long Bytes, TimeSpan Time) Native { get; init; }

    /// <summary>Regions taken away because there were too many.</summary>
    public long Evicted { get; init; }

    /// <summary>Regions whose code the runtime was given to free, and full collections asked for on their account.</summary>
    public (long Regions, long Collections) Retired { get; init; }
}
