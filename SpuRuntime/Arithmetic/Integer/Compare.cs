using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpuRuntime.Arithmetic.Integer;

/// <summary><c>ceqb, ceqbi</c></summary>
internal readonly struct CompareEqualBytes : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Equals(a.AsByte(), b.AsByte()).AsByte();
}

/// <summary><c>ceqh, ceqhi</c></summary>
internal readonly struct CompareEqualHalfwords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Equals(a.AsUInt16(), b.AsUInt16()).AsByte();
}

/// <summary><c>ceq, ceqi</c></summary>
internal readonly struct CompareEqualWords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Equals(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary><c>cgtb, cgtbi</c></summary>
internal readonly struct CompareGreaterBytes : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.GreaterThan(a.AsSByte(), b.AsSByte()).AsByte();
}

/// <summary><c>cgth, cgthi</c></summary>
internal readonly struct CompareGreaterHalfwords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.GreaterThan(a.AsInt16(), b.AsInt16()).AsByte();
}

/// <summary><c>cgt, cgti</c></summary>
internal readonly struct CompareGreaterWords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.GreaterThan(a.AsInt32(), b.AsInt32()).AsByte();
}

/// <summary><c>clgtb, clgtbi</c></summary>
internal readonly struct CompareLogicalGreaterBytes : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.GreaterThan(a.AsByte(), b.AsByte()).AsByte();
}

/// <summary><c>clgth, clgthi</c></summary>
internal readonly struct CompareLogicalGreaterHalfwords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.GreaterThan(a.AsUInt16(), b.AsUInt16()).AsByte();
}

/// <summary><c>clgt, clgti</c></summary>
internal readonly struct CompareLogicalGreaterWords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.GreaterThan(a.AsUInt32(), b.AsUInt32()).AsByte();
}
