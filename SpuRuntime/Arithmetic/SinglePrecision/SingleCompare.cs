using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpuRuntime.Arithmetic.SinglePrecision;

/// <summary>Extended-range numbers as integers of the same order.</summary>
internal static class SingleOrder
{
    /// <summary>Magnitudes: the words without their signs, and 0 for every zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Magnitude(Vector128<byte> value)
    {
        Vector128<int> magnitude = value.AsInt32() & Vector128.Create(int.MaxValue);
        return magnitude & Vector128.GreaterThan(magnitude, Vector128.Create(0x007f_ffff));
    }

    /// <summary>Magnitudes with their signs, in two's complement.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Signed(Vector128<byte> value)
    {
        Vector128<int> sign = value.AsInt32() >> 31;
        return (Magnitude(value) ^ sign) - sign;
    }
}

/// <summary><c>fceq</c></summary>
internal readonly struct SingleEqual : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Equals(SingleOrder.Signed(a), SingleOrder.Signed(b)).AsByte();
}

/// <summary><c>fcmeq</c></summary>
internal readonly struct SingleMagnitudeEqual : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Equals(SingleOrder.Magnitude(a), SingleOrder.Magnitude(b)).AsByte();
}

/// <summary><c>fcgt</c></summary>
internal readonly struct SingleGreater : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.GreaterThan(SingleOrder.Signed(a), SingleOrder.Signed(b)).AsByte();
}

/// <summary><c>fcmgt</c></summary>
internal readonly struct SingleMagnitudeGreater : ISpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.GreaterThan(SingleOrder.Magnitude(a), SingleOrder.Magnitude(b)).AsByte();
}
