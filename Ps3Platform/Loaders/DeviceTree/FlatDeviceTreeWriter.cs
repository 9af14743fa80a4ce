using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Ps3Platform.Loaders.DeviceTree;

/// <summary>Writes header, reservation block, structure block and strings block, in this order.</summary>
internal sealed class FlatDeviceTreeWriter
{
    private readonly ArrayBufferWriter<byte> _structure = new();
    private readonly ArrayBufferWriter<byte> _strings = new();
    private readonly Dictionary<string, uint> _stringOffsets = [];

    /// <param name="document">The tree.</param>
    /// <param name="room">Size to fill, or 0 for as many bytes as it takes.</param>
    public static byte[]? Write(DeviceTreeDocument document, int room)
    {
        var writer = new FlatDeviceTreeWriter();
        writer.AddNode(document.Root);
        writer.AddCell(FlatTreeFormat.End);
        return writer.Assemble(document, room);
    }

    private byte[]? Assemble(DeviceTreeDocument document, int room)
    {
        int reservations = FlatTreeFormat.HeaderBytes;
        int structure = reservations + ((document.Reservations.Count + 1) * 16);
        int strings = structure + _structure.WrittenCount;
        int total = (strings + _strings.WrittenCount + 7) & ~7;
        if (room != 0 && total > room)
            return null;

        byte[] bytes = new byte[room == 0 ? total : room];
        Span<uint> header =
        [
            FlatTreeFormat.Magic, (uint)bytes.Length, (uint)structure, (uint)strings, (uint)reservations,
            FlatTreeFormat.Version, FlatTreeFormat.OldestReader, document.BootCpu, (uint)_strings.WrittenCount,
            (uint)_structure.WrittenCount,
        ];
        for (int index = 0; index < header.Length; index++)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(index * 4), header[index]);
        for (int index = 0; index < document.Reservations.Count; index++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(reservations + (index * 16)), document.Reservations[index].Address);
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(reservations + (index * 16) + 8), document.Reservations[index].Size);
        }

        _structure.WrittenSpan.CopyTo(bytes.AsSpan(structure));
        _strings.WrittenSpan.CopyTo(bytes.AsSpan(strings));
        return bytes;
    }

    private void AddNode(DeviceTreeNode node)
    {
        AddCell(FlatTreeFormat.BeginNode);
        _structure.Write(Encoding.Latin1.GetBytes(node.Name + '\0'));
        Align();
        foreach (DeviceTreeProperty property in node.Properties)
        {
            AddCell(FlatTreeFormat.Property);
            AddCell((uint)property.Value.Length);
            AddCell(StringOffset(property.Name));
            _structure.Write(property.Value.Span);
            Align();
        }

        foreach (DeviceTreeNode child in node.Children)
            AddNode(child);
        AddCell(FlatTreeFormat.EndNode);
    }

    private uint StringOffset(string name)
    {
        if (_stringOffsets.TryGetValue(name, out uint offset))
            return offset;
        offset = (uint)_strings.WrittenCount;
        _strings.Write(Encoding.Latin1.GetBytes(name + '\0'));
        _stringOffsets.Add(name, offset);
        return offset;
    }

    private void AddCell(uint value)
    {
        Span<byte> cell = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(cell, value);
        _structure.Write(cell);
    }

    private void Align()
    {
        while ((_structure.WrittenCount & 3) != 0)
            _structure.Write<byte>([0]);
    }
}
