using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

using SpuRuntime.Arithmetic.Integer;

namespace SpuRuntime.Arithmetic.SinglePrecision;

/// <summary>
/// The operations of <see cref="SingleFastPath"/> as AVX has them: products of single-precision numbers are exact doubles, and sums of
/// those are two doubles. What is too small to be ordinary may come out as the smallest ordinary number.
/// </summary>
internal static class SingleDoubles
{
    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Add(Vector128<byte> a, Vector128<byte> b) => Sum(Doubles(a), Doubles(b));

    /// <summary>a - b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Subtract(Vector128<byte> a, Vector128<byte> b) => Sum(Doubles(a), -Doubles(b));

    /// <summary>a times b. The sum with zero makes a negative zero a positive one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Multiply(Vector128<byte> a, Vector128<byte> b) =>
        Truncate((Doubles(a) * Doubles(b)) + Vector256<double>.Zero);

    /// <summary>a times b, plus c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> MultiplyAdd(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Sum(Doubles(a) * Doubles(b), Doubles(c));

    /// <summary>a times b, minus c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> MultiplySubtract(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Sum(Doubles(a) * Doubles(b), Vector256<double>.Zero - Doubles(c));

    /// <summary>c minus a times b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> NegativeMultiplySubtract(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Sum(-(Doubles(a) * Doubles(b)), Doubles(c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Doubles(Vector128<byte> value) => Avx.ConvertToVector256Double(value.AsSingle());

    // The sum of exact doubles by two-sum, then as SingleFormat.Pack does it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Sum(Vector256<double> left, Vector256<double> right)
    {
        Vector256<double> sum = left + right;
        Vector256<double> rightPart = sum - left;
        Vector256<double> rest = (left - (sum - rightPart)) + (right - rightPart);
        Vector256<long> opposite = (sum.AsInt64() ^ rest.AsInt64()) >>> 63;
        Vector256<long> none = Vector256.Equals(rest, Vector256<double>.Zero).AsInt64();
        return Truncate((sum.AsInt64() - Vector256.AndNot(opposite, none)).AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Truncate(Vector256<double> value) =>
        Avx.ConvertToVector128Single((value.AsInt64() & Vector256.Create(-1L << 29)).AsDouble()).AsByte();
}
