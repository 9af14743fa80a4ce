using System.Buffers.Binary;

namespace Ps3Platform.Screens.Vnc;

/// <summary>A message to a viewer, built up in memory: big-endian numbers and bytes.</summary>
internal sealed class RfbWriter
{
    private byte[] _bytes = new byte[4096];
    private int _length;

    /// <summary>What has been written since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Begins a new message.</summary>
    public void Clear() => _length = 0;

    public void Byte(int value) => Room(1)[0] = (byte)value;

    public void UInt16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Room(2), (ushort)value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Room(4), value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    /// <summary>So many bytes more, for the caller to fill at once.</summary>
    public Span<byte> Room(int length)
    {
        if (_bytes.Length - _length < length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
        _length += length;
        return _bytes.AsSpan(_length - length, length);
    }

    /// <summary>The header of a rectangle (RFC 6143 7.6.1).</summary>
    public void Rectangle(int x, int y, int width, int height, int encoding)
    {
        UInt16(x);
        UInt16(y);
        UInt16(width);
        UInt16(height);
        Int32(encoding);
    }
}
