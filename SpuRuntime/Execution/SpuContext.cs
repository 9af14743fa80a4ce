using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using SpuRuntime.State;

namespace SpuRuntime.Execution;

/// <summary>One pre-decoded instruction: what to run, and the word its fields are cut from.</summary>
internal unsafe struct DecodedInsn
{
    /// <summary>Runs the instruction and returns the next one, or null when the loop must be left (see <see cref="SpuContext.Exit"/>).</summary>
    public delegate*<SpuContext*, DecodedInsn*, DecodedInsn*> Handler;

    /// <summary>In host order.</summary>
    public uint Word;

    /// <summary>1 when Handler and Word are of the word local store held, 0 when it is still to be decoded.</summary>
    public uint IsDecoded;
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
    public DecodedInsn* Code;

    /// <summary>A byte for each quadword of local store: not 0 while any of its words is decoded.</summary>
    public byte* Decoded;

    /// <summary>Instructions that may still run in this chunk.</summary>
    public long Left;

    /// <summary>What <see cref="Left"/> was when <see cref="SpuState.Instructions"/> was last brought up to date.</summary>
    public long Counted;

    /// <summary>Why the loop was left, with the argument of <see cref="SpuExit"/>.</summary>
    public SpuExitReason Exit;
    public uint ExitArgument;

    /// <summary>GCHandle of the owning <see cref="SpuCore"/>.</summary>
    public nint Owner;

    public readonly SpuCore Core => Unsafe.As<SpuCore>(GCHandle.FromIntPtr(Owner).Target!);

    /// <summary>The local store address of an entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint AddressOf(DecodedInsn* i) => (uint)((byte*)i - (byte*)Code) / (uint)sizeof(DecodedInsn) * 4;

    /// <summary>The entry of an address, which goes around and loses its last two bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly DecodedInsn* At(uint address) => Code + ((address & (SpuState.LocalStoreSize - 4)) >> 2);

    /// <summary>Adds what has run since to the instruction count.</summary>
    public void Count()
    {
        State.Instructions += (ulong)(Counted - Left);
        Counted = Left;
    }
}
