using System.Buffers.Binary;

namespace Ps3Platform.Loaders.DeviceTree;

/// <summary>The flat form of a device tree: what is common to reading and writing it (Devicetree Specification 5, version 17).</summary>
public static class FlatDeviceTree
{
    internal const uint Magic = 0xd00d_feed;
    internal const int HeaderBytes = 40;
    internal const uint Version = 17;
    internal const uint OldestReader = 16;
    internal const uint BeginNode = 1;
    internal const uint EndNode = 2;
    internal const uint Property = 3;
    internal const uint Nop = 4;
    internal const uint End = 9;

    /// <summary>True when the bytes begin with the flat tree magic.</summary>
    public static bool Recognises(ReadOnlySpan<byte> bytes) => bytes.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(bytes) == Magic;

    /// <summary>Reads a tree. Bytes behind its stated size are not looked at.</summary>
    /// <exception cref="ImageFormatException">The tree is damaged.</exception>
    public static DeviceTreeDocument Read(ImageFile file) => FlatDeviceTreeReader.Read(file);

    /// <summary>Writes a tree.</summary>
    public static byte[] Write(DeviceTreeDocument document) => FlatDeviceTreeWriter.Write(document, 0) ?? throw new InvalidOperationException("unreachable: no room was stated");

    /// <summary>Writes a tree into exactly <paramref name="room"/> bytes, the free ones at its end.</summary>
    /// <returns>The bytes, or null when the tree is longer.</returns>
    public static byte[]? TryWrite(DeviceTreeDocument document, int room) => FlatDeviceTreeWriter.Write(document, room);
}
