namespace Ps3Platform.Loaders.Compression;

/// <summary>The two cyclic checksums of xz, least significant bit first (section 6 of the format).</summary>
internal static class Crc
{
    private static readonly ulong[] Table32 = MakeTable(0xedb8_8320);
    private static readonly ulong[] Table64 = MakeTable(0xc96c_5795_d787_0f42);

    public static uint Crc32(ReadOnlySpan<byte> bytes) => ~(uint)Run(Table32, uint.MaxValue, bytes);

    public static ulong Crc64(ReadOnlySpan<byte> bytes) => ~Run(Table64, ulong.MaxValue, bytes);

    private static ulong Run(ulong[] table, ulong crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte next in bytes)
            crc = table[(byte)crc ^ next] ^ (crc >> 8);
        return crc;
    }

    private static ulong[] MakeTable(ulong polynomial)
    {
        ulong[] table = new ulong[256];
        for (uint index = 0; index < 256; index++)
        {
            ulong value = index;
            for (int bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ polynomial : value >> 1;
            table[index] = value;
        }

        return table;
    }
}
