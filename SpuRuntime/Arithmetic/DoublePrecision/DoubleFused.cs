using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using SpuRuntime.State;

namespace SpuRuntime.Arithmetic.DoublePrecision;

/// <summary><c>dfma</c>: a times b, plus t.</summary>
internal readonly struct DoubleMultiplyAdd : ISpuFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t)
    {
        if (DoubleSlices.HostArithmeticSuffices(fpscr) && DoubleSlices.IsOrdinary(a.AsDouble(), orZero: false)
            && DoubleSlices.IsOrdinary(b.AsDouble(), orZero: false) && DoubleSlices.IsOrdinary(t.AsDouble(), orZero: true))
        {
            Vector128<double> result = Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), t.AsDouble());
            if (DoubleSlices.IsOrdinary(result, orZero: false))
                return result.AsByte();
        }

        return Exact(ref fpscr, a, b, t);
    }

    /// <summary>By the definition, for all numbers and rounding modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t) =>
        DoubleSlices.Join(Exact(ref fpscr, a, b, t, 0), Exact(ref fpscr, a, b, t, 1));

    private static ulong Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t, int slice)
    {
        uint flags = 0;
        ulong result = Slice(
            DoubleSlices.Slice(a, slice), DoubleSlices.Slice(b, slice), DoubleSlices.Slice(t, slice), SpuFpscr.Rounding(fpscr, slice),
            ref flags);
        DoubleSlices.Flag(ref fpscr, slice, flags);
        return result;
    }

    private static ulong Slice(ulong a, ulong b, ulong t, uint mode, ref uint flags)
    {
        return DoubleFormat.MultiplyAdd(a, b, t, mode, ref flags);
    }
}

/// <summary><c>dfms</c>: a times b, minus t.</summary>
internal readonly struct DoubleMultiplySubtract : ISpuFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t)
    {
        if (DoubleSlices.HostArithmeticSuffices(fpscr) && DoubleSlices.IsOrdinary(a.AsDouble(), orZero: false)
            && DoubleSlices.IsOrdinary(b.AsDouble(), orZero: false) && DoubleSlices.IsOrdinary(t.AsDouble(), orZero: true))
        {
            Vector128<double> result = Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), -t.AsDouble());
            if (DoubleSlices.IsOrdinary(result, orZero: false))
                return result.AsByte();
        }

        return Exact(ref fpscr, a, b, t);
    }

    /// <summary>By the definition, for all numbers and rounding modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t) =>
        DoubleSlices.Join(Exact(ref fpscr, a, b, t, 0), Exact(ref fpscr, a, b, t, 1));

    private static ulong Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t, int slice)
    {
        uint flags = 0;
        ulong result = Slice(
            DoubleSlices.Slice(a, slice), DoubleSlices.Slice(b, slice), DoubleSlices.Slice(t, slice), SpuFpscr.Rounding(fpscr, slice),
            ref flags);
        DoubleSlices.Flag(ref fpscr, slice, flags);
        return result;
    }

    private static ulong Slice(ulong a, ulong b, ulong t, uint mode, ref uint flags)
    {
        return DoubleFormat.MultiplyAdd(a, b, DoubleFormat.Negate(t), mode, ref flags);
    }
}

/// <summary><c>dfnma</c>: the negated result of <c>dfma</c>, unless that is a NaN.</summary>
internal readonly struct DoubleNegativeMultiplyAdd : ISpuFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t)
    {
        if (DoubleSlices.HostArithmeticSuffices(fpscr) && DoubleSlices.IsOrdinary(a.AsDouble(), orZero: false)
            && DoubleSlices.IsOrdinary(b.AsDouble(), orZero: false) && DoubleSlices.IsOrdinary(t.AsDouble(), orZero: true))
        {
            Vector128<double> result = -Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), t.AsDouble());
            if (DoubleSlices.IsOrdinary(result, orZero: false))
                return result.AsByte();
        }

        return Exact(ref fpscr, a, b, t);
    }

    /// <summary>By the definition, for all numbers and rounding modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t) =>
        DoubleSlices.Join(Exact(ref fpscr, a, b, t, 0), Exact(ref fpscr, a, b, t, 1));

    private static ulong Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t, int slice)
    {
        uint flags = 0;
        ulong result = Slice(
            DoubleSlices.Slice(a, slice), DoubleSlices.Slice(b, slice), DoubleSlices.Slice(t, slice), SpuFpscr.Rounding(fpscr, slice),
            ref flags);
        DoubleSlices.Flag(ref fpscr, slice, flags);
        return result;
    }

    private static ulong Slice(ulong a, ulong b, ulong t, uint mode, ref uint flags)
    {
        ulong result = DoubleFormat.MultiplyAdd(a, b, t, mode, ref flags);
        return DoubleFormat.IsNan(result) ? result : result ^ DoubleFormat.Sign;
    }
}

/// <summary><c>dfnms</c>: the negated result of <c>dfms</c>, unless that is a NaN.</summary>
internal readonly struct DoubleNegativeMultiplySubtract : ISpuFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t)
    {
        if (DoubleSlices.HostArithmeticSuffices(fpscr) && DoubleSlices.IsOrdinary(a.AsDouble(), orZero: false)
            && DoubleSlices.IsOrdinary(b.AsDouble(), orZero: false) && DoubleSlices.IsOrdinary(t.AsDouble(), orZero: true))
        {
            Vector128<double> result = -Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), -t.AsDouble());
            if (DoubleSlices.IsOrdinary(result, orZero: false))
                return result.AsByte();
        }

        return Exact(ref fpscr, a, b, t);
    }

    /// <summary>By the definition, for all numbers and rounding modes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t) =>
        DoubleSlices.Join(Exact(ref fpscr, a, b, t, 0), Exact(ref fpscr, a, b, t, 1));

    private static ulong Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> t, int slice)
    {
        uint flags = 0;
        ulong result = Slice(
            DoubleSlices.Slice(a, slice), DoubleSlices.Slice(b, slice), DoubleSlices.Slice(t, slice), SpuFpscr.Rounding(fpscr, slice),
            ref flags);
        DoubleSlices.Flag(ref fpscr, slice, flags);
        return result;
    }

    private static ulong Slice(ulong a, ulong b, ulong t, uint mode, ref uint flags)
    {
        ulong result = DoubleFormat.MultiplyAdd(a, b, DoubleFormat.Negate(t), mode, ref flags);
        return DoubleFormat.IsNan(result) ? result : result ^ DoubleFormat.Sign;
    }
}
