using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Ps3Platform.Loaders.Compression;

/// <summary>The two cyclic checksums of xz, least significant bit first (section 6 of the format).</summary>
internal static class Crc
{
    // One table per byte of a doubleword: eight bytes are looked up at once, because kernels are large.
    private const int Tables = 8;
    private const int Entries = 256;
    private static readonly ulong[] Table32 = MakeTables(0xedb8_8320);
    private static readonly ulong[] Table64 = MakeTables(0xc96c_5795_d787_0f42);

    public static uint Crc32(ReadOnlySpan<byte> bytes) => ~(uint)Run(Table32, uint.MaxValue, bytes);

    public static ulong Crc64(ReadOnlySpan<byte> bytes) => ~Run(Table64, ulong.MaxValue, bytes);

    // Called once per file, so unoptimised code would run to the end of the file before the host's compiler replaces it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Run(ulong[] tables, ulong crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= Tables; bytes = bytes[Tables..])
        {
            ulong next = crc ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            crc = tables[(7 * Entries) + (byte)next] ^ tables[(6 * Entries) + (byte)(next >> 8)]
                ^ tables[(5 * Entries) + (byte)(next >> 16)] ^ tables[(4 * Entries) + (byte)(next >> 24)]
                ^ tables[(3 * Entries) + (byte)(next >> 32)] ^ tables[(2 * Entries) + (byte)(next >> 40)]
                ^ tables[Entries + (byte)(next >> 48)] ^ tables[(byte)(next >> 56)];
        }

        foreach (byte next in bytes)
            crc = tables[(byte)crc ^ next] ^ (crc >> 8);
        return crc;
    }

    // Table n has the effect of a byte on the checksum when n more bytes follow it.
    private static ulong[] MakeTables(ulong polynomial)
    {
        ulong[] tables = new ulong[Tables * Entries];
        for (uint index = 0; index < Entries; index++)
        {
            ulong value = index;
            for (int bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ polynomial : value >> 1;
            tables[index] = value;
        }

        for (int index = Entries; index < tables.Length; index++)
            tables[index] = tables[(byte)tables[index - Entries]] ^ (tables[index - Entries] >> 8);
        return tables;
    }
}
