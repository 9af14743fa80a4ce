using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

// The average is formed without a wider type: a + b = 2 (a | b) - (a ^ b), so that
// (a + b + 1) >> 1 = (a | b) - ((a ^ b) >> 1).

/// <summary>vavgub: Vector Average Unsigned Byte, halves rounded up.</summary>
internal readonly struct Vavgub : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a | b) - ((a ^ b) >> 1);
}

/// <summary>vavguh: Vector Average Unsigned Halfword, halves rounded up.</summary>
internal readonly struct Vavguh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        ((a.AsUInt16() | b.AsUInt16()) - ((a.AsUInt16() ^ b.AsUInt16()) >> 1)).AsByte();
}

/// <summary>vavguw: Vector Average Unsigned Word, halves rounded up.</summary>
internal readonly struct Vavguw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        ((a.AsUInt32() | b.AsUInt32()) - ((a.AsUInt32() ^ b.AsUInt32()) >> 1)).AsByte();
}

/// <summary>vavgsb: Vector Average Signed Byte, halves rounded up.</summary>
internal readonly struct Vavgsb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        ((a.AsSByte() | b.AsSByte()) - ((a.AsSByte() ^ b.AsSByte()) >> 1)).AsByte();
}

/// <summary>vavgsh: Vector Average Signed Halfword, halves rounded up.</summary>
internal readonly struct Vavgsh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        ((a.AsInt16() | b.AsInt16()) - ((a.AsInt16() ^ b.AsInt16()) >> 1)).AsByte();
}

/// <summary>vavgsw: Vector Average Signed Word, halves rounded up.</summary>
internal readonly struct Vavgsw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        ((a.AsInt32() | b.AsInt32()) - ((a.AsInt32() ^ b.AsInt32()) >> 1)).AsByte();
}

/// <summary>vmaxub: Vector Maximum Unsigned Byte.</summary>
internal readonly struct Vmaxub : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a, b);
}

/// <summary>vmaxuh: Vector Maximum Unsigned Halfword.</summary>
internal readonly struct Vmaxuh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.AsUInt16(), b.AsUInt16()).AsByte();
}

/// <summary>vmaxuw: Vector Maximum Unsigned Word.</summary>
internal readonly struct Vmaxuw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>vmaxsb: Vector Maximum Signed Byte.</summary>
internal readonly struct Vmaxsb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.AsSByte(), b.AsSByte()).AsByte();
}

/// <summary>vmaxsh: Vector Maximum Signed Halfword.</summary>
internal readonly struct Vmaxsh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.AsInt16(), b.AsInt16()).AsByte();
}

/// <summary>vmaxsw: Vector Maximum Signed Word.</summary>
internal readonly struct Vmaxsw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.AsInt32(), b.AsInt32()).AsByte();
}

/// <summary>vminub: Vector Minimum Unsigned Byte.</summary>
internal readonly struct Vminub : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a, b);
}

/// <summary>vminuh: Vector Minimum Unsigned Halfword.</summary>
internal readonly struct Vminuh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.AsUInt16(), b.AsUInt16()).AsByte();
}

/// <summary>vminuw: Vector Minimum Unsigned Word.</summary>
internal readonly struct Vminuw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>vminsb: Vector Minimum Signed Byte.</summary>
internal readonly struct Vminsb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.AsSByte(), b.AsSByte()).AsByte();
}

/// <summary>vminsh: Vector Minimum Signed Halfword.</summary>
internal readonly struct Vminsh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.AsInt16(), b.AsInt16()).AsByte();
}

/// <summary>vminsw: Vector Minimum Signed Word.</summary>
internal readonly struct Vminsw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.AsInt32(), b.AsInt32()).AsByte();
}
