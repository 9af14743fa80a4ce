using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;
using CellPpe.Recompiler.Backends.Native;

namespace CellPpe.Ppe.Execution;

/// <summary>One pre-decoded instruction: what to run, and the word its fields are cut from.</summary>
internal unsafe struct DecodedInsn
{
    /// <summary>Runs the instruction and returns the next one, or null when the loop must be left (see <see cref="PpuContext.Exit"/>).</summary>
    public delegate*<PpuContext*, DecodedInsn*, DecodedInsn*> Handler;
    public uint Word;

    /// <summary>Counts down with every arrival by a branch; at 0 the instruction is hot.</summary>
    public ushort Heat;

    /// <summary>Which entry of the compiled region this is, when Handler is one.</summary>
    public ushort Entry;
}

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
    public DecodedInsn* Page;
    public byte* Host;
    public ulong Reserved;
}

/// <summary>Why the interpreter's loop was left.</summary>
internal enum PpuLoopExit : uint
{
    /// <summary>The instruction budget is used up.</summary>
    Budget,

    /// <summary>The next instruction's page is not in the fetch cache.</summary>
    Refetch,

    /// <summary>An interrupt shall be taken: vector, SRR1 bits and, through State.Nia, SRR0 are set.</summary>
    Interrupt,

    /// <summary>An operation shall run between blocks.</summary>
    Between,

    /// <summary>Compiled code left before an instruction that the interpreter must run: it changes compiled code.</summary>
    Replay,

    /// <summary>A breakpoint or a watched access, before the instruction: the thread's <see cref="CellPpe.Core.Stops.StopPoints"/> say which.</summary>
    Stop,
}

/// <summary>
/// A hardware thread as the interpreter's handlers see it: the architected state first, then caches that can be dropped
/// at any time. Lives in unmanaged memory, so that a pointer to it can be passed from handler to handler.
/// </summary>
internal unsafe struct PpuContext
{
    public const int TlbEntries = 16384;
    public const int FetchEntries = 4096;

    /// <summary>What <see cref="Attention"/> is when the thread is wanted: more than any budget, so that one comparison serves both.</summary>
    public const long Wanted = long.MaxValue;

    public PpuState State;

    // ---- Where the loop is: page of decoded instructions, its effective address, its bytes.
    public DecodedInsn* PageBase;
    public ulong PageEa;
    public byte* PageHost;

    // ---- The caches for the present MSR.IR, DR, PR.
    public TlbEntry* Tlb;
    public FetchEntry* Fetch;

    /// <summary>All ones in 64-bit mode, the low word in 32-bit mode: effective addresses and CTR are cut to it.</summary>
    public ulong ModeMask;

    /// <summary>
    /// For each mode of the fetch cache (<see cref="SoftTlb.FetchModeOf"/>): raised whenever a valid entry is dropped or gives way to
    /// another mapping.
    /// </summary>
    public fixed ulong FetchEpochs[SoftTlb.FetchModes];

    /// <summary>Instructions that may still run in this chunk. A compiled region may take it below zero.</summary>
    public long Left;

    /// <summary>All ones when no instruction more than the budget may run, else 0.</summary>
    public long Exact;

    /// <summary>
    /// 0, or <see cref="Wanted"/>: compiled code shall leave at its next check. Set by anyone, cleared by the thread.
    /// </summary>
    public long Attention;

    /// <summary>Which hardware thread this is.</summary>
    public uint ThreadId;

    /// <summary>Not 0 while compiled code stores by the slow way: a store into compiled code must then be run again.</summary>
    public uint InRegion;

    // ---- Counts for people: instructions run compiled, regions entered, and how they were left or not entered.
    public long Compiled;
    public ulong Entries;
    public ulong Steps;
    public ulong Searches;
    public ulong Stops;
    public ulong Refusals;
    public ulong Misses;

    /// <summary>Instructions that count when the slow access under way faults.</summary>
    public long FaultRetired;

    /// <summary>What a slow load of compiled code has loaded.</summary>
    public ulong SlowValue;
    public Vector128<byte> SlowVector;

    /// <summary>Stands for the instruction that compiled code is at, for slow paths and routines.</summary>
    public DecodedInsn Scratch;

    /// <summary>What native code shares with <see cref="Regions.NativeTier"/>.</summary>
    public NativeFrame Native;

    // ---- Why the loop was left.
    public PpuLoopExit Exit;
    public uint ExitVector;
    public ulong ExitSrr1;
    public delegate*<PpuContext*, DecodedInsn*, DecodedInsn*> Between;
    public DecodedInsn* BetweenInsn;

    /// <summary>GCHandle of the owning <see cref="PpuThread"/>.</summary>
    public nint Owner;

    /// <summary>A <see cref="Execution.Standing"/>: written by the thread, read by holders of the machine's lock.</summary>
    public uint Standing;

    /// <summary>Not 0: others use memory at the same time, on host threads of their own: the other hardware thread, or SPEs.</summary>
    public uint Shared;

    /// <summary>Then, what lwarx or ldarx has read where, as it stands in memory, and how wide.</summary>
    public byte* ReservedHost;
    public ulong ReservedValue;
    public uint ReservedBytes;

    /// <summary>The managed object the slow paths belong to.</summary>
    public readonly PpuThread Thread => Unsafe.As<PpuThread>(GCHandle.FromIntPtr(Owner).Target!);

    /// <summary>Effective address of a decoded instruction of the current page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong AddressOf(DecodedInsn* i) => PageEa + ((ulong)((byte*)i - (byte*)PageBase) >> 2);

    /// <summary>Leaves the loop to take an interrupt at this instruction.</summary>
    /// <returns>Null, for a handler to return.</returns>
    public DecodedInsn* Interrupt(DecodedInsn* i, uint vector, ulong srr1)
    {
        State.Nia = AddressOf(i);
        Exit = PpuLoopExit.Interrupt;
        ExitVector = vector;
        ExitSrr1 = srr1;
        return null;
    }

    /// <summary>Leaves the loop before this instruction, which is counted and not done.</summary>
    /// <returns>Null, for a handler to return.</returns>
    public DecodedInsn* Stop(DecodedInsn* i)
    {
        State.Nia = AddressOf(i);
        Exit = PpuLoopExit.Stop;
        return null;
    }
}

/// <summary>An instruction that works on the whole machine state.</summary>
internal unsafe interface ISystemOperation
{
    /// <returns>The next instruction (normally <paramref name="i"/> + 1), or null with <see cref="PpuContext.Exit"/> set.</returns>
    static abstract DecodedInsn* Execute(PpuContext* c, DecodedInsn* i);
}

/// <summary>Interrupt vectors (Book III 5.5).</summary>
internal static class Vectors
{
    public const uint MachineCheck = 0x200;
    public const uint DataStorage = 0x300;
    public const uint DataSegment = 0x380;
    public const uint InstructionStorage = 0x400;
    public const uint InstructionSegment = 0x480;
    public const uint External = 0x500;
    public const uint Alignment = 0x600;
    public const uint Program = 0x700;
    public const uint FloatingPointUnavailable = 0x800;
    public const uint Decrementer = 0x900;
    public const uint SystemCall = 0xc00;
    public const uint Trace = 0xd00;
    public const uint VectorUnavailable = 0xf20;
}

/// <summary>SRR1 bits of a program interrupt (Book III 5.5.9).</summary>
internal static class ProgramInterrupt
{
    public const ulong FloatingPointEnabled = 1UL << 20;
    public const ulong Illegal = 1UL << 19;
    public const ulong Privileged = 1UL << 18;
    public const ulong Trap = 1UL << 17;

    /// <summary>SRR0 is not the instruction that caused the exception but a later one.</summary>
    public const ulong AfterInstruction = 1UL << 16;
}
