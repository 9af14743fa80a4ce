using CellPpe.Core;
using Ps3Platform.Loaders.DeviceTree;

namespace Ps3Platform.Loaders.Boot;

/// <summary>The device tree inside a wrapped image, found by its magic and its "sony,ps3" root.</summary>
internal sealed record EmbeddedTree(LparAddress Address, int Room, DeviceTreeDocument Document)
{
    // A kernel contains the magic in its code, and test trees in its data. A hostile file could contain it everywhere.
    private const int MaximumCandidates = 1024;

    public static EmbeddedTree? Find(BootImage image)
    {
        int candidates = 0;
        foreach (BootSegment segment in image.Segments)
        {
            int offset = 0;
            while (offset < segment.Bytes.Length)
            {
                int found = segment.Bytes.Span[offset..].IndexOf((ReadOnlySpan<byte>)[0xd0, 0x0d, 0xfe, 0xed]);
                if (found < 0 || ++candidates > MaximumCandidates)
                    break;
                offset += found;
                if ((offset & 3) == 0 && TryRead(image.File.Name, segment, offset) is { } tree)
                    return tree;
                offset += 4;
            }
        }

        return null;
    }

    private static EmbeddedTree? TryRead(string fileName, BootSegment segment, int offset)
    {
        ReadOnlyMemory<byte> rest = segment.Bytes[offset..];
        try
        {
            DeviceTreeDocument document = FlatDeviceTree.Read(new ImageFile(fileName, rest));
            if (!Ps3DeviceTree.IsPs3(document.Root))
                return null;
            int room = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(rest.Span[4..]);
            return new EmbeddedTree(segment.Address + (ulong)offset, room, document);
        }
        catch (ImageFormatException)
        {
            // Four bytes that look like the magic but begin no tree.
            return null;
        }
    }
}
