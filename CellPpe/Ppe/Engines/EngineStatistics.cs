namespace CellPpe.Ppe.Engines;

/// <summary>What the engines of a core have done so far.</summary>
/// <param name="Compiled">Guest instructions run by compiled code.</param>
/// <param name="Entries">Times compiled code was entered.</param>
/// <param name="Steps">Left for an instruction on one of the region's pages.</param>
/// <param name="Searches">Left for an instruction that had to be searched for.</param>
/// <param name="Stops">Left because the budget was used up or the thread was wanted elsewhere.</param>
/// <param name="Refusals">Not entered: too little of the budget, or another mode.</param>
/// <param name="SideExits">Left because the interpreter had to run an instruction: TLB misses, devices, unusual floating point.</param>
/// <param name="Regions">Regions in place now.</param>
/// <param name="RegionInstructions">Guest instructions in them.</param>
/// <param name="Installed">Regions put in place.</param>
/// <param name="Dropped">Regions taken away, because guest code changed or there were too many.</param>
/// <param name="InstructionsCompiled">Guest instructions compiled.</param>
/// <param name="MsilBytes">Bytes of MSIL they became.</param>
/// <param name="CompileTime">Time of the compiler's thread.</param>
/// <param name="Failures">Regions that could not be compiled.</param>
public sealed record EngineStatistics(
    long Compiled, ulong Entries, ulong Steps, ulong Searches, ulong Stops, ulong Refusals, ulong SideExits, int Regions,
    long RegionInstructions,
    long Installed, long Dropped, long InstructionsCompiled, long MsilBytes, TimeSpan CompileTime, long Failures)
{
    /// <summary>Runs of instructions that became native code, the instructions in them, bytes of code, and how long it took.</summary>
    public (long Units, long Instructions, long Bytes, TimeSpan Time) Native { get; init; }

    /// <summary>Regions taken away because there were too many.</summary>
    public long Evicted { get; init; }

    /// <summary>Regions whose code the runtime was given to free, and full collections asked for on their account.</summary>
    public (long Regions, long Collections) Retired { get; init; }
}
