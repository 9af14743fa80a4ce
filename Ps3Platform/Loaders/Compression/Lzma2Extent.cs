namespace Ps3Platform.Loaders.Compression;

/// <summary>
/// The packed and unpacked length of LZMA2 data. Every chunk states both, so the total is known without decoding, and a
/// decompression bomb is refused before it is unpacked.
/// </summary>
internal readonly record struct Lzma2Extent(int PackedBytes, int UnpackedBytes)
{
    public static Lzma2Extent Measure(ImageReader reader, int start, int maximumBytes)
    {
        const string What = "LZMA2 chunk";
        int position = start;
        long unpacked = 0;
        while (true)
        {
            byte control = reader.U8((ulong)position, What);
            if (control == 0)
                return new Lzma2Extent(position + 1 - start, (int)unpacked);
            if (control is > 2 and < 0x80)
                throw reader.Fail((ulong)position, $"LZMA2 control byte 0x{control:x2} does not exist; the file is damaged, fetch it again.");

            int low = reader.U16((ulong)position + 1, What);
            int header = control < 0x80 ? 3 : control < 0xc0 ? 5 : 6;
            int chunkUnpacked = control < 0x80 ? low + 1 : ((control & 0x1f) << 16) + low + 1;
            int chunkPacked = control < 0x80 ? low + 1 : reader.U16((ulong)position + 3, What) + 1;
            reader.Slice((ulong)position, (ulong)header + (ulong)chunkPacked, What);
            if (control >= 0xc0)
                CheckProperties(reader, position + 5);
            unpacked += chunkUnpacked;
            if (unpacked > maximumBytes)
                throw reader.Fail((ulong)position, $"The unpacked data are larger than the {maximumBytes >> 20} MiB that are accepted ({maximumBytes} bytes); give a smaller image.");
            position += header + chunkPacked;
        }
    }

    // LZMA2 allows lc + lp up to 4. SharpCompress does not check it, and would allocate up to 12 MiB of tables for more.
    private static void CheckProperties(ImageReader reader, int at)
    {
        byte properties = reader.U8((ulong)at, "LZMA properties");
        int lc = properties % 9;
        int lp = properties / 9 % 5;
        if (properties >= 9 * 5 * 5 || lc + lp > 4)
            throw reader.Fail((ulong)at, $"LZMA properties 0x{properties:x2} are not allowed; the file is damaged, fetch it again.");
    }

    /// <summary>
    /// The smallest dictionary code that can hold all of the output, if that is less than the file states. A larger
    /// dictionary is never used, but would be allocated: up to 4 GiB for a file of 100 bytes.
    /// </summary>
    public static byte SmallestDictionary(byte stated, int unpackedBytes)
    {
        for (byte code = 0; code < stated; code++)
        {
            // Section 5.3.1: 2 or 3 times a power of two.
            long size = (2L | (code & 1)) << ((code / 2) + 11);
            if (size >= unpackedBytes)
                return code;
        }

        return stated;
    }
}
