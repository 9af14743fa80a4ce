using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector;

// vsl and vsr are defined only when the low three bits of every byte of VRB agree; like most implementations,
// the last byte alone is looked at here.

/// <summary>vsl: Vector Shift Left: the whole register by 0 to 7 bits.</summary>
internal readonly struct Vsl : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Unsafe.BitCast<UInt128, Vector128<byte>>(Unsafe.BitCast<Vector128<byte>, UInt128>(a) << (b.ToScalar() & 7));
}

/// <summary>vsr: Vector Shift Right: the whole register by 0 to 7 bits.</summary>
internal readonly struct Vsr : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Unsafe.BitCast<UInt128, Vector128<byte>>(Unsafe.BitCast<Vector128<byte>, UInt128>(a) >>> (b.ToScalar() & 7));
}

/// <summary>vslo: Vector Shift Left by Octet: bits 121 to 124 of VRB.</summary>
internal readonly struct Vslo : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ByteShift.Left(a, Vector128<byte>.Zero, (b.ToScalar() >> 3) & 15);
}

/// <summary>vsro: Vector Shift Right by Octet: bits 121 to 124 of VRB.</summary>
internal readonly struct Vsro : IVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ByteShift.Right(a, (b.ToScalar() >> 3) & 15);
}

/// <summary>vsldoi: Vector Shift Left Double by Octet Immediate: sixteen bytes out of VRA followed by VRB.</summary>
internal readonly struct Vsldoi : IVectorBinaryImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, int immediate) => ByteShift.Left(a, b, immediate);
}
