using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

using SpuRuntime.Arithmetic.Integer;

namespace SpuRuntime.Arithmetic.SinglePrecision;

/// <summary>
/// Single-precision results by the host's own arithmetic, rounded toward zero. They are the SPU's, and set no flag, when all operands
/// are ordinary or zero and the result is ordinary: exponents 1 to 253, where both formats have the same numbers. A result of zero
/// may be one that was too small, for which the SPU sets a flag.
/// </summary>
/// <remarks>
/// Compiled code checks operands only: where they are moderate (<see cref="IsModerate"/>), sums and single products are not just
/// ordinary but exact zeros where they are zero, and a zero is never negative, just as the SPU has it.
/// </remarks>
internal static class SingleFastPath
{
    /// <summary>True when this host has instructions that make a fast path.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512F.IsSupported || (Avx.IsSupported && Sse2.IsSupported);
    }

    /// <summary>A <see cref="Measure"/> from here on is not that of an ordinary number.</summary>
    public static Vector128<uint> Limit
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create(0xfcff_fffeu);
    }

    /// <summary>
    /// How far a number is above the one behind the smallest ordinary one, going around: below <see cref="Limit"/> for ordinary
    /// numbers only, not for zero, and not for the smallest itself, to which a host may have rounded what is too small.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Measure(Vector128<byte> value) => (value.AsUInt32() << 1) - Vector128.Create(0x0100_0001u);

    /// <summary>Ones where an operand is neither ordinary nor zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Odd(Vector128<byte> operand) =>
        Vector128.AndNot(
            Vector128.GreaterThanOrEqual(Measure(operand), Limit), Vector128.Equals(operand.AsUInt32() << 1, Vector128<uint>.Zero));

    /// <summary>Ones where a result is not ordinary.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Unusual(Vector128<byte> result) => Vector128.GreaterThanOrEqual(Measure(result), Limit);

    /// <summary>
    /// A word for each number by which magnitudes compare: the number with its sign moved to the right end. At <see
    /// cref="ModerateRange.MagnitudeKeyLimit"/> it is too great to be moderate.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> MagnitudeKey(Vector128<byte> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.RotateLeft(value.AsUInt32(), 1)
        : (value.AsUInt32() << 1) | (value.AsUInt32() >>> 31);

    /// <summary>
    /// The negated <see cref="MagnitudeKey"/>: beyond <see cref="ModerateRange.InverseMagnitudeKeyLimit"/> a number is too small to be
    /// moderate. That of +0 is the smallest word, that of -0 the greatest.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> InverseMagnitudeKey(Vector128<byte> value) => Vector128<uint>.Zero - MagnitudeKey(value);

    /// <summary>The greater of each two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Max(Vector128<uint> left, Vector128<uint> right) => Vector128.Max(left, right);

    /// <summary>
    /// Whether all numbers were moderate, of the greatest <see cref="MagnitudeKey"/> and the greatest <see
    /// cref="InverseMagnitudeKey"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsModerate(Vector128<uint> highest, Vector128<uint> smallness) =>
        (Vector128.GreaterThanOrEqual(highest, Vector128.Create(ModerateRange.MagnitudeKeyLimit))
            | Vector128.GreaterThan(smallness, Vector128.Create(ModerateRange.InverseMagnitudeKeyLimit)))
        == Vector128<uint>.Zero;

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Add(Vector128<byte> a, Vector128<byte> b) => Avx512F.IsSupported
        ? SingleWide.Narrow(SingleWide.Add(SingleWide.Of(a), SingleWide.Of(b)))
        : SingleDoubles.Add(a, b);

    /// <summary>a - b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Subtract(Vector128<byte> a, Vector128<byte> b) => Avx512F.IsSupported
        ? SingleWide.Narrow(SingleWide.Subtract(SingleWide.Of(a), SingleWide.Of(b)))
        : SingleDoubles.Subtract(a, b);

    /// <summary>a times b. A negative zero becomes a positive one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Multiply(Vector128<byte> a, Vector128<byte> b) => Avx512F.IsSupported
        ? SingleWide.Narrow(SingleWide.Multiply(SingleWide.Of(a), SingleWide.Of(b)))
        : SingleDoubles.Multiply(a, b);

    /// <summary>a times b, plus c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> MultiplyAdd(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) => Avx512F.IsSupported
        ? SingleWide.Narrow(SingleWide.MultiplyAdd(SingleWide.Of(a), SingleWide.Of(b), SingleWide.Of(c)))
        : SingleDoubles.MultiplyAdd(a, b, c);

    /// <summary>a times b, minus c. Zeros: as for <see cref="Multiply"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> MultiplySubtract(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) => Avx512F.IsSupported
        ? SingleWide.Narrow(SingleWide.MultiplySubtract(SingleWide.Of(a), SingleWide.Of(b), SingleWide.Of(c)))
        : SingleDoubles.MultiplySubtract(a, b, c);

    /// <summary>c minus a times b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> NegativeMultiplySubtract(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) => Avx512F.IsSupported
        ? SingleWide.Narrow(SingleWide.NegativeMultiplySubtract(SingleWide.Of(a), SingleWide.Of(b), SingleWide.Of(c)))
        : SingleDoubles.NegativeMultiplySubtract(a, b, c);
}
