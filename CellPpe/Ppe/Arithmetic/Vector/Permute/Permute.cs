using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CellPpe.Ppe.Arithmetic.Vector.Permute;

/// <summary>vmrghb: Vector Merge High Byte.</summary>
internal readonly struct Vmrghb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Interleave.HighBytes(a, b);
}

/// <summary>vmrghh: Vector Merge High Halfword.</summary>
internal readonly struct Vmrghh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Interleave.HighHalfwords(a, b);
}

/// <summary>vmrghw: Vector Merge High Word.</summary>
internal readonly struct Vmrghw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Interleave.HighWords(a, b);
}

/// <summary>vmrglb: Vector Merge Low Byte.</summary>
internal readonly struct Vmrglb : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Interleave.LowBytes(a, b);
}

/// <summary>vmrglh: Vector Merge Low Halfword.</summary>
internal readonly struct Vmrglh : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Interleave.LowHalfwords(a, b);
}

/// <summary>vmrglw: Vector Merge Low Word.</summary>
internal readonly struct Vmrglw : IPpuVectorBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Interleave.LowWords(a, b);
}

/// <summary>vspltb: Vector Splat Byte.</summary>
internal readonly struct Vspltb : IPpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> b, int immediate) =>
        Vector128.ShuffleNative(b, Vector128.Create((byte)(15 - (immediate & 15))));
}

/// <summary>vsplth: Vector Splat Halfword.</summary>
internal readonly struct Vsplth : IPpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> b, int immediate)
    {
        // Both bytes of halfword n, the right one first: host bytes 14 - 2n and 15 - 2n.
        int first = 14 - (2 * (immediate & 7));
        return Vector128.ShuffleNative(b, Vector128.Create((ushort)(first * 0x0101 + 0x0100)).AsByte());
    }
}

/// <summary>vspltw: Vector Splat Word.</summary>
internal readonly struct Vspltw : IPpuVectorImmediate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> b, int immediate)
    {
        int first = 12 - (4 * (immediate & 3));
        return Vector128.ShuffleNative(b, Vector128.Create((uint)(first * 0x0101_0101 + 0x0302_0100)).AsByte());
    }
}

/// <summary>vperm: Vector Permute: each byte of VRC picks one of the 32 bytes of VRA followed by VRB.</summary>
internal readonly struct Vperm : IPpuVectorTernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        // Architected byte k of a register is host byte 15 - k, so picking 15 - k modulo 16 is picking ~k. Modulo 32, it
        // picks out of VRB in the lower and VRA in the upper half.
        if (Avx512Vbmi.VL.IsSupported)
            return Avx512Vbmi.VL.PermuteVar16x8x2(b, ~c, a);

        Vector128<byte> index = ~c & Vector128.Create((byte)15);
        Vector128<byte> second = Vector128.LessThan(c.AsSByte() << 3, Vector128<sbyte>.Zero).AsByte();
        return Vector128.ConditionalSelect(second, Vector128.ShuffleNative(b, index), Vector128.ShuffleNative(a, index));
    }
}
