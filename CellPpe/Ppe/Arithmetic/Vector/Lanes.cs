using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector;

/// <summary>
/// The even or odd elements of a register, each widened into the lane of twice its size. Elements are numbered from
/// the left, so the even one is the upper half of its lane.
/// </summary>
internal static class Lanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> EvenBytes(Vector128<byte> value) => value.AsUInt16() >>> 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> OddBytes(Vector128<byte> value) => value.AsUInt16() & Vector128.Create((ushort)0xff);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> EvenSignedBytes(Vector128<byte> value) => value.AsInt16() >> 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> OddSignedBytes(Vector128<byte> value) => (value.AsInt16() << 8) >> 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> EvenHalfwords(Vector128<byte> value) => value.AsUInt32() >>> 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> OddHalfwords(Vector128<byte> value) => value.AsUInt32() & Vector128.Create(0xffffu);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> EvenSignedHalfwords(Vector128<byte> value) => value.AsInt32() >> 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> OddSignedHalfwords(Vector128<byte> value) => (value.AsInt32() << 16) >> 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> EvenSignedWords(Vector128<byte> value) => value.AsInt64() >> 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> OddSignedWords(Vector128<byte> value) => (value.AsInt64() << 32) >> 32;
}
