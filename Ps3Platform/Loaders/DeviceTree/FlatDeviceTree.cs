using System.Buffers.Binary;

namespace Ps3Platform.Loaders.DeviceTree;

/// <summary>The flat form of a device tree: recognises, reads and writes it (Devicetree Specification 5, version 17).</summary>
public static class FlatDeviceTree
{
    /// <summary>True when the bytes begin with the flat tree magic.</summary>
    public static bool Recognises(ReadOnlySpan<byte> bytes) => bytes.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(bytes) == FlatTreeFormat.Magic;

    /// <summary>Reads a tree. Bytes after its stated size are ignored.</summary>
    /// <exception cref="ImageFormatException">The tree is damaged.</exception>
    public static DeviceTreeDocument Read(ImageFile file) => FlatDeviceTreeReader.Read(file);

    /// <summary>Writes a tree.</summary>
    public static byte[] Write(DeviceTreeDocument document) =>
        FlatDeviceTreeWriter.Write(document, 0) ?? throw new InvalidOperationException("unreachable: no room was stated");

    /// <summary>Writes a tree into exactly <paramref name="room"/> bytes, the free ones at its end.</summary>
    /// <returns>The bytes, or null when the tree is longer.</returns>
    public static byte[]? TryWrite(DeviceTreeDocument document, int room) => FlatDeviceTreeWriter.Write(document, room);
}
