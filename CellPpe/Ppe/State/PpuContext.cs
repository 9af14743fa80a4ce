using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Recompiler.Backends.Native;

namespace CellPpe.Ppe.State;

/// <summary>
/// A hardware thread as the interpreter's handlers see it: the architected state first, then caches that can be dropped
/// at any time. Lives in unmanaged memory, so that a pointer to it can be passed from handler to handler.
/// </summary>
internal unsafe struct PpuContext
{
    public const int TlbEntries = 16384;
    public const int FetchEntries = 4096;

    /// <summary>How many fetch caches there are: real mode, supervisor and problem state.</summary>
    public const int FetchModes = 3;

    /// <summary>
    /// What <see cref="Attention"/> is when the thread is wanted: more than any budget, so that one comparison serves both.
    /// </summary>
    public const long Wanted = long.MaxValue;

    public PpuState State;

    // ---- Where the loop is: page of decoded instructions, its effective address, its bytes.
    public PpuDecodedInsn* PageBase;
    public ulong PageEa;
    public byte* PageHost;

    // ---- The caches for the present MSR.IR, DR, PR.
    public TlbEntry* Tlb;
    public FetchEntry* Fetch;

    /// <summary>All ones in 64-bit mode, the low word in 32-bit mode: effective addresses and CTR are cut to it.</summary>
    public ulong ModeMask;

    /// <summary>
    /// For each mode of the fetch cache (real mode, supervisor and problem state): raised whenever a valid entry is dropped or gives way to
    /// another mapping.
    /// </summary>
    public fixed ulong FetchEpochs[FetchModes];

    /// <summary>Instructions that may still run in this chunk. A compiled region may take it below zero.</summary>
    public long Left;

    /// <summary>All ones when no instruction more than the budget may run, else 0.</summary>
    public long Exact;

    /// <summary>
    /// 0, or <see cref="Wanted"/>: compiled code exits at its next check. Set by any thread, cleared by this one.
    /// </summary>
    public long Attention;

    /// <summary>Which hardware thread this is.</summary>
    public uint ThreadId;

    /// <summary>Not 0 while compiled code stores by the slow way: a store into compiled code must then be run again.</summary>
    public uint InRegion;

    // ---- Statistics: instructions run compiled, regions entered, and how they were left or not entered.
    public long Compiled;
    public ulong Entries;
    public ulong Steps;
    public ulong Searches;
    public ulong Stops;
    public ulong Refusals;
    public ulong SideExits;

    /// <summary>Instructions to be counted if the current slow access faults.</summary>
    public long FaultRetired;

    /// <summary>The value loaded by a slow load of compiled code.</summary>
    public ulong SlowValue;
    public Vector128<byte> SlowVector;

    /// <summary>Stands for the instruction that compiled code is at, for slow paths and routines.</summary>
    public PpuDecodedInsn Scratch;

    /// <summary>What native code shares with the first tier of the compiler.</summary>
    public NativeFrame Native;

    // ---- Why the loop was left.
    public PpuLoopExit Exit;
    public uint ExitVector;
    public ulong ExitSrr1;
    public delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> Between;
    public PpuDecodedInsn* BetweenInsn;

    /// <summary>GCHandle of the thread object that the slow paths belong to.</summary>
    public nint Owner;

    /// <summary>Where the thread is, as the machine's lock counts it: written by the thread, read by holders of the lock.</summary>
    public uint Activity;

    /// <summary>Not 0: others use memory at the same time, on host threads of their own: the other hardware thread, or SPEs.</summary>
    public uint Shared;

    /// <summary>Then, what lwarx or ldarx has read where, as it stands in memory, and how wide.</summary>
    public byte* ReservedHost;
    public ulong ReservedValue;
    public uint ReservedBytes;

    /// <summary>Effective address of a decoded instruction of the current page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong AddressOf(PpuDecodedInsn* i) => PageEa + ((ulong)((byte*)i - (byte*)PageBase) >> 2);

    /// <summary>Leaves the loop to take an interrupt at this instruction.</summary>
    /// <returns>Null, for a handler to return.</returns>
    public PpuDecodedInsn* Interrupt(PpuDecodedInsn* i, uint vector, ulong srr1)
    {
        State.Nia = AddressOf(i);
        Exit = PpuLoopExit.Interrupt;
        ExitVector = vector;
        ExitSrr1 = srr1;
        return null;
    }

    /// <summary>Leaves the loop before this instruction, which is counted and not done.</summary>
    /// <returns>Null, for a handler to return.</returns>
    public PpuDecodedInsn* Stop(PpuDecodedInsn* i)
    {
        State.Nia = AddressOf(i);
        Exit = PpuLoopExit.Stop;
        return null;
    }
}
