using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpuRuntime.Arithmetic.SinglePrecision;

/// <summary><c>fma</c>: a times b, plus c.</summary>
internal readonly struct SingleMultiplyAdd : ISpuFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        if (SingleFastPath.IsSupported)
        {
            Vector128<byte> result = SingleFastPath.MultiplyAdd(a, b, c);
            if ((SingleFastPath.Unusual(result) | SingleFastPath.Odd(a) | SingleFastPath.Odd(b)
                | SingleFastPath.Odd(c)) == Vector128<uint>.Zero)
                return result;
        }

        return Exact(ref fpscr, a, b, c);
    }

    /// <summary>By the definition, for all numbers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        Vector128<uint> result = default;
        Vector128<uint> flags = default;
        for (int lane = 0; lane < Vector128<uint>.Count; lane++)
        {
            uint set = 0;
            result = result.WithElement(
                lane, Lane(a.AsUInt32().GetElement(lane), b.AsUInt32().GetElement(lane), c.AsUInt32().GetElement(lane), ref set));
            flags = flags.WithElement(lane, set);
        }

        fpscr |= flags.AsByte();
        return result.AsByte();
    }

    private static uint Lane(uint a, uint b, uint c, ref uint flags)
    {
        flags |= SingleFormat.Difference(a) | SingleFormat.Difference(b) | SingleFormat.Difference(c);
        double product = SingleFormat.Value(a) * SingleFormat.Value(b);
        return SingleFormat.PackSum(product, SingleFormat.Value(c), ref flags);
    }
}

/// <summary><c>fms</c>: a times b, minus c.</summary>
internal readonly struct SingleMultiplySubtract : ISpuFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        if (SingleFastPath.IsSupported)
        {
            Vector128<byte> result = SingleFastPath.MultiplySubtract(a, b, c);
            if ((SingleFastPath.Unusual(result) | SingleFastPath.Odd(a) | SingleFastPath.Odd(b)
                | SingleFastPath.Odd(c)) == Vector128<uint>.Zero)
                return result;
        }

        return Exact(ref fpscr, a, b, c);
    }

    /// <summary>By the definition, for all numbers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        Vector128<uint> result = default;
        Vector128<uint> flags = default;
        for (int lane = 0; lane < Vector128<uint>.Count; lane++)
        {
            uint set = 0;
            result = result.WithElement(
                lane, Lane(a.AsUInt32().GetElement(lane), b.AsUInt32().GetElement(lane), c.AsUInt32().GetElement(lane), ref set));
            flags = flags.WithElement(lane, set);
        }

        fpscr |= flags.AsByte();
        return result.AsByte();
    }

    private static uint Lane(uint a, uint b, uint c, ref uint flags)
    {
        flags |= SingleFormat.Difference(a) | SingleFormat.Difference(b) | SingleFormat.Difference(c);
        double product = SingleFormat.Value(a) * SingleFormat.Value(b);
        return SingleFormat.PackSum(product, -SingleFormat.Value(c), ref flags);
    }
}

/// <summary><c>fnms</c>: c minus a times b.</summary>
internal readonly struct SingleNegativeMultiplySubtract : ISpuFloatTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        if (SingleFastPath.IsSupported)
        {
            Vector128<byte> result = SingleFastPath.NegativeMultiplySubtract(a, b, c);
            if ((SingleFastPath.Unusual(result) | SingleFastPath.Odd(a) | SingleFastPath.Odd(b)
                | SingleFastPath.Odd(c)) == Vector128<uint>.Zero)
                return result;
        }

        return Exact(ref fpscr, a, b, c);
    }

    /// <summary>By the definition, for all numbers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        Vector128<uint> result = default;
        Vector128<uint> flags = default;
        for (int lane = 0; lane < Vector128<uint>.Count; lane++)
        {
            uint set = 0;
            result = result.WithElement(
                lane, Lane(a.AsUInt32().GetElement(lane), b.AsUInt32().GetElement(lane), c.AsUInt32().GetElement(lane), ref set));
            flags = flags.WithElement(lane, set);
        }

        fpscr |= flags.AsByte();
        return result.AsByte();
    }

    private static uint Lane(uint a, uint b, uint c, ref uint flags)
    {
        flags |= SingleFormat.Difference(a) | SingleFormat.Difference(b) | SingleFormat.Difference(c);
        double product = SingleFormat.Value(a) * SingleFormat.Value(b);
        return SingleFormat.PackSum(-product, SingleFormat.Value(c), ref flags);
    }
}
