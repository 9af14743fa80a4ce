using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CellPpe.Recompiler.Backends.Msil.Slots;

/// <summary>Packs as a host with AVX-512 has them: four vectors in one, the first in the lowest place.</summary>
internal static class PackArithmetic
{
    private static readonly MethodInfo[] Lanes = [.. Enumerable.Range(0, VectorPack.Width).Select(static lane => Method($"Lane{lane}"))];
    private static readonly MethodInfo[] Puts = [.. Enumerable.Range(0, VectorPack.Width).Select(static lane => Method($"Put{lane}"))];

    /// <summary>A pack to one of its vectors.</summary>
    public static MethodInfo Lane(int lane) => Lanes[lane];

    /// <summary>A vector and a pack to the pack with the vector in one place.</summary>
    public static MethodInfo Put(int lane) => Puts[lane];

    /// <summary>A vector to the pack of it four times.</summary>
    public static MethodInfo Broadcast { get; } = Method(nameof(FourTimes));

    private static MethodInfo Method(string name) => typeof(PackArithmetic).GetMethod(name, BindingFlags.Static | BindingFlags.Public)!;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Lane0(Vector512<byte> pack) => pack.GetLower().GetLower();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Lane1(Vector512<byte> pack) => Avx512F.ExtractVector128(pack, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Lane2(Vector512<byte> pack) => Avx512F.ExtractVector128(pack, 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Lane3(Vector512<byte> pack) => Avx512F.ExtractVector128(pack, 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Put0(Vector128<byte> vector, Vector512<byte> pack) => Avx512F.InsertVector128(pack, vector, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Put1(Vector128<byte> vector, Vector512<byte> pack) => Avx512F.InsertVector128(pack, vector, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Put2(Vector128<byte> vector, Vector512<byte> pack) => Avx512F.InsertVector128(pack, vector, 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Put3(Vector128<byte> vector, Vector512<byte> pack) => Avx512F.InsertVector128(pack, vector, 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> FourTimes(Vector128<byte> vector)
    {
        Vector512<uint> lowest = vector.AsUInt32().ToVector256Unsafe().ToVector512Unsafe();
        return Avx512F.Shuffle4x128(lowest, lowest, 0).AsByte();
    }
}
