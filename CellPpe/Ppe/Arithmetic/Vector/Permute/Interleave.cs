using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CellPpe.Ppe.Arithmetic.Vector.Permute;

/// <summary>
/// Merges elements of two registers in turns: one instruction on an x86 host. Architected order runs against the host's, so
/// the second register gives the lower element of each pair.
/// </summary>
internal static class Interleave
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> HighBytes(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.UnpackHigh(b, a)
        : ((Vector128.WidenUpper(a) << 8) | Vector128.WidenUpper(b)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> HighHalfwords(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.UnpackHigh(b.AsUInt16(), a.AsUInt16()).AsByte()
        : ((Vector128.WidenUpper(a.AsUInt16()) << 16) | Vector128.WidenUpper(b.AsUInt16())).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> HighWords(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.UnpackHigh(b.AsUInt32(), a.AsUInt32()).AsByte()
        : ((Vector128.WidenUpper(a.AsUInt32()) << 32) | Vector128.WidenUpper(b.AsUInt32())).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LowBytes(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.UnpackLow(b, a)
        : ((Vector128.WidenLower(a) << 8) | Vector128.WidenLower(b)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LowHalfwords(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.UnpackLow(b.AsUInt16(), a.AsUInt16()).AsByte()
        : ((Vector128.WidenLower(a.AsUInt16()) << 16) | Vector128.WidenLower(b.AsUInt16())).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LowWords(Vector128<byte> a, Vector128<byte> b) => Sse2.IsSupported
        ? Sse2.UnpackLow(b.AsUInt32(), a.AsUInt32()).AsByte()
        : ((Vector128.WidenLower(a.AsUInt32()) << 32) | Vector128.WidenLower(b.AsUInt32())).AsByte();
}
