using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Ppe.Arithmetic.Vector.Permute;

/// <summary>The 1/5/5/5 pixels of vpkpx, vupkhpx and vupklpx.</summary>
internal static class Pixel
{
    /// <summary>Bits 7, 8..12, 16..20 and 24..28 of each word, packed into its low halfword.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Pack(Vector128<uint> words) =>
        ((words >>> 9) & Vector128.Create(0xfc00u)) | ((words >>> 6) & Vector128.Create(0x03e0u))
        | ((words >>> 3) & Vector128.Create(0x001fu));

    /// <summary>From a sign-extended pixel: its first bit eight times, then three 5-bit channels, a byte each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Unpack(Vector128<int> pixels)
    {
        Vector128<int> alpha = pixels & Vector128.Create(unchecked((int)0xff00_0000));
        Vector128<int> red = (pixels << 6) & Vector128.Create(0x001f_0000);
        Vector128<int> green = (pixels << 3) & Vector128.Create(0x0000_1f00);
        Vector128<int> blue = pixels & Vector128.Create(0x0000_001f);
        return (alpha | red | green | blue).AsByte();
    }
}
