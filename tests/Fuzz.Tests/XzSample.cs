using System.Buffers.Binary;
using Ps3Platform.Loaders.Compression;

namespace Fuzz.Tests;

/// <summary>A small file made by xz 5.4 (noise, text and zeros; CRC64), and damage that keeps its header checksums right.</summary>
internal static class XzSample
{
    private const int BlockHeader = 12;

    private const string Packed =
        "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AvLAVxdADyQk68hEFuWGKQ6RoScpoR+m3WuW3WNfruXKvLu/C4cutwI4GvqiUXO15aD" +
        "knh2XcHSnm8PGbqefenFHixuWhgBxkbRqxCjF7uLcHwOpZmEVz2GUAEaEKIWNyadPlooc4aBEedq96460AixrsG2Gj1v8Ctqp7iO" +
        "R6jmQzNj7klnSm92hUmgBX0ZgE/G14ETnMaCfkDd1z5fEYhrVOjpMbOitvmGBfpjI8a0bwiQHZfbIVOMBG8zM76mZjea0xfLWZhE" +
        "zH4rHebmFZhegpWQRMEMh47r5tCLFUXHW8NMXwJFEodR/RB5BZTL2pzqt0qZSVRvCC+SiQ2keA2LFjEnNlIdiN6bq521YKK8DNNJ" +
        "8gfVNS4i9zpvQtOw1B+l96aw7KpCLkMTF7pmQyLdEGGWIVszzQq4ASOwbUbbdq8vZgCOSesjPn09HWqzsRAnLvZ4uBybdcK8Uk09" +
        "crkhAAC6JuO2ZvnNWAAB+ALMFwAAgvimZbHEZ/sCAAAAAARZWg==";

    public static byte[] Bytes() => Convert.FromBase64String(Packed);

    public static byte[] DamageAndSeal(byte[] original, Random random)
    {
        byte[] bytes = [.. original];
        int headerBytes = (bytes[BlockHeader] + 1) * 4;
        // Everything between the header's size and its checksum, then a little of the chunk headers and data behind it.
        for (int times = random.Next(1, 4); times > 0; times--)
            bytes[BlockHeader + 1 + random.Next(headerBytes - 5)] = (byte)random.Next(256);
        if (random.Next(2) == 0)
            original.AsSpan(BlockHeader, headerBytes).CopyTo(bytes.AsSpan(BlockHeader));
        for (int times = random.Next(3); times > 0; times--)
            bytes[BlockHeader + headerBytes + random.Next(12)] = (byte)random.Next(256);
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan(BlockHeader + headerBytes - 4), Crc.Crc32(bytes.AsSpan(BlockHeader, headerBytes - 4)));
        return bytes;
    }
}
