using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

/// <summary>vcmpequb: Vector Compare Equal to Unsigned Byte.</summary>
internal readonly struct Vcmpequb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Equals(a, b);
}

/// <summary>vcmpequh: Vector Compare Equal to Unsigned Halfword.</summary>
internal readonly struct Vcmpequh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Equals(a.AsUInt16(), b.AsUInt16()).AsByte();
}

/// <summary>vcmpequw: Vector Compare Equal to Unsigned Word.</summary>
internal readonly struct Vcmpequw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Equals(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>vcmpgtub: Vector Compare Greater Than Unsigned Byte.</summary>
internal readonly struct Vcmpgtub : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.GreaterThan(a, b);
}

/// <summary>vcmpgtuh: Vector Compare Greater Than Unsigned Halfword.</summary>
internal readonly struct Vcmpgtuh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.GreaterThan(a.AsUInt16(), b.AsUInt16()).AsByte();
}

/// <summary>vcmpgtuw: Vector Compare Greater Than Unsigned Word.</summary>
internal readonly struct Vcmpgtuw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.GreaterThan(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>vcmpgtsb: Vector Compare Greater Than Signed Byte.</summary>
internal readonly struct Vcmpgtsb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.GreaterThan(a.AsSByte(), b.AsSByte()).AsByte();
}

/// <summary>vcmpgtsh: Vector Compare Greater Than Signed Halfword.</summary>
internal readonly struct Vcmpgtsh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.GreaterThan(a.AsInt16(), b.AsInt16()).AsByte();
}

/// <summary>vcmpgtsw: Vector Compare Greater Than Signed Word.</summary>
internal readonly struct Vcmpgtsw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.GreaterThan(a.AsInt32(), b.AsInt32()).AsByte();
}
