using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ps3Platform.Loaders.Compression;

/// <summary>The integrity check at the end of each xz block (section 2.1.1.2).</summary>
internal readonly record struct XzCheck(int Id, int Bytes)
{
    public static XzCheck FromFlags(ImageReader reader, byte first, byte second, int at)
    {
        int bytes = (first, second) switch
        {
            (0, 0x00) => 0,
            (0, 0x01) => 4,
            (0, 0x04) => 8,
            (0, 0x0a) => 32,
            _ => throw reader.Fail(
                (ulong)at, $"xz stream flags 0x{first:x2}{second:x2} are not known; pack the file again with plain 'xz'."),
        };
        return new XzCheck(second, bytes);
    }

    public void Verify(ImageReader reader, int at, ReadOnlySpan<byte> unpacked)
    {
        ReadOnlySpan<byte> stated = reader.Slice((ulong)at, (ulong)Bytes, "xz block check");
        bool right = Bytes switch
        {
            4 => BinaryPrimitives.ReadUInt32LittleEndian(stated) == Crc.Crc32(unpacked),
            8 => BinaryPrimitives.ReadUInt64LittleEndian(stated) == Crc.Crc64(unpacked),
            32 => stated.SequenceEqual(SHA256.HashData(unpacked)),
            _ => true,
        };
        if (!right)
            throw reader.Fail((ulong)at, "The checksum of the unpacked data is wrong; the file is damaged, fetch it again.");
    }
}
