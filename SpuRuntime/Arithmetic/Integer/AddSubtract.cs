using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpuRuntime.Arithmetic.Integer;

/// <summary><c>ah, ahi</c></summary>
internal readonly struct AddHalfwords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsUInt16() + b.AsUInt16()).AsByte();
}

/// <summary><c>a, ai</c></summary>
internal readonly struct AddWords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsUInt32() + b.AsUInt32()).AsByte();
}

/// <summary><c>sfh, sfhi</c>: b - a.</summary>
internal readonly struct SubtractFromHalfwords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (b.AsUInt16() - a.AsUInt16()).AsByte();
}

/// <summary><c>sf, sfi</c>: b - a.</summary>
internal readonly struct SubtractFromWords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (b.AsUInt32() - a.AsUInt32()).AsByte();
}

/// <summary><c>addx</c>: with the lowest bit of each word of t as carry.</summary>
internal readonly struct AddExtended : ISpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> t) =>
        (a.AsUInt32() + b.AsUInt32() + (t.AsUInt32() & Vector128<uint>.One)).AsByte();
}

/// <summary><c>sfx</c>: b - a, and one less where the lowest bit of t is 0.</summary>
internal readonly struct SubtractFromExtended : ISpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> t) =>
        (b.AsUInt32() + ~a.AsUInt32() + (t.AsUInt32() & Vector128<uint>.One)).AsByte();
}

/// <summary><c>cg</c>: the carry out of a + b.</summary>
internal readonly struct CarryGenerate : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (Vector128.LessThan(a.AsUInt32() + b.AsUInt32(), a.AsUInt32()) >>> 31).AsByte();
}

/// <summary><c>bg</c>: 1 where b - a does not borrow.</summary>
internal readonly struct BorrowGenerate : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (Vector128.GreaterThanOrEqual(b.AsUInt32(), a.AsUInt32()) >>> 31).AsByte();
}

/// <summary><c>bgx</c>: 1 where b - a, and one less where the lowest bit of t is 0, does not borrow.</summary>
internal readonly struct BorrowGenerateExtended : ISpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> t) =>
        (Vector128.ConditionalSelect(
            Vector128.Equals(t.AsUInt32() & Vector128<uint>.One, Vector128<uint>.One),
            Vector128.GreaterThanOrEqual(b.AsUInt32(), a.AsUInt32()),
            Vector128.GreaterThan(b.AsUInt32(), a.AsUInt32())) >>> 31).AsByte();
}

/// <summary><c>cgx</c>: the carry out of a + b + the lowest bit of t.</summary>
internal readonly struct CarryGenerateExtended : ISpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> t)
    {
        Vector128<uint> sum = a.AsUInt32() + b.AsUInt32();
        Vector128<uint> withCarry = sum + (t.AsUInt32() & Vector128<uint>.One);
        // At most one of the two additions carries.
        Vector128<uint> carries = Vector128.LessThan(sum, a.AsUInt32()) | Vector128.LessThan(withCarry, sum);
        return (carries >>> 31).AsByte();
    }
}
