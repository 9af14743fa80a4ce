using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Native;

namespace CellPpe.Ppe.Engines;

/// <summary>The options of an engine.</summary>
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

    /// <summary>True when native code is used.</summary>
    public bool UsesNative => NativeThreshold > 0 && NativeCode.IsSupported;

    /// <summary>Compile at once on the guest's thread, for tests.</summary>
    public bool Synchronous { get; init; }

    /// <summary>
    /// Guest instructions kept compiled, at some 350 bytes of host memory each; beyond that the oldest regions go that are not in use
    /// (<see cref="EvictionOrder{T}"/>).
    /// </summary>
    public long MostInstructions { get; init; } = 200_000;

    /// <summary>
    /// Bytes of native code at most; when they are used up all of it goes. A kernel and a few programs need some five million;
    /// what is dropped with its guest code leaves a hole until then.
    /// </summary>
    public int NativeCodeBytes { get; init; } = 16 << 20;

    /// <summary>
    /// The most instructions remembered that a region should not leave to the interpreter; beyond that all are forgotten.
    /// </summary>
    public int MostNotSpeculative { get; init; } = 16_384;

    /// <summary>Code below this effective address stays interpreted, for tests.</summary>
    public ulong LowestAddress { get; init; }

    /// <summary>Entries of a region by branches that make it worth a larger one.</summary>
    public int LargeThreshold { get; init; } = 20_000;

    /// <summary>Limits of a region when it is first compiled.</summary>
    public PpuRegionLimits Small { get; init; } = PpuRegionLimits.Small;

    /// <summary>Limits of a region that stays hot.</summary>
    public PpuRegionLimits Large { get; init; } = PpuRegionLimits.Large;

    /// <summary>The same without native code.</summary>
    public EngineOptions WithoutNative() =>
        UsesNative ? this with { NativeThreshold = 0, Threshold = Math.Min(Threshold, HotAutomatically) } : this;

    /// <summary>The options of an engine that users choose.</summary>
    public static EngineOptions Of(PpuEngine engine) =>
        engine == PpuEngine.Compiled ? new EngineOptions { Threshold = HotSoon } : new EngineOptions
        {
            NativeThreshold = WarmAutomatically,
            Threshold = NativeCode.IsSupported ? HotBehindNative : HotAutomatically,
        };
}
