using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using SpuRuntime.State;

namespace SpuRuntime.Arithmetic.DoublePrecision;

/// <summary><c>dfa</c>: a + b.</summary>
internal readonly struct DoubleAdd : ISpuFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
    {
        if (DoubleSlices.HostArithmeticSuffices(fpscr) && DoubleSlices.IsOrdinary(a.AsDouble(), orZero: true)
            && DoubleSlices.IsOrdinary(b.AsDouble(), orZero: true))
        {
            Vector128<double> result = a.AsDouble() + b.AsDouble();
            if (DoubleSlices.IsOrdinary(result, orZero: false))
                return result.AsByte();
        }

        return Exact(ref fpscr, a, b);
    }

    /// <summary>By the definition, for all numbers and rounding modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b) =>
        DoubleSlices.Join(Exact(ref fpscr, a, b, 0), Exact(ref fpscr, a, b, 1));

    private static ulong Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, int slice)
    {
        uint flags = 0;
        ulong result = Slice(DoubleSlices.Slice(a, slice), DoubleSlices.Slice(b, slice), SpuFpscr.Rounding(fpscr, slice), ref flags);
        DoubleSlices.Flag(ref fpscr, slice, flags);
        return result;
    }

    private static ulong Slice(ulong a, ulong b, uint mode, ref uint flags)
    {
        return DoubleFormat.Add(a, b, mode, ref flags);
    }
}

/// <summary><c>dfs</c>: a - b.</summary>
internal readonly struct DoubleSubtract : ISpuFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
    {
        if (DoubleSlices.HostArithmeticSuffices(fpscr) && DoubleSlices.IsOrdinary(a.AsDouble(), orZero: true)
            && DoubleSlices.IsOrdinary(b.AsDouble(), orZero: true))
        {
            Vector128<double> result = a.AsDouble() - b.AsDouble();
            if (DoubleSlices.IsOrdinary(result, orZero: false))
                return result.AsByte();
        }

        return Exact(ref fpscr, a, b);
    }

    /// <summary>By the definition, for all numbers and rounding modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b) =>
        DoubleSlices.Join(Exact(ref fpscr, a, b, 0), Exact(ref fpscr, a, b, 1));

    private static ulong Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, int slice)
    {
        uint flags = 0;
        ulong result = Slice(DoubleSlices.Slice(a, slice), DoubleSlices.Slice(b, slice), SpuFpscr.Rounding(fpscr, slice), ref flags);
        DoubleSlices.Flag(ref fpscr, slice, flags);
        return result;
    }

    private static ulong Slice(ulong a, ulong b, uint mode, ref uint flags)
    {
        return DoubleFormat.Add(a, DoubleFormat.Negate(b), mode, ref flags);
    }
}

/// <summary><c>dfm</c>: a times b.</summary>
internal readonly struct DoubleMultiply : ISpuFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
    {
        if (DoubleSlices.HostArithmeticSuffices(fpscr) && DoubleSlices.IsOrdinary(a.AsDouble(), orZero: false)
            && DoubleSlices.IsOrdinary(b.AsDouble(), orZero: false))
        {
            Vector128<double> result = a.AsDouble() * b.AsDouble();
            if (DoubleSlices.IsOrdinary(result, orZero: false))
                return result.AsByte();
        }

        return Exact(ref fpscr, a, b);
    }

    /// <summary>By the definition, for all numbers and rounding modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b) =>
        DoubleSlices.Join(Exact(ref fpscr, a, b, 0), Exact(ref fpscr, a, b, 1));

    private static ulong Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, int slice)
    {
        uint flags = 0;
        ulong result = Slice(DoubleSlices.Slice(a, slice), DoubleSlices.Slice(b, slice), SpuFpscr.Rounding(fpscr, slice), ref flags);
        DoubleSlices.Flag(ref fpscr, slice, flags);
        return result;
    }

    private static ulong Slice(ulong a, ulong b, uint mode, ref uint flags)
    {
        return DoubleFormat.Multiply(a, b, mode, ref flags);
    }
}
