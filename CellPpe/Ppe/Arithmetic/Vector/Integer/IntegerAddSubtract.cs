using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

/// <summary>vaddubm: Vector Add Unsigned Byte Modulo.</summary>
internal readonly struct Vaddubm : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => a + b;
}

/// <summary>vadduhm: Vector Add Unsigned Halfword Modulo.</summary>
internal readonly struct Vadduhm : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.AsUInt16() + b.AsUInt16()).AsByte();
}

/// <summary>vadduwm: Vector Add Unsigned Word Modulo.</summary>
internal readonly struct Vadduwm : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.AsUInt32() + b.AsUInt32()).AsByte();
}

/// <summary>vaddcuw: Vector Add and write Carry-out Unsigned Word: 1 where the sum leaves the word.</summary>
internal readonly struct Vaddcuw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        // The sum wrapped exactly when it is below an addend.
        Vector128<uint> left = a.AsUInt32();
        return (Vector128.LessThan(left + b.AsUInt32(), left) & Vector128<uint>.One).AsByte();
    }
}

/// <summary>vaddubs: Vector Add Unsigned Byte Saturate.</summary>
internal readonly struct Vaddubs : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<byte> left = a;
        Vector128<byte> right = b;
        return Saturation.Report(ref vscr, Vector128.AddSaturate(left, right), left + right);
    }
}

/// <summary>vadduhs: Vector Add Unsigned Halfword Saturate.</summary>
internal readonly struct Vadduhs : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<ushort> left = a.AsUInt16();
        Vector128<ushort> right = b.AsUInt16();
        return Saturation.Report(ref vscr, Vector128.AddSaturate(left, right).AsByte(), (left + right).AsByte());
    }
}

/// <summary>vadduws: Vector Add Unsigned Word Saturate.</summary>
internal readonly struct Vadduws : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<uint> left = a.AsUInt32();
        Vector128<uint> right = b.AsUInt32();
        return Saturation.Report(ref vscr, Vector128.AddSaturate(left, right).AsByte(), (left + right).AsByte());
    }
}

/// <summary>vaddsbs: Vector Add Signed Byte Saturate.</summary>
internal readonly struct Vaddsbs : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<sbyte> left = a.AsSByte();
        Vector128<sbyte> right = b.AsSByte();
        return Saturation.Report(ref vscr, Vector128.AddSaturate(left, right).AsByte(), (left + right).AsByte());
    }
}

/// <summary>vaddshs: Vector Add Signed Halfword Saturate.</summary>
internal readonly struct Vaddshs : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<short> left = a.AsInt16();
        Vector128<short> right = b.AsInt16();
        return Saturation.Report(ref vscr, Vector128.AddSaturate(left, right).AsByte(), (left + right).AsByte());
    }
}

/// <summary>vaddsws: Vector Add Signed Word Saturate.</summary>
internal readonly struct Vaddsws : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<int> left = a.AsInt32();
        Vector128<int> right = b.AsInt32();
        return Saturation.Report(ref vscr, Vector128.AddSaturate(left, right).AsByte(), (left + right).AsByte());
    }
}

/// <summary>vsububm: Vector Subtract Unsigned Byte Modulo.</summary>
internal readonly struct Vsububm : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => a - b;
}

/// <summary>vsubuhm: Vector Subtract Unsigned Halfword Modulo.</summary>
internal readonly struct Vsubuhm : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.AsUInt16() - b.AsUInt16()).AsByte();
}

/// <summary>vsubuwm: Vector Subtract Unsigned Word Modulo.</summary>
internal readonly struct Vsubuwm : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.AsUInt32() - b.AsUInt32()).AsByte();
}

/// <summary>vsubcuw: Vector Subtract and write Carry-out Unsigned Word: 1 where nothing was borrowed.</summary>
internal readonly struct Vsubcuw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (Vector128.GreaterThanOrEqual(a.AsUInt32(), b.AsUInt32()) & Vector128<uint>.One).AsByte();
}

/// <summary>vsububs: Vector Subtract Unsigned Byte Saturate.</summary>
internal readonly struct Vsububs : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<byte> left = a;
        Vector128<byte> right = b;
        return Saturation.Report(ref vscr, Vector128.SubtractSaturate(left, right), left - right);
    }
}

/// <summary>vsubuhs: Vector Subtract Unsigned Halfword Saturate.</summary>
internal readonly struct Vsubuhs : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<ushort> left = a.AsUInt16();
        Vector128<ushort> right = b.AsUInt16();
        return Saturation.Report(ref vscr, Vector128.SubtractSaturate(left, right).AsByte(), (left - right).AsByte());
    }
}

/// <summary>vsubuws: Vector Subtract Unsigned Word Saturate.</summary>
internal readonly struct Vsubuws : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<uint> left = a.AsUInt32();
        Vector128<uint> right = b.AsUInt32();
        return Saturation.Report(ref vscr, Vector128.SubtractSaturate(left, right).AsByte(), (left - right).AsByte());
    }
}

/// <summary>vsubsbs: Vector Subtract Signed Byte Saturate.</summary>
internal readonly struct Vsubsbs : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<sbyte> left = a.AsSByte();
        Vector128<sbyte> right = b.AsSByte();
        return Saturation.Report(ref vscr, Vector128.SubtractSaturate(left, right).AsByte(), (left - right).AsByte());
    }
}

/// <summary>vsubshs: Vector Subtract Signed Halfword Saturate.</summary>
internal readonly struct Vsubshs : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<short> left = a.AsInt16();
        Vector128<short> right = b.AsInt16();
        return Saturation.Report(ref vscr, Vector128.SubtractSaturate(left, right).AsByte(), (left - right).AsByte());
    }
}

/// <summary>vsubsws: Vector Subtract Signed Word Saturate.</summary>
internal readonly struct Vsubsws : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<int> left = a.AsInt32();
        Vector128<int> right = b.AsInt32();
        return Saturation.Report(ref vscr, Vector128.SubtractSaturate(left, right).AsByte(), (left - right).AsByte());
    }
}
