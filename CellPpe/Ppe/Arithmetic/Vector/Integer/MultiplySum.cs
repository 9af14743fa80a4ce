using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

/// <summary>vmhaddshs: Vector Multiply-High and Add Signed Halfword Saturate.</summary>
internal readonly struct Vmhaddshs : IPpuVectorStatusTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        VectorMultiplyHigh.Add(ref vscr, a, b, c, rounding: 0);
}

/// <summary>vmhraddshs: Vector Multiply-High Round and Add Signed Halfword Saturate.</summary>
internal readonly struct Vmhraddshs : IPpuVectorStatusTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        VectorMultiplyHigh.Add(ref vscr, a, b, c, rounding: 0x4000);
}

/// <summary>vmladduhm: Vector Multiply-Low and Add Unsigned Halfword Modulo.</summary>
internal readonly struct Vmladduhm : IPpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        ((a.AsUInt16() * b.AsUInt16()) + c.AsUInt16()).AsByte();
}

/// <summary>vmsumubm: Vector Multiply-Sum Unsigned Byte Modulo.</summary>
internal readonly struct Vmsumubm : IPpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        Vector128<ushort> even = Lanes.EvenBytes(a) * Lanes.EvenBytes(b);
        Vector128<ushort> odd = Lanes.OddBytes(a) * Lanes.OddBytes(b);
        return (Lanes.EvenHalfwords(even.AsByte()) + Lanes.OddHalfwords(even.AsByte())
            + Lanes.EvenHalfwords(odd.AsByte()) + Lanes.OddHalfwords(odd.AsByte()) + c.AsUInt32()).AsByte();
    }
}

/// <summary>vmsummbm: Vector Multiply-Sum Mixed Byte Modulo: signed bytes of VRA times unsigned bytes of VRB.</summary>
internal readonly struct Vmsummbm : IPpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        // -128 * 255 still fits a signed halfword.
        Vector128<short> even = Lanes.EvenSignedBytes(a) * Lanes.EvenBytes(b).AsInt16();
        Vector128<short> odd = Lanes.OddSignedBytes(a) * Lanes.OddBytes(b).AsInt16();
        return (Lanes.EvenSignedHalfwords(even.AsByte()) + Lanes.OddSignedHalfwords(even.AsByte())
            + Lanes.EvenSignedHalfwords(odd.AsByte()) + Lanes.OddSignedHalfwords(odd.AsByte()) + c.AsInt32()).AsByte();
    }
}

/// <summary>vmsumuhm: Vector Multiply-Sum Unsigned Halfword Modulo.</summary>
internal readonly struct Vmsumuhm : IPpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        Vector128<uint> even = Lanes.EvenHalfwords(a) * Lanes.EvenHalfwords(b);
        Vector128<uint> odd = Lanes.OddHalfwords(a) * Lanes.OddHalfwords(b);
        return (even + odd + c.AsUInt32()).AsByte();
    }
}

/// <summary>vmsumuhs: Vector Multiply-Sum Unsigned Halfword Saturate.</summary>
internal readonly struct Vmsumuhs : IPpuVectorStatusTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        // No term is negative, so saturating after each addition equals saturating the exact sum once.
        Vector128<uint> even = Lanes.EvenHalfwords(a) * Lanes.EvenHalfwords(b);
        Vector128<uint> odd = Lanes.OddHalfwords(a) * Lanes.OddHalfwords(b);
        Vector128<uint> sum = even + odd;
        Vector128<uint> total = sum + c.AsUInt32();
        Vector128<uint> carried = Vector128.LessThan(sum, even) | Vector128.LessThan(total, sum);
        Saturation.ReportIf(ref vscr, carried.AsByte());
        return (total | carried).AsByte();
    }
}

/// <summary>vmsumshm: Vector Multiply-Sum Signed Halfword Modulo.</summary>
internal readonly struct Vmsumshm : IPpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        Vector128<int> even = Lanes.EvenSignedHalfwords(a) * Lanes.EvenSignedHalfwords(b);
        Vector128<int> odd = Lanes.OddSignedHalfwords(a) * Lanes.OddSignedHalfwords(b);
        return (even + odd + c.AsInt32()).AsByte();
    }
}

/// <summary>vmsumshs: Vector Multiply-Sum Signed Halfword Saturate.</summary>
internal readonly struct Vmsumshs : IPpuVectorStatusTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        Vector128<int> even = Lanes.EvenSignedHalfwords(a) * Lanes.EvenSignedHalfwords(b);
        Vector128<int> odd = Lanes.OddSignedHalfwords(a) * Lanes.OddSignedHalfwords(b);
        Vector128<int> addend = c.AsInt32();
        Vector128<int> sum = even + odd;

        // Two products leave the word only as (-32768)^2 twice, which wraps to int.MinValue; no other pair gives that
        // word. A negative addend then brings the exact sum 2^31 + c back into range, any other one saturates.
        Vector128<int> wrapped = Vector128.Equals(sum, Vector128.Create(int.MinValue));
        Vector128<int> whenWrapped = Vector128.ConditionalSelect(
            Vector128.LessThan(addend, Vector128<int>.Zero), sum + addend, Vector128.Create(int.MaxValue));
        Vector128<int> total = Vector128.ConditionalSelect(wrapped, whenWrapped, Vector128.AddSaturate(sum, addend));
        return Saturation.Report(ref vscr, total.AsByte(), (sum + addend).AsByte());
    }
}
