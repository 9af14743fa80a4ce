namespace CellPpe.Recompiler.Backends.Native;

/// <summary>What native code must know of the guest core: where things stand in its context, TLB, fetch cache and pages of code.</summary>
public sealed record NativeLayout
{
    /// <summary>The architected state struct, from the context.</summary>
    public required int State { get; init; }

    /// <summary>The frame, from the context.</summary>
    public required int Frame { get; init; }

    /// <summary>Pointer to the data TLB, from the context.</summary>
    public required int Tlb { get; init; }

    /// <summary>Entries of the data TLB; an entry is a read tag, a write tag and an addend in 32 bytes.</summary>
    public required int TlbEntries { get; init; }

    /// <summary>Pointer to the fetch cache, from the context.</summary>
    public required int Fetch { get; init; }

    /// <summary>Entries of the fetch cache; an entry is a tag, a page of code and a page of bytes in 32 bytes.</summary>
    public required int FetchEntries { get; init; }

    /// <summary>Instructions that may still run, from the context.</summary>
    public required int Left { get; init; }

    /// <summary>Whether somebody wants the thread, from the context.</summary>
    public required int Attention { get; init; }

    /// <summary>The mode word that <see cref="NativeUnit.ModeMask"/> is about, from the context.</summary>
    public required int Mode { get; init; }

    /// <summary>Present page of code, its guest address, its bytes, from the context.</summary>
    public required int PageCode { get; init; }

    /// <summary>See <see cref="PageCode"/>.</summary>
    public required int PageAddress { get; init; }

    /// <summary>See <see cref="PageCode"/>.</summary>
    public required int PageBytes { get; init; }

    /// <summary>The first of the native entries of a page of code, one pointer a guest instruction.</summary>
    public required int Entries { get; init; }

    /// <summary>Address and mode for which a page of code has native entries.</summary>
    public required int Owner { get; init; }

    /// <summary>The count of arrivals at an instruction, in its 16 bytes of the page of code.</summary>
    public required int Heat { get; init; }
}

/// <summary>What native code and those who run it share beside the registers; part of the guest's context.</summary>
public unsafe struct NativeFrame
{
    /// <summary>How many values a block can have beside those in registers.</summary>
    public const int Spills = 64;

    internal const int SpilledOffset = 16 * sizeof(ulong);
    internal const int ResumeOffset = SpilledOffset + (Spills * sizeof(ulong));
    internal const int TargetOffset = ResumeOffset + sizeof(ulong);

    /// <summary>The host's registers while something is done for the code, by number.</summary>
    public fixed ulong Registers[16];

    /// <summary>Values that have no register.</summary>
    public fixed ulong Spilled[Spills];

    /// <summary>Where to resume.</summary>
    public nint Resume;

    /// <summary>Why: an entry of a page of code, or a guest address.</summary>
    public ulong Target;
}

/// <summary>
/// Why native code has returned, below <see cref="FirstSite"/>; from there on it is the number of a <see cref="NativeSite"/>.
/// </summary>
public static class NativeExit
{
    /// <summary>There is no code for the entry in the frame, and it may get some.</summary>
    public const uint Unlinked = 0;

    /// <summary>The entry in the frame is somebody else's: it was tried, or has better code.</summary>
    public const uint Refused = 1;

    /// <summary>Stopped before the entry in the frame: budget, attention, or another mode.</summary>
    public const uint Stop = 2;

    /// <summary>The entry in the frame, which closes a loop, has become hot.</summary>
    public const uint Hot = 3;

    /// <summary>The guest address in the frame is not at hand.</summary>
    public const uint Search = 4;

    /// <summary>The entry in the frame, the target of a call or a return, has become hot.</summary>
    public const uint HotCall = 5;

    /// <summary>The first site's number.</summary>
    public const uint FirstSite = 16;
}

/// <summary>A place where native code asks for something to be done, or leaves.</summary>
public sealed class NativeSite
{
    /// <summary>The operation: an access, a Call, a Perform, or an Exit.</summary>
    public IrOp Op { get; init; }

    /// <summary>The guest instruction.</summary>
    public ulong Address { get; init; }

    /// <summary>Instructions that were counted, and have not run if the code is left here.</summary>
    public int Excess { get; init; }

    /// <summary>The width of an access, the word of a routine.</summary>
    public uint Immediate { get; init; }

    /// <summary>Registers of the operands.</summary>
    public byte A { get; init; }

    /// <summary>See <see cref="A"/>.</summary>
    public byte B { get; init; }

    /// <summary>See <see cref="A"/>.</summary>
    public byte C { get; init; }

    /// <summary>See <see cref="A"/>.</summary>
    public byte D { get; init; }

    /// <summary>Register of the result.</summary>
    public byte Result { get; init; }

    /// <summary>Where the code goes on.</summary>
    public nint Resume { get; set; }

    /// <summary>What a Call calls.</summary>
    public IrHelper? Helper { get; init; }

    /// <summary>What a Perform performs.</summary>
    public IrRoutine? Routine { get; init; }

    /// <summary>How it is left.</summary>
    public IrExit? Exit { get; init; }
}

/// <summary>What shall become native code.</summary>
/// <param name="Block">The guest code, all on one page.</param>
/// <param name="Instructions">Guest instructions in it.</param>
/// <param name="Page">Its page of code.</param>
/// <param name="ModeKey">What distinguishes pages at the same address, in the low twelve bits of their owner word.</param>
/// <param name="ModeMask">Bits of the mode word that must be as they were, beyond those of the owner word.</param>
/// <param name="ModeValue">See <paramref name="ModeMask"/>.</param>
public readonly record struct NativeUnit(IrBlock Block, int Instructions, nint Page, uint ModeKey, uint ModeMask, uint ModeValue);
