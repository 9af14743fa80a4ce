using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using SpuRuntime.State;

namespace SpuRuntime.Arithmetic.SinglePrecision;

/// <summary>
/// What the SPU of a Cell BE answers to <c>frest</c> and <c>frsqest</c>: fractions made of a 13-bit base and a 10-bit step
/// (SPU ISA, Floating Reciprocal Estimate). The manual leaves them to the implementation and says what comes out behind <c>fi</c>.
/// </summary>
internal static class EstimateTables
{
    /// <summary>By the first five bits of the operand's fraction.</summary>
    public static ReadOnlySpan<uint> Reciprocal =>
    [
        0x7ffbe0, 0x7f87a6, 0x70ef72, 0x708b40, 0x638b12, 0x633aea, 0x5792c4, 0x574aa0,
        0x4cca7e, 0x4c9262, 0x430a44, 0x42d62a, 0x3a2e12, 0x39fdfa, 0x3215e4, 0x31f1d2,
        0x2aa9be, 0x2a85ac, 0x23d59a, 0x23bd8e, 0x1d8576, 0x1d8576, 0x17ad5a, 0x17ad5a,
        0x124543, 0x124543, 0x0d392d, 0x0d392d, 0x08851a, 0x08851a, 0x041d07, 0x041d07,
    ];

    /// <summary>By the last bit of the operand's exponent and the first five of its fraction.</summary>
    public static ReadOnlySpan<uint> ReciprocalRoot =>
    [
        0x350160, 0x34e954, 0x2f993d, 0x2f993d, 0x2aa523, 0x2aa523, 0x26190d, 0x26190d,
        0x21e4f9, 0x21e4f9, 0x1e00e9, 0x1e00e9, 0x1a5cd9, 0x1a5cd9, 0x16f8cb, 0x16f8cb,
        0x13ccc0, 0x13ccc0, 0x10ccb3, 0x10ccb3, 0x0e00aa, 0x0e00aa, 0x0b58a1, 0x0b58a1,
        0x08d498, 0x08d498, 0x067491, 0x067491, 0x043089, 0x043089, 0x020c83, 0x020c83,
        0x7ffdf4, 0x7fd1de, 0x7859c8, 0x783dba, 0x71559c, 0x71559c, 0x6ae57c, 0x6ae57c,
        0x64f561, 0x64f561, 0x5f7149, 0x5f7149, 0x5a4d33, 0x5a4d33, 0x55811f, 0x55811f,
        0x51050f, 0x51050f, 0x4cc8fe, 0x4cc8fe, 0x48d0f0, 0x48d0f0, 0x4510e4, 0x4510e4,
        0x4180d7, 0x4180d7, 0x3e24cc, 0x3e24cc, 0x3af4c3, 0x3af4c3, 0x37e8ba, 0x37e8ba,
    ];

    /// <summary>DBZ for each slice whose operand has a zero exponent.</summary>
    public static void FlagZeros(ref Vector128<byte> fpscr, Vector128<byte> a)
    {
        Vector128<uint> zeros = Vector128.Equals(a.AsUInt32() & Vector128.Create(SingleFormat.ExponentMask), Vector128<uint>.Zero);
        // Slice 0 is host lane 3, the most significant of the four bits, as in the FPSCR.
        uint bits = zeros.ExtractMostSignificantBits() * (SpuFpscr.DivideByZeroSlice0 >> 3);
        fpscr |= Vector128.Create(bits, 0, 0, 0).AsByte();
    }
}

/// <summary><c>frest</c>: base and step for 1 / a.</summary>
internal readonly struct ReciprocalEstimate : ISpuFloatUnary
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a)
    {
        EstimateTables.FlagZeros(ref fpscr, a);
        Vector128<uint> words = a.AsUInt32();
        return Vector128.Create(
            Lane(words.GetElement(0)), Lane(words.GetElement(1)), Lane(words.GetElement(2)), Lane(words.GetElement(3))).AsByte();
    }

    private static uint Lane(uint a)
    {
        int exponent = (int)(a >> 23) & 0xff;
        int reciprocal = exponent == 0 ? 255 : Math.Max(253 - exponent, 0);
        return (a & SingleFormat.Sign) | ((uint)reciprocal << 23) | EstimateTables.Reciprocal[(int)(a >> 18) & 0x1f];
    }
}

/// <summary><c>frsqest</c>: base and step for 1 / sqrt(|a|).</summary>
internal readonly struct ReciprocalRootEstimate : ISpuFloatUnary
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a)
    {
        EstimateTables.FlagZeros(ref fpscr, a);
        Vector128<uint> words = a.AsUInt32();
        return Vector128.Create(
            Lane(words.GetElement(0)), Lane(words.GetElement(1)), Lane(words.GetElement(2)), Lane(words.GetElement(3))).AsByte();
    }

    private static uint Lane(uint a)
    {
        int exponent = (int)(a >> 23) & 0xff;
        int root = exponent == 0 ? 255 : 190 - ((exponent + 1) / 2);
        return ((uint)root << 23) | EstimateTables.ReciprocalRoot[(int)(a >> 18) & 0x3f];
    }
}

/// <summary><c>fi</c>: the estimate whose base and step are in b, at the place that the last 19 bits of a are.</summary>
internal readonly struct Interpolate : ISpuFloatBinary
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
    {
        // Biased exponents from 2 to 254 cannot underflow, and set no flag.
        Vector128<uint> exponents = (b.AsUInt32() & Vector128.Create(SingleFormat.ExponentMask)) - Vector128.Create(2u << 23);
        return Vector128.LessThanAll(exponents, Vector128.Create(253u << 23)) ? FastPath(a, b) : Exact(ref fpscr, a, b);
    }

    // Value = base - product / 2^32. Truncated to 24 bits that is base minus the product rounded up, for a value from 1 on and, one
    // exponent less, for one below.
    private static Vector128<byte> FastPath(Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<uint> word = b.AsUInt32();
        Vector128<uint> first = ((word >>> 10) & Vector128.Create(0x1fffu)) | Vector128.Create(0x2000u);
        Vector128<uint> product = (word & Vector128.Create(0x3ffu)) * (a.AsUInt32() & Vector128.Create(0x7_ffffu));
        Vector128<uint> above = (first << 10) - ((product + Vector128.Create(511u)) >>> 9);
        Vector128<uint> below = (first << 11) - ((product + Vector128.Create(255u)) >>> 8);
        var one = Vector128.Create(0x80_0000u);
        Vector128<uint> isAbove = Vector128.GreaterThanOrEqual(above, one);
        Vector128<uint> fraction = Vector128.ConditionalSelect(isAbove, above, below) & Vector128.Create(0x7f_ffffu);
        Vector128<uint> head = (word & Vector128.Create(SingleFormat.Sign | SingleFormat.ExponentMask)) - Vector128.AndNot(one, isAbove);
        return (head | fraction).AsByte();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<uint> result = default;
        Vector128<uint> flags = default;
        for (int lane = 0; lane < Vector128<uint>.Count; lane++)
        {
            uint set = 0;
            result = result.WithElement(lane, Lane(a.AsUInt32().GetElement(lane), b.AsUInt32().GetElement(lane), ref set));
            flags = flags.WithElement(lane, set);
        }

        fpscr |= flags.AsByte();
        return result.AsByte();
    }

    private static uint Lane(uint a, uint b, ref uint flags)
    {
        // Only b is a floating-point operand; with a zero exponent it is zero, as every operand is (9.1).
        flags |= SingleFormat.Difference(b);
        int exponent = (int)(b >> 23) & 0xff;
        if (exponent == 0)
            return 0;
        // In units of 2^-32: the base has 13 bits behind the point, the step 13 (three are zero), and a 19 more.
        long mantissa = (long)(0x2000 | ((b >> 10) & 0x1fff)) << 19;
        mantissa -= (long)(b & 0x3ff) * (a & 0x7_ffff);
        double magnitude = Math.ScaleB(mantissa, exponent - 127 - 32);
        return SingleFormat.Pack((b & SingleFormat.Sign) != 0 ? -magnitude : magnitude, 0, ref flags);
    }
}
