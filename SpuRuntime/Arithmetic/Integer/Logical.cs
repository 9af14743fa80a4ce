using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpuRuntime.Arithmetic.Integer;

/// <summary><c>and</c> and its immediates.</summary>
internal readonly struct And : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        a & b;
}

/// <summary><c>andc</c></summary>
internal readonly struct AndComplement : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        a & ~b;
}

/// <summary><c>or</c> and its immediates, <c>iohl</c>.</summary>
internal readonly struct Or : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        a | b;
}

/// <summary><c>orc</c></summary>
internal readonly struct OrComplement : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        a | ~b;
}

/// <summary><c>xor</c> and its immediates.</summary>
internal readonly struct Xor : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        a ^ b;
}

/// <summary><c>nand</c></summary>
internal readonly struct Nand : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        ~(a & b);
}

/// <summary><c>nor</c></summary>
internal readonly struct Nor : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        ~(a | b);
}

/// <summary><c>eqv</c></summary>
internal readonly struct Equivalent : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        ~(a ^ b);
}

/// <summary><c>selb</c>: bits of b where c has a 1, else of a.</summary>
internal readonly struct SelectBits : ISpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Vector128.ConditionalSelect(c, b, a);
}

/// <summary><c>orx</c>: the four words or-ed together, in the preferred slot.</summary>
internal readonly struct OrAcross : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a)
    {
        Vector128<uint> pairs = a.AsUInt32() | Vector128.Shuffle(a.AsUInt32(), Vector128.Create(2u, 3, 0, 1));
        Vector128<uint> all = pairs | Vector128.Shuffle(pairs, Vector128.Create(1u, 0, 3, 2));
        return (all & Vector128.Create(0, 0, 0, uint.MaxValue)).AsByte();
    }
}
