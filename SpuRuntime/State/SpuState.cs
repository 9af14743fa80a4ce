using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpuRuntime.State;

/// <summary>
/// The architected state of one SPU, plain data that interpreter, compiled code, debugger and snapshots share (SPU ISA chapter 2).
/// Owned by the host thread that runs the SPU; while it does not run, by the holder of the SPE's lock.
/// </summary>
public unsafe struct SpuState
{
    /// <summary>Bytes of local store, and what addresses wrap around at unless <see cref="LocalStoreLimit"/> is less.</summary>
    public const int LocalStoreSize = 0x40000;

    /// <summary>Local store address bits of a quadword access.</summary>
    public const uint QuadwordMask = LocalStoreSize - 16;

    /// <summary>
    /// The 128 registers. Each is one 128-bit number in host order: architected byte 0, the leftmost, is host byte 15, and word
    /// element i is host lane 3 - i; the preferred word is lane 3.
    /// </summary>
    public RegisterFile Registers;

    /// <summary>The FPSCR as fscrrd reads it: 128 bits, in the registers' layout.</summary>
    public Vector128<byte> Fpscr;

    /// <summary>Address of the next instruction: a multiple of 4 below 256 KB.</summary>
    public uint Pc;

    /// <summary>1 while interrupts are enabled (bit 0 of SPU_NPC).</summary>
    public uint InterruptEnable;

    /// <summary>SRR0: where iret goes.</summary>
    public uint Srr0;

    /// <summary>
    /// SPU_LSLR: the address bits that loads and stores use, all of 0x3ffff or down to 0x7fff (CBE Public Registers 3.3.2.2). Changes only
    /// while the SPU is stopped.
    /// </summary>
    public uint LocalStoreLimit;

    /// <summary>
    /// Bits of <c>SpuAttention</c>: leave the instructions soon, or check for an interrupt. Set by any thread, read after
    /// each instruction or on each way back of compiled code, cleared by the one that runs the SPU.
    /// </summary>
    public long Attention;

    /// <summary>Instructions executed since the machine was built.</summary>
    public ulong Instructions;

    /// <summary>The state of an SPU that has just been built.</summary>
    public static SpuState Reset => new() { LocalStoreLimit = LocalStoreSize - 1 };

    /// <summary>128 registers of 128 bits.</summary>
    [InlineArray(128)]
    public struct RegisterFile
    {
        private Vector128<byte> _element0;
    }
}
