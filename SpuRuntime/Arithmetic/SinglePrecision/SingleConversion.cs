using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SpuRuntime.Arithmetic.SinglePrecision;

/// <summary>Conversions by the host's, where they can set no flag.</summary>
internal static class QuickConversion
{
    /// <summary>True for scales that leave every integer an ordinary number.</summary>
    public static bool TakesScale(int scale) => Avx512F.IsSupported && (uint)scale <= 126;

    /// <summary>Truncated singles divided by 2 to the power of scale.</summary>
    public static Vector128<byte> Divide(Vector512<float> truncated, int scale)
    {
        Vector128<uint> words = truncated.GetLower().GetLower().AsUInt32();
        Vector128<uint> zeros = Vector128.Equals(words, Vector128<uint>.Zero);
        return Vector128.AndNot(words - Vector128.Create((uint)scale << 23), zeros).AsByte();
    }

    /// <summary>True when the host takes all four words for the numbers they are.</summary>
    public static bool Takes(Vector128<byte> a) => Avx.IsSupported && SingleFastPath.Odd(a) == Vector128<uint>.Zero;

    /// <summary>Exact products with a power of two, cut to a range.</summary>
    public static Vector256<double> Scale(Vector128<byte> a, double scale, double least, double most)
    {
        Vector256<double> scaled = Avx.ConvertToVector256Double(a.AsSingle()) * Vector256.Create(scale);
        return Vector256.Min(Vector256.Max(scaled, Vector256.Create(least)), Vector256.Create(most));
    }
}

/// <summary><c>csflt</c>: signed words divided by 2 to the power of 155 - I8.</summary>
internal readonly struct SignedToSingle : ISpuFloatImmediate
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, int immediate)
    {
        if (QuickConversion.TakesScale(155 - immediate))
        {
            Vector512<int> wide = a.AsInt32().ToVector256Unsafe().ToVector512Unsafe();
            return QuickConversion.Divide(Avx512F.ConvertToVector512Single(wide, FloatRoundingMode.ToZero), 155 - immediate);
        }

        Vector128<uint> result = default;
        Vector128<uint> flags = default;
        double scale = Math.ScaleB(1, immediate - 155);
        for (int lane = 0; lane < Vector128<uint>.Count; lane++)
        {
            uint set = 0;
            result = result.WithElement(lane, SingleFormat.Pack(a.AsInt32().GetElement(lane) * scale, 0, ref set));
            flags = flags.WithElement(lane, set);
        }

        fpscr |= flags.AsByte();
        return result.AsByte();
    }
}

/// <summary><c>cuflt</c>: unsigned words divided by 2 to the power of 155 - I8.</summary>
internal readonly struct UnsignedToSingle : ISpuFloatImmediate
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, int immediate)
    {
        if (QuickConversion.TakesScale(155 - immediate))
        {
            Vector512<uint> wide = a.AsUInt32().ToVector256Unsafe().ToVector512Unsafe();
            return QuickConversion.Divide(Avx512F.ConvertToVector512Single(wide, FloatRoundingMode.ToZero), 155 - immediate);
        }

        Vector128<uint> result = default;
        Vector128<uint> flags = default;
        double scale = Math.ScaleB(1, immediate - 155);
        for (int lane = 0; lane < Vector128<uint>.Count; lane++)
        {
            uint set = 0;
            result = result.WithElement(lane, SingleFormat.Pack(a.AsUInt32().GetElement(lane) * scale, 0, ref set));
            flags = flags.WithElement(lane, set);
        }

        fpscr |= flags.AsByte();
        return result.AsByte();
    }
}

/// <summary><c>cflts</c>: times 2 to the power of 173 - I8, truncated to signed words, saturated.</summary>
internal readonly struct SingleToSigned : ISpuVectorImmediate
{
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate)
    {
        Vector128<uint> words = a.AsUInt32();
        double scale = Math.ScaleB(1, 173 - immediate);
        if (QuickConversion.Takes(a))
            return Avx.ConvertToVector128Int32WithTruncation(QuickConversion.Scale(a, scale, int.MinValue, int.MaxValue)).AsByte();
        return Vector128.Create(
            Lane(words.GetElement(0), scale), Lane(words.GetElement(1), scale), Lane(words.GetElement(2), scale),
            Lane(words.GetElement(3), scale)).AsByte();
    }

    private static int Lane(uint a, double scale) => (int)Math.Clamp(SingleFormat.Value(a) * scale, int.MinValue, int.MaxValue);
}

/// <summary><c>cfltu</c>: times 2 to the power of 173 - I8, truncated to unsigned words, saturated.</summary>
internal readonly struct SingleToUnsigned : ISpuVectorImmediate
{
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate)
    {
        Vector128<uint> words = a.AsUInt32();
        double scale = Math.ScaleB(1, 173 - immediate);
        if (QuickConversion.Takes(a))
        {
            // The host converts to signed words: what is truncated already moves down by half the range and back.
            Vector256<double> whole = Avx.RoundToZero(QuickConversion.Scale(a, scale, uint.MinValue, uint.MaxValue));
            return (Avx.ConvertToVector128Int32WithTruncation(whole - Vector256.Create(2147483648.0)) ^ Vector128.Create(
                int.MinValue)).AsByte();
        }

        return Vector128.Create(
            Lane(words.GetElement(0), scale), Lane(words.GetElement(1), scale), Lane(words.GetElement(2), scale),
            Lane(words.GetElement(3), scale)).AsByte();
    }

    private static uint Lane(uint a, double scale) => (uint)Math.Clamp(SingleFormat.Value(a) * scale, uint.MinValue, uint.MaxValue);
}
