using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Recompiler.Backends.Msil.Emit;

/// <summary>What one IL instruction does not say: compiled code calls these, and the JIT inlines them.</summary>
internal static class MsilArithmetic
{
    public static MethodInfo Method(string name) =>
        typeof(MsilArithmetic).GetMethod(name, BindingFlags.Static | BindingFlags.Public)
        ?? throw new InvalidOperationException($"no arithmetic {name}");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftLeft(ulong value, ulong amount) => amount > 63 ? 0 : value << (int)amount;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRight(ulong value, ulong amount) => amount > 63 ? 0 : value >> (int)amount;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRightArithmetic(ulong value, ulong amount) => (ulong)((long)value >> (int)Math.Min(amount, 63));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyHighSigned(ulong left, ulong right) => (ulong)Math.BigMul((long)left, (long)right, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyHighUnsigned(ulong left, ulong right) => Math.BigMul(left, right, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong DivideSigned(ulong left, ulong right) =>
        right == 0 || (left == 1UL << 63 && right == ulong.MaxValue) ? 0 : (ulong)((long)left / (long)right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong DivideUnsigned(ulong left, ulong right) => right == 0 ? 0 : left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Select(ulong condition, ulong whenNotZero, ulong whenZero) => condition != 0 ? whenNotZero : whenZero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OrderSigned(ulong left, ulong right)
    {
        uint less = (long)left < (long)right ? 1u : 0;
        uint greater = (long)left > (long)right ? 1u : 0;
        return 2 + (2 * greater) + (6 * less);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OrderUnsigned(ulong left, ulong right)
    {
        uint less = left < right ? 1u : 0;
        uint greater = left > right ? 1u : 0;
        return 2 + (2 * greater) + (6 * less);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong VectorHigh(Vector128<byte> value) => value.AsUInt64().GetElement(1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong VectorLow(Vector128<byte> value) => value.AsUInt64().ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> VectorOf(ulong high, ulong low) => Vector128.Create(low, high).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool VectorsEqual(Vector128<byte> left, Vector128<byte> right) => left == right;

    public static Vector128<byte> VectorShiftLeftBytes(Vector128<byte> value, ulong count)
    {
        UInt128 number = new UInt128(VectorHigh(value), VectorLow(value)) << (int)(count * 8);
        return count > 15 ? Vector128<byte>.Zero : VectorOf((ulong)(number >> 64), (ulong)number);
    }

    public static Vector128<byte> VectorShiftRightBytes(Vector128<byte> value, ulong count)
    {
        UInt128 number = new UInt128(VectorHigh(value), VectorLow(value)) >> (int)(count * 8);
        return count > 15 ? Vector128<byte>.Zero : VectorOf((ulong)(number >> 64), (ulong)number);
    }

    public static ulong VectorElement(Vector128<byte> value, ulong offset, int bytes)
    {
        UInt128 number = new UInt128(VectorHigh(value), VectorLow(value)) >> (8 * (16 - bytes - (int)offset));
        return (ulong)number & (ulong.MaxValue >> (64 - (8 * bytes)));
    }
}
