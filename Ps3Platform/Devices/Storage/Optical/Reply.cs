using System.Buffers.Binary;

namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>Bytes of an answer, put one behind the other. Big-endian.</summary>
/// <param name="bytes">Room for the longest answer, zeroed.</param>
internal ref struct Reply(Span<byte> bytes)
{
    /// <summary>Bytes of the longest answer.</summary>
    public const int Longest = 256;

    private readonly Span<byte> _bytes = bytes;

    public int Length { get; private set; }

    public void U8(int value) => _bytes[Length++] = (byte)value;

    public void U16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_bytes[Length..], (ushort)value);
        Length += 2;
    }

    public void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes[Length..], value);
        Length += 4;
    }

    public void Zeros(int count) => Length += count;

    /// <summary>A text in a field that is filled up with blanks.</summary>
    public void Text(string text, int width)
    {
        for (int i = 0; i < width; i++)
            U8(i < text.Length ? text[i] : ' ');
    }

    /// <summary>Puts the number of bytes that stand behind a field of two bytes into it.</summary>
    public readonly void SetLength16(int field) => BinaryPrimitives.WriteUInt16BigEndian(_bytes[field..], (ushort)(Length - field - 2));

    /// <summary>Puts the number of bytes that stand behind a field of four bytes into it.</summary>
    public readonly void SetLength32(int field) => BinaryPrimitives.WriteUInt32BigEndian(_bytes[field..], (uint)(Length - field - 4));

    /// <summary>Sets a byte that was put before.</summary>
    public readonly void Set(int index, int value) => _bytes[index] = (byte)value;
}
