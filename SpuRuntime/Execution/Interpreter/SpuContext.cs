using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using SpuRuntime.Engine;
using SpuRuntime.State;

namespace SpuRuntime.Execution.Interpreter;

/// <summary>What is known of an instruction's word.</summary>
internal enum DecodedState : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is decoded.</summary>
    Decoded,

    /// <summary>And it was warm once, and no compiled code fitted.</summary>
    Sought,
}

/// <summary>One pre-decoded instruction: what to run, and the word its fields are cut from.</summary>
internal unsafe struct SpuDecodedInsn
{
    /// <summary>
    /// Runs the instruction and returns the next one, or null when the loop must be left (see <see cref="SpuContext.Exit"/>).
    /// </summary>
    public delegate*<SpuContext*, SpuDecodedInsn*, SpuDecodedInsn*> Handler;

    /// <summary>In host order.</summary>
    public uint Word;

    /// <summary>Arrivals by branches that are left until the instruction is considered for compilation.</summary>
    public ushort Heat;

    /// <summary>Which entry of its region this is, while Handler is compiled code.</summary>
    public byte Entry;

    /// <summary>0 when it is still to be decoded; else Handler and Word are of the word local store held.</summary>
    public DecodedState State;
}

/// <summary>
/// An SPU as the interpreter's handlers see it: the architected state first, then caches that can be dropped at any time. Lives in
/// unmanaged memory, so that a pointer to it can be passed from handler to handler.
/// </summary>
internal unsafe struct SpuContext
{
    public SpuState State;

    /// <summary>256 KB in guest byte order.</summary>
    public byte* LocalStore;

    /// <summary>An entry for each word of local store, and one behind them that goes around.</summary>
    public SpuDecodedInsn* Code;

    /// <summary>A byte for each quadword of local store: not 0 while any of its words is decoded (<see cref="DecodedFlags"/>).</summary>
    public byte* Decoded;

    /// <summary>Address bits of a quadword access: <see cref="SpuState.LocalStoreLimit"/> as it was when the present run began.</summary>
    public uint QuadwordMask;

    /// <summary>Instructions that may still run in this chunk.</summary>
    public long Left;

    /// <summary>What <see cref="Left"/> was when <see cref="SpuState.Instructions"/> was last brought up to date.</summary>
    public long Counted;

    /// <summary>Why the loop was left, with the argument of <see cref="SpuExit"/>.</summary>
    public SpuExitReason Exit;
    public uint ExitArgument;

    /// <summary>For each word, where its computed branch went last when it left a region.</summary>
    public uint* Targets;

    /// <summary>Instructions run by compiled code, how often it was entered, and how often it left one to the interpreter.</summary>
    public long Compiled;
    public long Entries;
    public long SideExits;

    /// <summary>GCHandle of <see cref="Owner"/>.</summary>
    public nint OwnerHandle;

    /// <summary>What decodes its instructions, for slow paths.</summary>
    public readonly DecodedLocalStore Owner => Unsafe.As<DecodedLocalStore>(GCHandle.FromIntPtr(OwnerHandle).Target!);

    /// <summary>The local store address of an entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint AddressOf(SpuDecodedInsn* i) => (uint)((byte*)i - (byte*)Code) / (uint)sizeof(SpuDecodedInsn) * 4;

    /// <summary>The entry of an address, which goes around and loses its last two bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly SpuDecodedInsn* At(uint address) => Code + ((address & (SpuState.LocalStoreSize - 4)) >> 2);

    /// <summary>Adds what has run since to the instruction count.</summary>
    public void Count()
    {
        State.Instructions += (ulong)(Counted - Left);
        Counted = Left;
    }
}
