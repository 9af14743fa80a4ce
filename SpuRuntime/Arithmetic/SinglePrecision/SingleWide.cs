using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

using SpuRuntime.Arithmetic.Integer;

namespace SpuRuntime.Arithmetic.SinglePrecision;

/// <summary>
/// The operations of <see cref="SingleFastPath"/> as AVX-512 has them: it rounds toward zero by the instruction, over whole host
/// registers only. Those are four SPU registers side by side, or one, in the lowest place; then the contents of the others are
/// undefined and unused.
/// </summary>
internal static class SingleWide
{
    /// <summary>A register in this form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Of(Vector128<byte> value) => value.ToVector256Unsafe().ToVector512Unsafe();

    /// <summary>The register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow(Vector512<byte> value) => value.GetLower().GetLower();

    /// <summary>Four registers in one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Join(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> d) =>
        Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d));

    /// <summary>See <see cref="SingleFastPath.MagnitudeKey"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> MagnitudeKey(Vector512<byte> four) => Avx512F.RotateLeft(four.AsUInt32(), 1);

    /// <summary>See <see cref="SingleFastPath.InverseMagnitudeKey"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> InverseMagnitudeKey(Vector512<byte> four) => Vector512<uint>.Zero - MagnitudeKey(four);

    /// <summary>The greater of each two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Max(Vector512<uint> left, Vector512<uint> right) => Vector512.Max(left, right);

    /// <summary>See <see cref="SingleFastPath.IsModerate"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsModerate(Vector512<uint> highest, Vector512<uint> smallness) =>
        (Vector512.GreaterThanOrEqual(highest, Vector512.Create(ModerateRange.MagnitudeKeyLimit))
            | Vector512.GreaterThan(smallness, Vector512.Create(ModerateRange.InverseMagnitudeKeyLimit)))
        == Vector512<uint>.Zero;

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Add(Vector512<byte> a, Vector512<byte> b) =>
        Avx512F.Add(a.AsSingle(), b.AsSingle(), FloatRoundingMode.ToZero).AsByte();

    /// <summary>a - b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Subtract(Vector512<byte> a, Vector512<byte> b) =>
        Avx512F.Subtract(a.AsSingle(), b.AsSingle(), FloatRoundingMode.ToZero).AsByte();

    /// <summary>a times b. The sum with zero makes a negative zero a positive one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Multiply(Vector512<byte> a, Vector512<byte> b) =>
        Avx512F.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), Vector512<float>.Zero, FloatRoundingMode.ToZero).AsByte();

    /// <summary>a times b, plus c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> MultiplyAdd(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
        Avx512F.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle(), FloatRoundingMode.ToZero).AsByte();

    /// <summary>a times b, minus c. The sum with zero: as for <see cref="Multiply"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> MultiplySubtract(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
        Avx512F.Add(
            Avx512F.FusedMultiplySubtract(a.AsSingle(), b.AsSingle(), c.AsSingle(), FloatRoundingMode.ToZero), Vector512<float>.Zero,
            FloatRoundingMode.ToZero).AsByte();

    /// <summary>c minus a times b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> NegativeMultiplySubtract(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
        Avx512F.FusedMultiplyAddNegated(a.AsSingle(), b.AsSingle(), c.AsSingle(), FloatRoundingMode.ToZero).AsByte();
}
