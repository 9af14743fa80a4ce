using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpuRuntime.Arithmetic.Float;

/// <summary><c>fa</c>: a + b.</summary>
internal readonly struct SingleAdd : IFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
    {
        if (SingleQuick.IsSupported)
        {
            Vector128<byte> result = SingleQuick.Add(a, b);
            if ((SingleQuick.Unusual(result) | SingleQuick.Odd(a) | SingleQuick.Odd(b)) == Vector128<uint>.Zero)
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
internal readonly struct SingleSubtract : IFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
    {
        if (SingleQuick.IsSupported)
        {
            Vector128<byte> result = SingleQuick.Subtract(a, b);
            if ((SingleQuick.Unusual(result) | SingleQuick.Odd(a) | SingleQuick.Odd(b)) == Vector128<uint>.Zero)
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
internal readonly struct SingleMultiply : IFloatBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b)
    {
        if (SingleQuick.IsSupported)
        {
            Vector128<byte> result = SingleQuick.Multiply(a, b);
            if ((SingleQuick.Unusual(result) | SingleQuick.Odd(a) | SingleQuick.Odd(b)) == Vector128<uint>.Zero)
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
