using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SpuRuntime.Arithmetic.Integer;

/// <summary>Shifts of each word by its own amount; amounts of 32 and more, up to 63, shift everything out.</summary>
internal static class WordShift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Left(Vector128<uint> value, Vector128<uint> amount) => Avx2.IsSupported
        ? Avx2.ShiftLeftLogicalVariable(value, amount)
        : Vector128.Create(Left(value, amount, 0), Left(value, amount, 1), Left(value, amount, 2), Left(value, amount, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Right(Vector128<uint> value, Vector128<uint> amount) => Avx2.IsSupported
        ? Avx2.ShiftRightLogicalVariable(value, amount)
        : Vector128.Create(Right(value, amount, 0), Right(value, amount, 1), Right(value, amount, 2), Right(value, amount, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> RightAlgebraic(Vector128<uint> value, Vector128<uint> amount) => Avx2.IsSupported
        ? Avx2.ShiftRightArithmeticVariable(value.AsInt32(), amount).AsUInt32()
        : Vector128.Create(
            Algebraic(value, amount, 0), Algebraic(value, amount, 1), Algebraic(value, amount, 2), Algebraic(value, amount, 3));

    private static uint Left(Vector128<uint> value, Vector128<uint> amount, int lane) =>
        (uint)((ulong)value.GetElement(lane) << (int)amount.GetElement(lane));

    private static uint Right(Vector128<uint> value, Vector128<uint> amount, int lane) =>
        (uint)((ulong)value.GetElement(lane) >> (int)amount.GetElement(lane));

    private static uint Algebraic(Vector128<uint> value, Vector128<uint> amount, int lane) =>
        (uint)((long)(int)value.GetElement(lane) >> (int)amount.GetElement(lane));
}

/// <summary>The halfwords of words, each as a word of its own.</summary>
internal static class HalfwordPairs
{
    public static Vector128<uint> RightMask
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create(0xffffu);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Join(Vector128<uint> left, Vector128<uint> right) =>
        Vector128.ConditionalSelect(RightMask, right, left).AsByte();

    /// <summary>
    /// The shift count of each halfword, negated when it counts to the right, modulo 32: of left halves and right halves.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<uint> Left, Vector128<uint> Right) Counts(Vector128<ushort> counts)
    {
        Vector128<uint> words = (counts & Vector128.Create((ushort)31)).AsUInt32();
        return (words >>> 16, words & RightMask);
    }
}

/// <summary><c>shlh, shlhi</c></summary>
internal readonly struct ShiftLeftHalfwords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        (Vector128<uint> left, Vector128<uint> right) = HalfwordPairs.Counts(b.AsUInt16());
        return HalfwordPairs.Join(
            WordShift.Left(a.AsUInt32() & ~HalfwordPairs.RightMask, left), WordShift.Left(a.AsUInt32(), right));
    }
}

/// <summary><c>shl, shli</c></summary>
internal readonly struct ShiftLeftWords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        WordShift.Left(a.AsUInt32(), b.AsUInt32() & Vector128.Create(63u)).AsByte();
}

/// <summary><c>roth, rothi</c></summary>
internal readonly struct RotateHalfwords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        (Vector128<uint> left, Vector128<uint> right) = HalfwordPairs.Counts(b.AsUInt16() & Vector128.Create((ushort)15));
        // Each halfword twice in a word: the rotated one is then the left half of the shifted word.
        Vector128<uint> leftTwice = (a.AsUInt32() & ~HalfwordPairs.RightMask) | (a.AsUInt32() >>> 16);
        Vector128<uint> rightTwice = (a.AsUInt32() << 16) | (a.AsUInt32() & HalfwordPairs.RightMask);
        return HalfwordPairs.Join(WordShift.Left(leftTwice, left), WordShift.Left(rightTwice, right) >>> 16);
    }
}

/// <summary><c>rot, roti</c></summary>
internal readonly struct RotateWords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<uint> count = b.AsUInt32() & Vector128.Create(31u);
        if (Avx512F.VL.IsSupported)
            return Avx512F.VL.RotateLeftVariable(a.AsUInt32(), count).AsByte();
        return (WordShift.Left(a.AsUInt32(), count) | WordShift.Right(a.AsUInt32(), Vector128.Create(32u) - count)).AsByte();
    }
}

/// <summary><c>rothm, rothmi</c>: to the right by the negated count modulo 32.</summary>
internal readonly struct ShiftRightHalfwords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        (Vector128<uint> left, Vector128<uint> right) = HalfwordPairs.Counts(Vector128<ushort>.Zero - b.AsUInt16());
        return HalfwordPairs.Join(
            WordShift.Right(a.AsUInt32(), left), WordShift.Right(a.AsUInt32() & HalfwordPairs.RightMask, right));
    }
}

/// <summary><c>rotm, rotmi</c>: to the right by the negated count modulo 64.</summary>
internal readonly struct ShiftRightWords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        WordShift.Right(a.AsUInt32(), (Vector128<uint>.Zero - b.AsUInt32()) & Vector128.Create(63u)).AsByte();
}

/// <summary><c>rotmah, rotmahi</c>: to the right by the negated count modulo 32, keeping the sign.</summary>
internal readonly struct ShiftRightAlgebraicHalfwords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        (Vector128<uint> left, Vector128<uint> right) = HalfwordPairs.Counts(Vector128<ushort>.Zero - b.AsUInt16());
        return HalfwordPairs.Join(
            WordShift.RightAlgebraic(a.AsUInt32(), left), WordShift.RightAlgebraic(a.AsUInt32() << 16, right) >>> 16);
    }
}

/// <summary><c>rotma, rotmai</c>: to the right by the negated count modulo 64, keeping the sign.</summary>
internal readonly struct ShiftRightAlgebraicWords : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        WordShift.RightAlgebraic(a.AsUInt32(), (Vector128<uint>.Zero - b.AsUInt32()) & Vector128.Create(63u)).AsByte();
}
