using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SpuRuntime.Arithmetic.Float;

/// <summary>
/// The operations of <see cref="SingleQuick"/> as AVX-512 has them: it rounds toward zero by the instruction, over whole host registers only. The
/// first four numbers are those of an SPU register; the others are whatever was there, and nobody looks at them.
/// </summary>
internal static class SingleWide
{
    /// <summary>A register in this form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector128<byte> value) => value.AsSingle().ToVector256Unsafe().ToVector512Unsafe();

    /// <summary>The register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow(Vector512<float> value) => value.GetLower().GetLower().AsByte();

    /// <summary>Four registers in one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Join(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> d) =>
        Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d)).AsUInt32();

    /// <summary>See <see cref="SingleQuick.Highest"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Highest(Vector512<uint> four) => Avx512F.RotateLeft(four, 1);

    /// <summary>See <see cref="SingleQuick.Smallness"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Smallness(Vector512<uint> four) => Vector512<uint>.Zero - Highest(four);

    /// <summary>The greater of each two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Max(Vector512<uint> left, Vector512<uint> right) => Vector512.Max(left, right);

    /// <summary>See <see cref="SingleQuick.IsModerate"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsModerate(Vector512<uint> highest, Vector512<uint> smallness) =>
        (Vector512.GreaterThanOrEqual(highest, Vector512.Create(SingleQuick.TooHigh)) | Vector512.GreaterThan(smallness, Vector512.Create(SingleQuick.TooSmall)))
        == Vector512<uint>.Zero;

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => Avx512F.Add(a, b, FloatRoundingMode.ToZero);

    /// <summary>a - b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => Avx512F.Subtract(a, b, FloatRoundingMode.ToZero);

    /// <summary>a times b. The sum with zero makes a negative zero a positive one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) =>
        Avx512F.FusedMultiplyAdd(a, b, Vector512<float>.Zero, FloatRoundingMode.ToZero);

    /// <summary>a times b, plus c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Avx512F.FusedMultiplyAdd(a, b, c, FloatRoundingMode.ToZero);

    /// <summary>a times b, minus c. The sum with zero: as for <see cref="Multiply"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplySubtract(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Avx512F.Add(Avx512F.FusedMultiplySubtract(a, b, c, FloatRoundingMode.ToZero), Vector512<float>.Zero, FloatRoundingMode.ToZero);

    /// <summary>c minus a times b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NegativeMultiplySubtract(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Avx512F.FusedMultiplyAddNegated(a, b, c, FloatRoundingMode.ToZero);
}
