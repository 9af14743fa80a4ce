using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpuRuntime.Arithmetic.Integer;

/// <summary>Shifts of a whole register by bytes and by up to seven bits.</summary>
internal static class QuadShift
{
    private static Vector128<byte> HostBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }

    /// <summary>The last byte of a register's preferred word everywhere: without a way through the host's other registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Count(Vector128<byte> register) => Vector128.ShuffleNative(register, Vector128.Create((byte)12));

    /// <summary>To the left by 0..15 bytes, around.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> RotateBytes(Vector128<byte> value, Vector128<byte> count) =>
        Vector128.ShuffleNative(value, (HostBytes - count) & Vector128.Create((byte)0x0f));

    /// <summary>To the left by 0..31 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LeftBytes(Vector128<byte> value, Vector128<byte> count) =>
        Vector128.ShuffleNative(value, (HostBytes - (count & Vector128.Create((byte)31))) & Vector128.Create((byte)0x8f));

    /// <summary>To the right by the negated count modulo 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> RightBytesNegated(Vector128<byte> value, Vector128<byte> count) =>
        Vector128.ShuffleNative(
            value,
            (HostBytes + Vector128.Create((byte)0x70) + ((Vector128<byte>.Zero - count) & Vector128.Create((byte)31))) & Vector128.Create(
                (byte)0x8f));

    /// <summary>To the left by 0..15 bytes, around.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> RotateBytes(Vector128<byte> value, int count) =>
        Vector128.ShuffleNative(value, (HostBytes - Vector128.Create((byte)count)) & Vector128.Create((byte)0x0f));

    /// <summary>To the left by 0..31 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LeftBytes(Vector128<byte> value, int count) =>
        // An index below zero has its first bit set and yields a zero byte.
        Vector128.ShuffleNative(value, (HostBytes - Vector128.Create((byte)count)) & Vector128.Create((byte)0x8f));

    /// <summary>To the right by 0..31 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> RightBytes(Vector128<byte> value, int count) =>
        // 0x70 more sets the first bit of every index above 15.
        Vector128.ShuffleNative(value, (HostBytes + Vector128.Create((byte)(count + 0x70))) & Vector128.Create((byte)0x8f));

    /// <summary>To the left by 0..7 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LeftBits(Vector128<byte> value, int count)
    {
        Vector128<ulong> lowInHigh = Vector128.Create(0UL, value.AsUInt64().ToScalar());
        return ((value.AsUInt64() << count) | ((lowInHigh >>> 1) >>> (63 - count))).AsByte();
    }

    /// <summary>To the right by 0..7 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> RightBits(Vector128<byte> value, int count)
    {
        Vector128<ulong> highInLow = Vector128.Create(value.AsUInt64().GetElement(1), 0UL);
        return ((value.AsUInt64() >>> count) | ((highInLow << 1) << (63 - count))).AsByte();
    }

    /// <summary>To the left by 0..7 bits, around.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> RotateBits(Vector128<byte> value, int count)
    {
        Vector128<ulong> swapped = Vector128.Shuffle(value.AsUInt64(), Vector128.Create(1UL, 0));
        return ((value.AsUInt64() << count) | ((swapped >>> 1) >>> (63 - count))).AsByte();
    }
}

/// <summary><c>shlqbi, shlqbii</c></summary>
internal readonly struct ShiftLeftQuadBits : ISpuVectorBinary, ISpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Apply(a, (int)Preferred.In(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate) => QuadShift.LeftBits(a, immediate & 7);
}

/// <summary><c>shlqby, shlqbyi</c></summary>
internal readonly struct ShiftLeftQuadBytes : ISpuVectorBinary, ISpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => QuadShift.LeftBytes(a, QuadShift.Count(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate) => QuadShift.LeftBytes(a, immediate & 31);
}

/// <summary><c>shlqbybi</c></summary>
internal readonly struct ShiftLeftQuadBytesByBits : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => QuadShift.LeftBytes(a, (int)(Preferred.In(b) >> 3) & 31);
}

/// <summary><c>rotqby, rotqbyi</c></summary>
internal readonly struct RotateQuadBytes : ISpuVectorBinary, ISpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => QuadShift.RotateBytes(a, QuadShift.Count(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate) => QuadShift.RotateBytes(a, immediate & 15);
}

/// <summary><c>rotqbybi</c></summary>
internal readonly struct RotateQuadBytesByBits : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => QuadShift.RotateBytes(a, (int)(Preferred.In(b) >> 3) & 15);
}

/// <summary><c>rotqbi, rotqbii</c></summary>
internal readonly struct RotateQuadBits : ISpuVectorBinary, ISpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Apply(a, (int)Preferred.In(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate) => QuadShift.RotateBits(a, immediate & 7);
}

/// <summary><c>rotqmby, rotqmbyi</c>: to the right by the negated count modulo 32.</summary>
internal readonly struct ShiftRightQuadBytes : ISpuVectorBinary, ISpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => QuadShift.RightBytesNegated(a, QuadShift.Count(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate) => QuadShift.RightBytes(a, -immediate & 31);
}

/// <summary><c>rotqmbybi</c>: to the right by the negated count, from bits 24 to 28, modulo 32.</summary>
internal readonly struct ShiftRightQuadBytesByBits : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => QuadShift.RightBytes(a, -(int)(Preferred.In(b) >> 3) & 31);
}

/// <summary><c>rotqmbi, rotqmbii</c>: to the right by the negated count modulo 8.</summary>
internal readonly struct ShiftRightQuadBits : ISpuVectorBinary, ISpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Apply(a, (int)Preferred.In(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate) => QuadShift.RightBits(a, -immediate & 7);
}
