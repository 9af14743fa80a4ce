namespace SpuRuntime.Engine;

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
/// <param name="SideExits">Side exits: times it left an instruction to the interpreter that it was compiled for.</param>
/// <param name="Regions">Regions in place now.</param>
public readonly record struct SpuEngineStatistics(long Compiled, long Entries, long SideExits, int Regions);
