using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpuRuntime.Arithmetic.SinglePrecision;

/// <summary><c>fa</c>: a + b.</summary>
internal readonly struct SingleAdd : ISpuFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
    {
        if (SingleFastPath.IsSupported)
        {
            Vector128<byte> result = SingleFastPath.Add(a, b);
            if ((SingleFastPath.Unusual(result) | SingleFastPath.Odd(a) | SingleFastPath.Odd(b)) == Vector128<uint>.Zero)
                return result;
        }

        return Exact(ref fpscr, a, b);
    }

    /// <summary>By the definition, for all numbers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
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
        flags |= SingleFormat.Difference(a) | SingleFormat.Difference(b);
        return SingleFormat.PackSum(SingleFormat.Value(a), SingleFormat.Value(b), ref flags);
    }
}

/// <summary><c>fs</c>: a - b.</summary>
internal readonly struct SingleSubtract : ISpuFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
    {
        if (SingleFastPath.IsSupported)
        {
            Vector128<byte> result = SingleFastPath.Subtract(a, b);
            if ((SingleFastPath.Unusual(result) | SingleFastPath.Odd(a) | SingleFastPath.Odd(b)) == Vector128<uint>.Zero)
                return result;
        }

        return Exact(ref fpscr, a, b);
    }

    /// <summary>By the definition, for all numbers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
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
        flags |= SingleFormat.Difference(a) | SingleFormat.Difference(b);
        return SingleFormat.PackSum(SingleFormat.Value(a), -SingleFormat.Value(b), ref flags);
    }
}

/// <summary><c>fm</c>: a times b.</summary>
internal readonly struct SingleMultiply : ISpuFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
    {
        if (SingleFastPath.IsSupported)
        {
            Vector128<byte> result = SingleFastPath.Multiply(a, b);
            if ((SingleFastPath.Unusual(result) | SingleFastPath.Odd(a) | SingleFastPath.Odd(b)) == Vector128<uint>.Zero)
                return result;
        }

        return Exact(ref fpscr, a, b);
    }

    /// <summary>By the definition, for all numbers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<byte> Exact(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
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
        flags |= SingleFormat.Difference(a) | SingleFormat.Difference(b);
        return SingleFormat.Pack(SingleFormat.Value(a) * SingleFormat.Value(b), 0, ref flags);
    }
}
