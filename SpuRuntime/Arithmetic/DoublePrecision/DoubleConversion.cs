using System.Runtime.Intrinsics;

using SpuRuntime.State;

namespace SpuRuntime.Arithmetic.DoublePrecision;

/// <summary><c>frds</c>: each double rounded to a single in the left word of its slot.</summary>
internal readonly struct RoundToSingle : ISpuFloatUnary
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a) =>
        DoubleSlices.Join(Slice(ref fpscr, a, 0), Slice(ref fpscr, a, 1));

    private static ulong Slice(ref Vector128<byte> fpscr, Vector128<byte> a, int slice)
    {
        uint flags = 0;
        uint result = DoubleFormat.ToSingle(DoubleSlices.Slice(a, slice), SpuFpscr.Rounding(fpscr, slice), ref flags);
        DoubleSlices.Flag(ref fpscr, slice, flags);
        return (ulong)result << 32;
    }
}

/// <summary><c>fesd</c>: the single in the left word of each slot as a double.</summary>
internal readonly struct ExtendToDouble : ISpuFloatUnary
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a) =>
        DoubleSlices.Join(Slice(ref fpscr, a, 0), Slice(ref fpscr, a, 1));

    private static ulong Slice(ref Vector128<byte> fpscr, Vector128<byte> a, int slice)
    {
        uint flags = 0;
        ulong result = DoubleFormat.FromSingle((uint)(DoubleSlices.Slice(a, slice) >> 32), ref flags);
        DoubleSlices.Flag(ref fpscr, slice, flags);
        return result;
    }
}
