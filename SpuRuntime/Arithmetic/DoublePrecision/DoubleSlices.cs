using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using SpuRuntime.State;

namespace SpuRuntime.Arithmetic.DoublePrecision;

/// <summary>Both slices of double-precision instructions, and when the host's arithmetic will do.</summary>
internal static class DoubleSlices
{
    /// <summary>
    /// True when the host's results need no correction: both slices round to nearest and have INX set already, so that no flag can
    /// change while operands and results are well inside the range of normal numbers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HostArithmeticSuffices(Vector128<byte> fpscr)
    {
        Vector128<uint> relevant = fpscr.AsUInt32() & Vector128.Create(0, SpuFpscr.DoubleInexact, SpuFpscr.DoubleInexact, 0xf00u);
        return relevant == Vector128.Create(0, SpuFpscr.DoubleInexact, SpuFpscr.DoubleInexact, 0u);
    }

    /// <summary>True when both doubles have exponents from -958 to 958, or are zero where that is allowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOrdinary(Vector128<double> value, bool orZero)
    {
        Vector128<ulong> magnitude = value.AsUInt64() << 1;
        Vector128<ulong> ordinary = Vector128.LessThan(magnitude - Vector128.Create(65UL << 53), Vector128.Create(1917UL << 53));
        if (orZero)
            ordinary |= Vector128.Equals(magnitude, Vector128<ulong>.Zero);
        return ordinary == Vector128<ulong>.AllBitsSet;
    }

    /// <summary>Sets a slice's flags.</summary>
    public static void Flag(ref Vector128<byte> fpscr, int slice, uint flags) =>
        fpscr |= Vector128<uint>.Zero.WithElement(2 - slice, flags).AsByte();

    /// <summary>The doubleword of a slice: slice 0 is the left one.</summary>
    public static ulong Slice(Vector128<byte> register, int slice) => register.AsUInt64().GetElement(1 - slice);

    /// <summary>A register from its slices.</summary>
    public static Vector128<byte> Join(ulong slice0, ulong slice1) => Vector128.Create(slice1, slice0).AsByte();
}
