using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SpuRuntime.Arithmetic.Integer;

/// <summary>Halfwords of words, and their products.</summary>
internal static class Halves
{
    /// <summary>The left half of each word, as an unsigned word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Left(Vector128<byte> value) => value.AsUInt32() >>> 16;

    /// <summary>The right half of each word, as an unsigned word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Right(Vector128<byte> value) => value.AsUInt32() & Vector128.Create(0xffffu);

    /// <summary>Products of the right halves as signed numbers; the left halves are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> SignedProducts(Vector128<uint> a, Vector128<uint> b) => Sse2.IsSupported
        ? Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
        : ((a.AsInt32() << 16) >> 16) * ((b.AsInt32() << 16) >> 16);
}

/// <summary><c>mpy, mpyi</c>: signed right halves.</summary>
internal readonly struct Multiply : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Halves.SignedProducts(Halves.Right(a), Halves.Right(b)).AsByte();
}

/// <summary><c>mpyu, mpyui</c>: unsigned right halves.</summary>
internal readonly struct MultiplyUnsigned : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (Halves.Right(a) * Halves.Right(b)).AsByte();
}

/// <summary><c>mpyh</c>: left half by right half, shifted left by 16 bits.</summary>
internal readonly struct MultiplyHighLow : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        ((Halves.Left(a) * b.AsUInt32()) << 16).AsByte();
}

/// <summary><c>mpys</c>: signed right halves, of which the left half of the product is kept.</summary>
internal readonly struct MultiplyShiftRight : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (Halves.SignedProducts(Halves.Right(a), Halves.Right(b)) >> 16).AsByte();
}

/// <summary><c>mpyhh</c>: signed left halves.</summary>
internal readonly struct MultiplyHighHigh : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Halves.SignedProducts(Halves.Left(a), Halves.Left(b)).AsByte();
}

/// <summary><c>mpyhhu</c>: unsigned left halves.</summary>
internal readonly struct MultiplyHighHighUnsigned : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        (Halves.Left(a) * Halves.Left(b)).AsByte();
}

/// <summary><c>mpyhha</c>: signed left halves, added to t.</summary>
internal readonly struct MultiplyHighHighAdd : ISpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> t) =>
        (Halves.SignedProducts(Halves.Left(a), Halves.Left(b)) + t.AsInt32()).AsByte();
}

/// <summary><c>mpyhhau</c>: unsigned left halves, added to t.</summary>
internal readonly struct MultiplyHighHighUnsignedAdd : ISpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> t) =>
        ((Halves.Left(a) * Halves.Left(b)) + t.AsUInt32()).AsByte();
}

/// <summary><c>mpya</c>: signed right halves, added to c.</summary>
internal readonly struct MultiplyLowAdd : ISpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        (Halves.SignedProducts(Halves.Right(a), Halves.Right(b)) + c.AsInt32()).AsByte();
}
