using System.Runtime.CompilerServices;

namespace CellPpe.Core;

/// <summary>Bit fields counted from the left (bit 0 is the most significant), as the Power manuals count.</summary>
public static class PowerBits
{
    extension(uint word)
    {
        /// <summary>Bits <paramref name="first"/>..<paramref name="last"/> of a 32-bit word, right-justified.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public uint Bits(int first, int last) => (word >> (31 - last)) & (uint.MaxValue >> (31 - (last - first)));
    }

    extension(ulong doubleword)
    {
        /// <summary>Bits <paramref name="first"/>..<paramref name="last"/> of a 64-bit doubleword, right-justified.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong Bits(int first, int last) => (doubleword >> (63 - last)) & (ulong.MaxValue >> (63 - (last - first)));

        /// <summary>One bit of a 64-bit doubleword.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Bit(int index) => ((doubleword >> (63 - index)) & 1) != 0;
    }

    /// <summary>A doubleword with only bit <paramref name="index"/> (counted from the left) set.</summary>
    public static ulong Mask64(int index) => 0x8000_0000_0000_0000UL >> index;
}
