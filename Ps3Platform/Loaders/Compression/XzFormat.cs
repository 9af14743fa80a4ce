using System.Buffers.Binary;
using SharpCompress.Compressors.LZMA;

namespace Ps3Platform.Loaders.Compression;

/// <summary>
/// xz files (The .xz File Format 1.1). The container is read here, so that every size is checked before anything is
/// allocated and every checksum is verified; only the LZMA2 data themselves go to SharpCompress.
/// </summary>
internal static class XzFormat
{
    private const int StreamHeaderBytes = 12;
    private const ulong FilterLzma2 = 0x21;

    public static bool Recognises(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]);

    public static ReadOnlyMemory<byte> Unpack(ImageFile file, int maximumBytes)
    {
        var output = new BoundedOutput(file, maximumBytes);
        int position = 0;
        do
        {
            position = UnpackStream(file, position, output, maximumBytes);
            position = SkipPadding(file, position);
        }
        while (position < file.Bytes.Length);

        return output.Bytes;
    }

    private static int UnpackStream(ImageFile file, int start, BoundedOutput output, int maximumBytes)
    {
        var reader = new ImageReader(file.Name, file.Bytes.Span);
        ReadOnlySpan<byte> header = reader.Slice((ulong)start, StreamHeaderBytes, "xz stream header");
        if (!Recognises(header))
            throw reader.Fail((ulong)start, "There are bytes behind the xz stream that are no xz stream; the file is damaged, fetch it again.");
        CheckCrc32(reader, header[6..8], start + 8, "xz stream header");
        XzCheck check = XzCheck.FromFlags(reader, header[6], header[7], start + 6);

        int position = start + StreamHeaderBytes;
        int blocks = 0;
        // A block header begins with its size, never 0; a 0 there is the index.
        while (reader.U8((ulong)position, "xz block or index") != 0)
        {
            position = UnpackBlock(file, position, check, output, maximumBytes);
            blocks++;
        }

        return CheckIndexAndFooter(reader, position, blocks, header[6..8]);
    }

    private static int UnpackBlock(ImageFile file, int start, XzCheck check, BoundedOutput output, int maximumBytes)
    {
        var reader = new ImageReader(file.Name, file.Bytes.Span);
        int headerBytes = (reader.U8((ulong)start, "xz block header") + 1) * 4;
        ReadOnlySpan<byte> header = reader.Slice((ulong)start, (ulong)headerBytes, "xz block header");
        CheckCrc32(reader, header[..^4], start + headerBytes - 4, "xz block header");
        byte dictionary = ReadFilter(reader, header, start);

        int dataStart = start + headerBytes;
        Lzma2Extent extent = Lzma2Extent.Measure(reader, dataStart, maximumBytes);
        if (extent.UnpackedBytes > maximumBytes - output.Length)
            throw output.TooLarge();

        int outputStart = output.Length;
        Decode(file, file.Bytes.Slice(dataStart, extent.PackedBytes), Lzma2Extent.SmallestDictionary(dictionary, extent.UnpackedBytes), output, dataStart);
        if (output.Length - outputStart != extent.UnpackedBytes)
            throw reader.Fail((ulong)dataStart, "The xz data unpack to another length than they state; the file is damaged, fetch it again.");

        int checkStart = SkipToMultipleOf4(reader, dataStart + extent.PackedBytes, dataStart);
        check.Verify(reader, checkStart, output.Bytes.Span[outputStart..]);
        return checkStart + check.Bytes;
    }

    private static byte ReadFilter(ImageReader reader, ReadOnlySpan<byte> header, int start)
    {
        byte flags = header[1];
        if ((flags & 0x3f) != 0)
            throw reader.Fail((ulong)start + 1, "The xz file uses filters other than plain LZMA2; pack it again with plain 'xz'.");
        int position = 2;
        // Both sizes are optional and redundant, so they are skipped.
        for (int bit = 0x40; bit <= 0x80; bit <<= 1)
        {
            if ((flags & bit) != 0)
                ReadVariable(reader, header, ref position, start);
        }

        ulong filter = ReadVariable(reader, header, ref position, start);
        ulong properties = ReadVariable(reader, header, ref position, start);
        if (filter != FilterLzma2 || properties != 1 || position >= header.Length - 4)
            throw reader.Fail((ulong)(start + position), "The xz file uses filters other than plain LZMA2; pack it again with plain 'xz'.");
        byte dictionary = header[position];
        if (dictionary > 40)
            throw reader.Fail((ulong)(start + position), $"LZMA2 dictionary code {dictionary} does not exist; the file is damaged, fetch it again.");
        return dictionary;
    }

    private static void Decode(ImageFile file, ReadOnlyMemory<byte> packed, byte dictionary, BoundedOutput output, int dataStart)
    {
        using var source = new ReadOnlyMemoryStream(packed);
        try
        {
            using LzmaStream lzma = LzmaStream.Create([dictionary], source, -1, -1, null, true, true);
            output.ReadAll(lzma);
        }
        catch (ImageFormatException)
        {
            throw;
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            // The decoder reports damage by several kinds of exception, some of them of its own library.
            throw new ImageFormatException(file.Name, dataStart + source.Position, "The xz data are damaged; fetch the file again.", problem);
        }
    }

    private static int CheckIndexAndFooter(ImageReader reader, int index, int blocks, ReadOnlySpan<byte> streamFlags)
    {
        ReadOnlySpan<byte> rest = reader.Slice((ulong)index, (ulong)(reader.Length - index), "xz index");
        int position = 1;
        ulong records = ReadVariable(reader, rest, ref position, index);
        if (records != (ulong)blocks)
            throw reader.Fail((ulong)index, $"The xz index lists {records} blocks where there are {blocks}; the file is damaged, fetch it again.");
        for (int number = 0; number < blocks * 2; number++)
            ReadVariable(reader, rest, ref position, index);

        int end = SkipToMultipleOf4(reader, index + position, index);
        CheckCrc32(reader, reader.Slice((ulong)index, (ulong)(end - index), "xz index"), end, "xz index");
        int footer = end + 4;
        ReadOnlySpan<byte> bytes = reader.Slice((ulong)footer, StreamHeaderBytes, "xz stream footer");
        if (Crc.Crc32(bytes[4..10]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes) || !bytes[8..10].SequenceEqual(streamFlags) || !bytes[10..12].SequenceEqual("YZ"u8))
            throw reader.Fail((ulong)footer, "The xz stream footer is wrong; the file is damaged, fetch it again.");
        return footer + StreamHeaderBytes;
    }

    private static int SkipPadding(ImageFile file, int position)
    {
        ReadOnlySpan<byte> bytes = file.Bytes.Span;
        while (position < bytes.Length && bytes[position] == 0)
            position++;
        return position;
    }

    private static int SkipToMultipleOf4(ImageReader reader, int position, int start)
    {
        while (((position - start) & 3) != 0)
        {
            if (reader.U8((ulong)position, "xz padding") != 0)
                throw reader.Fail((ulong)position, "The xz padding is not zero; the file is damaged, fetch it again.");
            position++;
        }

        return position;
    }

    private static void CheckCrc32(ImageReader reader, ReadOnlySpan<byte> bytes, int at, string what)
    {
        uint stated = BinaryPrimitives.ReadUInt32LittleEndian(reader.Slice((ulong)at, 4, $"{what} checksum"));
        if (stated != Crc.Crc32(bytes))
            throw reader.Fail((ulong)at, $"The checksum of the {what} is wrong; the file is damaged, fetch it again.");
    }

    /// <summary>A multibyte integer: seven bits a byte, lowest first, at most nine bytes (section 1.2).</summary>
    private static ulong ReadVariable(ImageReader reader, ReadOnlySpan<byte> bytes, ref int position, int start)
    {
        ulong value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            if (position >= bytes.Length)
                break;
            byte next = bytes[position++];
            value |= (ulong)(next & 0x7f) << shift;
            if ((next & 0x80) == 0)
                return value;
        }

        throw reader.Fail((ulong)(start + position), "An xz size field does not end; the file is damaged, fetch it again.");
    }
}
