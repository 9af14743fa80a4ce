using System.Runtime.Intrinsics;

using SpuRuntime.State;

namespace SpuRuntime.Arithmetic.DoublePrecision;

// The optional instructions of version 1.2. Denormal operands keep their value: nothing in their description takes it away.

/// <summary>Comparisons of doubles, which set INV for a NaN.</summary>
internal static class DoubleCompare
{
    public static ulong Equal(ref Vector128<byte> fpscr, int slice, ulong a, ulong b) =>
        !Unordered(ref fpscr, slice, a, b) && BitConverter.UInt64BitsToDouble(a) == BitConverter.UInt64BitsToDouble(b) ? ulong.MaxValue : 0;

    public static ulong Greater(ref Vector128<byte> fpscr, int slice, ulong a, ulong b) =>
        !Unordered(ref fpscr, slice, a, b) && BitConverter.UInt64BitsToDouble(a) > BitConverter.UInt64BitsToDouble(b) ? ulong.MaxValue : 0;

    private static bool Unordered(ref Vector128<byte> fpscr, int slice, ulong a, ulong b)
    {
        bool nan = DoubleFormat.IsNan(a) || DoubleFormat.IsNan(b);
        if (nan)
            DoubleSlices.Flag(ref fpscr, slice, SpuFpscr.DoubleInvalid);
        return nan;
    }
}

/// <summary><c>dfceq</c></summary>
internal readonly struct DoubleEqual : ISpuFloatBinary
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b) => DoubleSlices.Join(
        DoubleCompare.Equal(ref fpscr, 0, DoubleSlices.Slice(a, 0), DoubleSlices.Slice(b, 0)),
        DoubleCompare.Equal(ref fpscr, 1, DoubleSlices.Slice(a, 1), DoubleSlices.Slice(b, 1)));
}

/// <summary><c>dfcmeq</c></summary>
internal readonly struct DoubleMagnitudeEqual : ISpuFloatBinary
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b) => DoubleEqual.Apply(
        ref fpscr, a & DoubleMagnitudes.Mask, b & DoubleMagnitudes.Mask);
}

/// <summary><c>dfcgt</c></summary>
internal readonly struct DoubleGreater : ISpuFloatBinary
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b) => DoubleSlices.Join(
        DoubleCompare.Greater(ref fpscr, 0, DoubleSlices.Slice(a, 0), DoubleSlices.Slice(b, 0)),
        DoubleCompare.Greater(ref fpscr, 1, DoubleSlices.Slice(a, 1), DoubleSlices.Slice(b, 1)));
}

/// <summary><c>dfcmgt</c></summary>
internal readonly struct DoubleMagnitudeGreater : ISpuFloatBinary
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b) => DoubleGreater.Apply(
        ref fpscr, a & DoubleMagnitudes.Mask, b & DoubleMagnitudes.Mask);
}

/// <summary>Doubles without their signs.</summary>
internal static class DoubleMagnitudes
{
    public static Vector128<byte> Mask => Vector128.Create(~DoubleFormat.Sign).AsByte();
}

/// <summary><c>dftsv</c>: ones where a double is of a kind the immediate names.</summary>
internal readonly struct DoubleTestSpecial : ISpuVectorImmediate
{
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate) => DoubleSlices.Join(
        Slice(DoubleSlices.Slice(a, 0), immediate), Slice(DoubleSlices.Slice(a, 1), immediate));

    private static ulong Slice(ulong a, int wanted)
    {
        ulong magnitude = a & ~DoubleFormat.Sign;
        int negative = (a & DoubleFormat.Sign) == 0 ? 0 : 1;
        int kind = DoubleFormat.IsNan(a) ? 0x40
            : DoubleFormat.IsInfinite(a) ? 0x20 >> negative
            : magnitude == 0 ? 0x08 >> negative
            : magnitude < 1UL << 52 ? 0x02 >> negative
            : 0;
        return (kind & wanted) != 0 ? ulong.MaxValue : 0;
    }
}
