using System.Runtime.Intrinsics;

namespace SpuRuntime.Arithmetic.Float;

/// <summary><c>csflt</c>: signed words divided by 2 to the power of 155 - I8.</summary>
internal readonly struct SignedToSingle : IFloatImmediate
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, int immediate)
    {
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
internal readonly struct UnsignedToSingle : IFloatImmediate
{
    public static Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, int immediate)
    {
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
internal readonly struct SingleToSigned : IVectorImmediate
{
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate)
    {
        Vector128<uint> words = a.AsUInt32();
        double scale = Math.ScaleB(1, 173 - immediate);
        return Vector128.Create(
            Lane(words.GetElement(0), scale), Lane(words.GetElement(1), scale), Lane(words.GetElement(2), scale), Lane(words.GetElement(3), scale)).AsByte();
    }

    private static int Lane(uint a, double scale) => (int)Math.Clamp(SingleFormat.Value(a) * scale, int.MinValue, int.MaxValue);
}

/// <summary><c>cfltu</c>: times 2 to the power of 173 - I8, truncated to unsigned words, saturated.</summary>
internal readonly struct SingleToUnsigned : IVectorImmediate
{
    public static Vector128<byte> Apply(Vector128<byte> a, int immediate)
    {
        Vector128<uint> words = a.AsUInt32();
        double scale = Math.ScaleB(1, 173 - immediate);
        return Vector128.Create(
            Lane(words.GetElement(0), scale), Lane(words.GetElement(1), scale), Lane(words.GetElement(2), scale), Lane(words.GetElement(3), scale)).AsByte();
    }

    private static uint Lane(uint a, double scale) => (uint)Math.Clamp(SingleFormat.Value(a) * scale, uint.MinValue, uint.MaxValue);
}
