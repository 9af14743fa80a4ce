namespace SpuRuntime.Execution.Regions;

/// <summary>How compiled code leaves a region.</summary>
internal enum SpuRegionExitKind
{
    /// <summary>For an instruction elsewhere.</summary>
    Step,

    /// <summary>For an address that was computed by the instruction at this one.</summary>
    Computed,

    /// <summary>The budget is used up, or attention is wanted.</summary>
    Stop,

    /// <summary>The interpreter runs this instruction: it always does.</summary>
    Interpret,

    /// <summary>A side exit: the interpreter runs this instruction, because an operand or result is not ordinary.</summary>
    SideExit,
}

/// <summary>One way out of a region, as compiled code names it: a number, so that code belongs to no SPE.</summary>
/// <param name="Kind">How.</param>
/// <param name="Address">The instruction's address.</param>
internal readonly record struct SpuRegionExit(SpuRegionExitKind Kind, uint Address)
{
    private const int KindBits = 3;

    public nint Encoded => (nint)(Address << KindBits) | (nint)Kind;

    public static SpuRegionExit Decode(nint encoded) =>
        new((SpuRegionExitKind)(encoded & ((1 << KindBits) - 1)), (uint)(encoded >> KindBits));
}
