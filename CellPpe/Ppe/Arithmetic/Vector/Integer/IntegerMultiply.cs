using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

/// <summary>vmuleub: Vector Multiply Even Unsigned Byte.</summary>
internal readonly struct Vmuleub : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (Lanes.EvenBytes(a) * Lanes.EvenBytes(b)).AsByte();
}

/// <summary>vmuleuh: Vector Multiply Even Unsigned Halfword.</summary>
internal readonly struct Vmuleuh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (Lanes.EvenHalfwords(a) * Lanes.EvenHalfwords(b)).AsByte();
}

/// <summary>vmulesb: Vector Multiply Even Signed Byte.</summary>
internal readonly struct Vmulesb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (Lanes.EvenSignedBytes(a) * Lanes.EvenSignedBytes(b)).AsByte();
}

/// <summary>vmulesh: Vector Multiply Even Signed Halfword.</summary>
internal readonly struct Vmulesh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (Lanes.EvenSignedHalfwords(a) * Lanes.EvenSignedHalfwords(b)).AsByte();
}

/// <summary>vmuloub: Vector Multiply Odd Unsigned Byte.</summary>
internal readonly struct Vmuloub : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (Lanes.OddBytes(a) * Lanes.OddBytes(b)).AsByte();
}

/// <summary>vmulouh: Vector Multiply Odd Unsigned Halfword.</summary>
internal readonly struct Vmulouh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (Lanes.OddHalfwords(a) * Lanes.OddHalfwords(b)).AsByte();
}

/// <summary>vmulosb: Vector Multiply Odd Signed Byte.</summary>
internal readonly struct Vmulosb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (Lanes.OddSignedBytes(a) * Lanes.OddSignedBytes(b)).AsByte();
}

/// <summary>vmulosh: Vector Multiply Odd Signed Halfword.</summary>
internal readonly struct Vmulosh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (Lanes.OddSignedHalfwords(a) * Lanes.OddSignedHalfwords(b)).AsByte();
}
