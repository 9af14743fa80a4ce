using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic.Vector.Integer;

/// <summary>vsum4ubs: Vector Sum across Quarter Unsigned Byte Saturate.</summary>
internal readonly struct Vsum4ubs : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<ushort> pairs = Lanes.EvenBytes(a) + Lanes.OddBytes(a);
        Vector128<uint> quads = Lanes.EvenHalfwords(pairs.AsByte()) + Lanes.OddHalfwords(pairs.AsByte());
        return Vadduws.Apply(ref vscr, quads.AsByte(), b);
    }
}

/// <summary>vsum4sbs: Vector Sum across Quarter Signed Byte Saturate.</summary>
internal readonly struct Vsum4sbs : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<short> pairs = Lanes.EvenSignedBytes(a) + Lanes.OddSignedBytes(a);
        Vector128<int> quads = Lanes.EvenSignedHalfwords(pairs.AsByte()) + Lanes.OddSignedHalfwords(pairs.AsByte());
        return Vaddsws.Apply(ref vscr, quads.AsByte(), b);
    }
}

/// <summary>vsum4shs: Vector Sum across Quarter Signed Halfword Saturate.</summary>
internal readonly struct Vsum4shs : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<int> pairs = Lanes.EvenSignedHalfwords(a) + Lanes.OddSignedHalfwords(a);
        return Vaddsws.Apply(ref vscr, pairs.AsByte(), b);
    }
}

/// <summary>vsum2sws: Vector Sum across Half Signed Word Saturate: each result stands in the odd word, the even word is zero.</summary>
internal readonly struct Vsum2sws : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<long> exact = Lanes.EvenSignedWords(a) + Lanes.OddSignedWords(a) + Lanes.OddSignedWords(b);
        Vector128<long> clamped = Vector128.Min(
            Vector128.Max(exact, Vector128.Create((long)int.MinValue)), Vector128.Create((long)int.MaxValue));
        return Saturation.Report(ref vscr, clamped.AsByte(), exact.AsByte()) & Vector128.Create(0xffff_ffffuL).AsByte();
    }
}

/// <summary>vsumsws: Vector Sum across Signed Word Saturate: the result stands in word 3, the others are zero.</summary>
internal readonly struct Vsumsws : IPpuVectorStatusBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<long> pairs = Lanes.EvenSignedWords(a) + Lanes.OddSignedWords(a);
        long exact = pairs[0] + pairs[1] + b.AsInt32()[0];
        long clamped = Math.Clamp(exact, int.MinValue, int.MaxValue);
        if (clamped != exact)
            vscr.Value |= Vscr.Sat;
        return Vector128.CreateScalar((uint)clamped).AsByte();
    }
}
