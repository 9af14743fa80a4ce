using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SpuRuntime.Arithmetic.Integer;

/// <summary><c>clz</c>: leading zeros of each word.</summary>
internal readonly struct CountLeadingZeros : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a) => Avx512CD.VL.IsSupported
        ? Avx512CD.VL.LeadingZeroCount(a.AsUInt32()).AsByte()
        : Vector128.Create(Count(a, 0), Count(a, 1), Count(a, 2), Count(a, 3)).AsByte();

    private static int Count(Vector128<byte> a, int lane) => BitOperations.LeadingZeroCount(a.AsUInt32().GetElement(lane));
}

/// <summary><c>cntb</c>: ones in each byte.</summary>
internal readonly struct CountOnes : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a)
    {
        var nibble = Vector128.Create((byte)0x0f);
        var ones = Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
        return Vector128.ShuffleNative(ones, a & nibble) + Vector128.ShuffleNative(ones, (a >>> 4) & nibble);
    }
}

/// <summary><c>fsmb</c>: a byte of ones for each 1 among the preferred slot's last 16 bits.</summary>
internal readonly struct MaskBytes : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a) => FromBits(a.AsUInt32().GetElement(3));

    /// <summary>
    /// The mask for 16 bits, as <c>fsmbi</c> has them: the first bit is byte 0's, so host byte n has bit n from the right.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FromBits(uint bits)
    {
        Vector128<byte> copies = Vector128.Shuffle(
            Vector128.CreateScalar(bits).AsByte(), Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
        Vector128<byte> own = Vector128.Create(0x8040_2010_0804_0201UL).AsByte();
        return Vector128.Equals(copies & own, own);
    }
}

/// <summary><c>fsmh</c>: a halfword of ones for each 1 among the preferred slot's last 8 bits.</summary>
internal readonly struct MaskHalfwords : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a)
    {
        var own = Vector128.Create((ushort)1, 2, 4, 8, 16, 32, 64, 128);
        return Vector128.Equals(Vector128.Create((ushort)a.AsUInt32().GetElement(3)) & own, own).AsByte();
    }
}

/// <summary><c>fsm</c>: a word of ones for each 1 among the preferred slot's last 4 bits.</summary>
internal readonly struct MaskWords : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a)
    {
        var own = Vector128.Create(1u, 2, 4, 8);
        return Vector128.Equals(Vector128.Create(a.AsUInt32().GetElement(3)) & own, own).AsByte();
    }
}

/// <summary><c>gbb</c>: the last bit of each byte, gathered in the preferred slot.</summary>
internal readonly struct GatherBytes : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a) => Preferred.Of((a << 7).ExtractMostSignificantBits());
}

/// <summary><c>gbh</c>: the last bit of each halfword, gathered in the preferred slot.</summary>
internal readonly struct GatherHalfwords : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a) => Preferred.Of((a.AsUInt16() << 15).ExtractMostSignificantBits());
}

/// <summary><c>gb</c>: the last bit of each word, gathered in the preferred slot.</summary>
internal readonly struct GatherWords : ISpuVectorUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a) => Preferred.Of((a.AsUInt32() << 31).ExtractMostSignificantBits());
}
