using System.Runtime.CompilerServices;

namespace CellPpe.Ppe.Arithmetic.FloatingPoint.Format;

/// <summary>The fields and the special values of a double image in a floating-point register (Book I 4.3.1, 4.3.2).</summary>
internal static class FloatImage
{
    public const ulong SignMask = 1UL << 63;
    public const ulong FractionMask = (1UL << 52) - 1;
    public const ulong QuietBit = 1UL << 51;
    public const ulong PlusInfinity = 0x7ff0_0000_0000_0000;
    public const ulong One = 0x3ff0_0000_0000_0000;

    /// <summary>The QNaN an invalid operation generates.</summary>
    public const ulong GeneratedNan = 0x7ff8_0000_0000_0000;

    /// <summary>The fraction bits a single-precision value does not have.</summary>
    public const ulong BelowSingle = (1UL << 29) - 1;

    public const int Bias = 1023;
    public const uint SpecialExponent = 0x7ff;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint BiasedExponent(ulong image) => (uint)(image >> 52) & SpecialExponent;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNegative(ulong image) => (long)image < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNan(ulong image) => (image & ~SignMask) > PlusInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSignalingNan(ulong image) => IsNan(image) && (image & QuietBit) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsInfinity(ulong image) => (image & ~SignMask) == PlusInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(ulong image) => (image & ~SignMask) == 0;

    public static ulong Zero(bool negative) => negative ? SignMask : 0;

    public static ulong Infinity(bool negative) => PlusInfinity | Zero(negative);
}
