namespace SpuRuntime.Mfc;

/// <summary>Why a command cannot go on.</summary>
internal enum MfcFaultKind
{
    None,

    /// <summary>Class 0: addresses or size break the rules of the command.</summary>
    Alignment,

    /// <summary>Class 0: no such command, not in this queue, or a tag above 31.</summary>
    InvalidCommand,

    /// <summary>Class 1: no SLB entry.</summary>
    Segment,

    /// <summary>Class 1: no page, not allowed, or no memory.</summary>
    Storage,
}

/// <summary>Why, where, and what MFC_DSISR shall say.</summary>
internal readonly record struct MfcFault(MfcFaultKind Kind, ulong Address = 0, ulong Dsisr = 0)
{
    // MFC_DSISR (CBEA; asm/spu.h has the same bits).
    public const ulong NotFound = 1UL << 30;
    public const ulong Denied = 1UL << 27;
    public const ulong Atomic = 1UL << 26;
    public const ulong Store = 1UL << 25;

    public static MfcFault None => default;
}
