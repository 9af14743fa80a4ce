using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector.Permute;

// vsl and vsr are defined only when the low three bits of every byte of VRB agree. Here, as in QEMU, the
// last byte alone is used.

/// <summary>vsl: Vector Shift Left: the whole register by 0 to 7 bits.</summary>
internal readonly struct Vsl : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        int bits = b.ToScalar() & 7;
        Vector128<ulong> halves = a.AsUInt64();
        // The left half also takes the leftmost bits of the right one; index 2 is out of range and gives zero.
        Vector128<ulong> entering = Vector128.Shuffle(halves, Vector128.Create(2uL, 0uL));
        return ((halves << bits) | ((entering >>> 1) >>> (63 - bits))).AsByte();
    }
}

/// <summary>vsr: Vector Shift Right: the whole register by 0 to 7 bits.</summary>
internal readonly struct Vsr : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        int bits = b.ToScalar() & 7;
        Vector128<ulong> halves = a.AsUInt64();
        Vector128<ulong> entering = Vector128.Shuffle(halves, Vector128.Create(1uL, 2uL));
        return ((halves >>> bits) | ((entering << 1) << (63 - bits))).AsByte();
    }
}

/// <summary>vslo: Vector Shift Left by Octet: bits 121 to 124 of VRB.</summary>
internal readonly struct Vslo : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        ByteShift.Left(a, Vector128<byte>.Zero, (b.ToScalar() >> 3) & 15);
}

/// <summary>vsro: Vector Shift Right by Octet: bits 121 to 124 of VRB.</summary>
internal readonly struct Vsro : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ByteShift.Right(a, (b.ToScalar() >> 3) & 15);
}

/// <summary>vsldoi: Vector Shift Left Double by Octet Immediate: sixteen bytes out of VRA followed by VRB.</summary>
internal readonly struct Vsldoi : IPpuVectorBinaryImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, int immediate) => ByteShift.Left(a, b, immediate);
}
