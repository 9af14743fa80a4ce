namespace CellPpe.Ppe.State;

/// <summary>One entry of the software data TLB: a 4 KB page of effective addresses and where its bytes are.</summary>
internal struct TlbEntry
{
    /// <summary>A tag no page has: page addresses end in twelve zeros.</summary>
    public const ulong Invalid = 1;

    /// <summary>The page's effective address when loads may go straight to host memory.</summary>
    public ulong ReadTag;

    /// <summary>The same for stores: not while the page holds decoded instructions, or until the table entry's C bit is set.</summary>
    public ulong WriteTag;

    /// <summary>Host address = effective address + Addend.</summary>
    public nint Addend;
    public ulong Reserved;
}

/// <summary>One entry of the fetch cache: a 4 KB page of effective addresses and its decoded instructions.</summary>
internal unsafe struct FetchEntry
{
    public ulong Tag;
    public PpuDecodedInsn* Page;
    public byte* Host;
    public ulong Reserved;
}
