using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpuRuntime.State;

/// <summary>Bits of the FPSCR (SPU ISA 9.3). Flags of a slice stand in the word of its number, which is host lane 3 - number.</summary>
public static class SpuFpscr
{
    // ---- Single precision: in each of the four words
    /// <summary>Bits 29, 61, 93, 125: the result was too big and has been saturated.</summary>
    public const uint SingleOverflow = 4;

    /// <summary>Bits 30, 62, 94, 126: the result was too small and has become zero.</summary>
    public const uint SingleUnderflow = 2;

    /// <summary>Bits 31, 63, 95, 127: IEEE arithmetic could have had another result.</summary>
    public const uint SingleDifference = 1;

    /// <summary>Bit 116 for slice 0, in word 3; the other slices' bits follow to the right.</summary>
    public const uint DivideByZeroSlice0 = 0x800;

    // ---- Double precision: in word 1 for slice 0, in word 2 for slice 1
    /// <summary>Bits 50, 82.</summary>
    public const uint DoubleOverflow = 0x2000;

    /// <summary>Bits 51, 83.</summary>
    public const uint DoubleUnderflow = 0x1000;

    /// <summary>Bits 52, 84.</summary>
    public const uint DoubleInexact = 0x800;

    /// <summary>Bits 53, 85.</summary>
    public const uint DoubleInvalid = 0x400;

    /// <summary>Bits 54, 86: a NaN was not propagated.</summary>
    public const uint DoubleNan = 0x200;

    /// <summary>Bits 55, 87: a denormal operand was taken as zero.</summary>
    public const uint DoubleDenormal = 0x100;

    // ---- Rounding modes, in word 0
    private const int RoundingSlice0 = 10;
    private const int RoundingSlice1 = 8;

    /// <summary>The bits there are; the others read as zero.</summary>
    public static Vector128<byte> Used => Vector128.Create(0x0f07u, 0x3f07u, 0x3f07u, 0x0f07u).AsByte();

    /// <summary>RN0 or RN1: 0 nearest even, 1 to zero, 2 to +infinity, 3 to -infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Rounding(Vector128<byte> fpscr, int slice) =>
        (fpscr.AsUInt32().GetElement(3) >> (slice == 0 ? RoundingSlice0 : RoundingSlice1)) & 3;
}
