using System.Buffers.Binary;
using System.IO.Compression;

namespace Ps3Platform.Loaders.Compression;

/// <summary>gzip files (RFC 1952), one member, as otheros.bld is.</summary>
internal static class GzipFormat
{
    private const int HeaderBytes = 10;
    private const int TrailerBytes = 8;

    public static bool Recognises(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]);

    public static ReadOnlyMemory<byte> Unpack(ImageFile file, int maximumBytes)
    {
        ReadOnlySpan<byte> packed = file.Bytes.Span;
        if (packed.Length < HeaderBytes + TrailerBytes)
            throw new ImageFormatException(file.Name, packed.Length, "The gzip file ends inside its header; it is truncated, fetch it again.");
        if (packed[2] != 8)
            throw new ImageFormatException(file.Name, 2, $"gzip method {packed[2]} does not exist (deflate is 8); the file is damaged, fetch it again.");

        var output = new BoundedOutput(file, maximumBytes);
        using var source = new ReadOnlyMemoryStream(file.Bytes);
        try
        {
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            output.ReadAll(gzip);
        }
        catch (InvalidDataException problem)
        {
            throw new ImageFormatException(file.Name, source.Position, "The gzip data are damaged; fetch the file again.", problem);
        }

        CheckTrailer(file, packed, output.Bytes.Span);
        return output.Bytes;
    }

    /// <summary>
    /// GZipStream treats an early end of the input as the end of the data. The trailer (CRC-32 and length modulo 2^32)
    /// shows the difference. Flash images have padding after it, so zero bytes at the end are skipped first. Empty data
    /// would match padding alone; since no image is empty, that counts as truncated too.
    /// </summary>
    private static void CheckTrailer(ImageFile file, ReadOnlySpan<byte> packed, ReadOnlySpan<byte> unpacked)
    {
        uint checksum = Crc.Crc32(unpacked);
        int end = packed.Length;
        while (!unpacked.IsEmpty && end >= HeaderBytes + TrailerBytes)
        {
            ReadOnlySpan<byte> trailer = packed[(end - TrailerBytes)..end];
            if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) == checksum && BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) == (uint)unpacked.Length)
                return;
            if (packed[end - 1] != 0)
                break;
            end--;
        }

        throw new ImageFormatException(file.Name, packed.Length, $"The gzip data end too early, after {unpacked.Length} unpacked bytes; the file is truncated (fetch it again) or has several gzip members (unpack it first).");
    }
}
