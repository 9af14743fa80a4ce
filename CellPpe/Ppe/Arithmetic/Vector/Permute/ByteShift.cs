using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CellPpe.Ppe.Arithmetic.Vector.Permute;

/// <summary>Shifts of the whole register by 0 to 15 bytes.</summary>
internal static class ByteShift
{
    /// <summary>The leftmost sixteen bytes of <paramref name="value"/> followed by <paramref name="below"/>, moved left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Left(Vector128<byte> value, Vector128<byte> below, int bytes)
    {
        // Host byte j comes from host byte j - bytes; a negative index runs on into the register below.
        Vector128<sbyte> index = Vector128<sbyte>.Indices - Vector128.Create((sbyte)bytes);
        Vector128<byte> wrapped = index.AsByte() & Vector128.Create((byte)15);
        return Vector128.ConditionalSelect(
            Vector128.LessThan(index, Vector128<sbyte>.Zero).AsByte(),
            Vector128.ShuffleNative(below, wrapped),
            Vector128.ShuffleNative(value, wrapped));
    }

    /// <summary>Moves right and fills with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Right(Vector128<byte> value, int bytes)
    {
        // The host's instruction yields zero for an index of 128 or more and takes others modulo 16: 112 and the index of a
        // byte outside make such a sum.
        if (Ssse3.IsSupported)
            return Ssse3.Shuffle(value, Vector128<byte>.Indices + Vector128.Create((byte)(112 + bytes)));

        // Shuffle yields zero for an index above 15.
        return Vector128.Shuffle(value, Vector128<byte>.Indices + Vector128.Create((byte)bytes));
    }
}
