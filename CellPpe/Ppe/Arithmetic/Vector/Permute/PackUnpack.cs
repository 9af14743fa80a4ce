using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.Arithmetic.Vector.Integer;
using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Permute;

// VRA's elements become the left half of a packed register, which is the upper half on the host.

/// <summary>vpkuhum: Vector Pack Unsigned Halfword Unsigned Modulo.</summary>
internal readonly struct Vpkuhum : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(b.AsUInt16(), a.AsUInt16());
}

/// <summary>vpkuwum: Vector Pack Unsigned Word Unsigned Modulo.</summary>
internal readonly struct Vpkuwum : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(b.AsUInt32(), a.AsUInt32()).AsByte();
}

/// <summary>vpkuhus: Vector Pack Unsigned Halfword Unsigned Saturate.</summary>
internal readonly struct Vpkuhus : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        return Vector128.Narrow(
            Saturation.Clamp(ref vscr, b.AsUInt16(), byte.MinValue, byte.MaxValue),
            Saturation.Clamp(ref vscr, a.AsUInt16(), byte.MinValue, byte.MaxValue));
    }
}

/// <summary>vpkuwus: Vector Pack Unsigned Word Unsigned Saturate.</summary>
internal readonly struct Vpkuwus : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        return Vector128.Narrow(
            Saturation.Clamp(ref vscr, b.AsUInt32(), ushort.MinValue, ushort.MaxValue),
            Saturation.Clamp(ref vscr, a.AsUInt32(), ushort.MinValue, ushort.MaxValue)).AsByte();
    }
}

/// <summary>vpkshus: Vector Pack Signed Halfword Unsigned Saturate.</summary>
internal readonly struct Vpkshus : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        return Vector128.Narrow(
            Saturation.Clamp(ref vscr, b.AsInt16(), byte.MinValue, byte.MaxValue),
            Saturation.Clamp(ref vscr, a.AsInt16(), byte.MinValue, byte.MaxValue)).AsByte();
    }
}

/// <summary>vpkswus: Vector Pack Signed Word Unsigned Saturate.</summary>
internal readonly struct Vpkswus : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        return Vector128.Narrow(
            Saturation.Clamp(ref vscr, b.AsInt32(), ushort.MinValue, ushort.MaxValue),
            Saturation.Clamp(ref vscr, a.AsInt32(), ushort.MinValue, ushort.MaxValue)).AsByte();
    }
}

/// <summary>vpkshss: Vector Pack Signed Halfword Signed Saturate.</summary>
internal readonly struct Vpkshss : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        return Vector128.Narrow(
            Saturation.Clamp(ref vscr, b.AsInt16(), sbyte.MinValue, sbyte.MaxValue),
            Saturation.Clamp(ref vscr, a.AsInt16(), sbyte.MinValue, sbyte.MaxValue)).AsByte();
    }
}

/// <summary>vpkswss: Vector Pack Signed Word Signed Saturate.</summary>
internal readonly struct Vpkswss : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        return Vector128.Narrow(
            Saturation.Clamp(ref vscr, b.AsInt32(), short.MinValue, short.MaxValue),
            Saturation.Clamp(ref vscr, a.AsInt32(), short.MinValue, short.MaxValue)).AsByte();
    }
}

/// <summary>vpkpx: Vector Pack Pixel: 8/8/8/8 bits a word to 1/5/5/5 a halfword.</summary>
internal readonly struct Vpkpx : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Narrow(Pixel.Pack(b.AsUInt32()), Pixel.Pack(a.AsUInt32())).AsByte();
}

/// <summary>vupkhsb: Vector Unpack High Signed Byte.</summary>
internal readonly struct Vupkhsb : IPpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> b) => Vector128.WidenUpper(b.AsSByte()).AsByte();
}

/// <summary>vupkhsh: Vector Unpack High Signed Halfword.</summary>
internal readonly struct Vupkhsh : IPpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> b) => Vector128.WidenUpper(b.AsInt16()).AsByte();
}

/// <summary>vupkhpx: Vector Unpack High Pixel.</summary>
internal readonly struct Vupkhpx : IPpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> b) => Pixel.Unpack(Vector128.WidenUpper(b.AsInt16()));
}

/// <summary>vupklsb: Vector Unpack Low Signed Byte.</summary>
internal readonly struct Vupklsb : IPpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> b) => Vector128.WidenLower(b.AsSByte()).AsByte();
}

/// <summary>vupklsh: Vector Unpack Low Signed Halfword.</summary>
internal readonly struct Vupklsh : IPpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> b) => Vector128.WidenLower(b.AsInt16()).AsByte();
}

/// <summary>vupklpx: Vector Unpack Low Pixel.</summary>
internal readonly struct Vupklpx : IPpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> b) => Pixel.Unpack(Vector128.WidenLower(b.AsInt16()));
}
