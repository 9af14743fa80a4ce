using System.Buffers.Binary;

namespace Ps3Platform.Screens.Vnc;

/// <summary>How a viewer wants its pixels (RFC 6143 7.4): true colour only.</summary>
/// <param name="BitsPerPixel">8, 16 or 32.</param>
/// <param name="Depth">How many of them matter.</param>
/// <param name="IsBigEndian">The most significant byte comes first.</param>
/// <param name="RedMax">The largest red; one less than a power of two.</param>
/// <param name="GreenMax">The same of green.</param>
/// <param name="BlueMax">The same of blue.</param>
/// <param name="RedShift">Where red is: bits to its right.</param>
/// <param name="GreenShift">The same of green.</param>
/// <param name="BlueShift">The same of blue.</param>
internal readonly record struct RfbPixelFormat(
    int BitsPerPixel, int Depth, bool IsBigEndian, int RedMax, int GreenMax, int BlueMax, int RedShift, int GreenShift, int BlueShift)
{
    /// <summary>Bytes of the format in a message.</summary>
    public const int Size = 16;

    private const int BitsInByte = 8;

    /// <summary>What the server offers: 32 bits little-endian, 8 bits a colour, red on top.</summary>
    public static RfbPixelFormat Standard { get; } = new(32, 24, false, 255, 255, 255, 16, 8, 0);

    /// <summary>Bytes of a pixel.</summary>
    public int Bytes => BitsPerPixel / BitsInByte;

    /// <summary>
    /// Where the three bytes of a compressed pixel are among the four of a whole one (RFC 6143 7.7.5): 0 or 1; -1 if it is not
    /// shortened.
    /// </summary>
    public int CompressedStart
    {
        get
        {
            if (BitsPerPixel != 32 || Depth > 24)
                return -1;
            uint used = ((uint)RedMax << RedShift) | ((uint)GreenMax << GreenShift) | ((uint)BlueMax << BlueShift);
            if (used >> 24 == 0)
                return IsBigEndian ? 1 : 0;
            return (used & 0xff) == 0 ? (IsBigEndian ? 0 : 1) : -1;
        }
    }

    /// <summary>Reads a format out of a message.</summary>
    /// <param name="bytes">Its 16 bytes.</param>
    /// <param name="format">The format.</param>
    /// <returns>False when it is none, or one with a colour map.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RfbPixelFormat format)
    {
        format = new RfbPixelFormat(
            bytes[0], bytes[1], bytes[2] != 0,
            BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]), bytes[10], bytes[11], bytes[12]);
        return bytes[3] != 0 && format.BitsPerPixel is 8 or 16 or 32 && format.Depth <= format.BitsPerPixel
            && format.Fits(format.RedMax, format.RedShift) && format.Fits(format.GreenMax, format.GreenShift)
            && format.Fits(format.BlueMax, format.BlueShift);
    }

    /// <summary>Writes the format into a message.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        bytes[0] = (byte)BitsPerPixel;
        bytes[1] = (byte)Depth;
        bytes[2] = (byte)(IsBigEndian ? 1 : 0);
        bytes[3] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)RedMax);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)GreenMax);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], (ushort)BlueMax);
        bytes[10] = (byte)RedShift;
        bytes[11] = (byte)GreenShift;
        bytes[12] = (byte)BlueShift;
    }

    /// <summary>Converts pixels of a frame.</summary>
    /// <param name="source">X R G B, four bytes a pixel.</param>
    /// <param name="target">Gets <see cref="Bytes"/> bytes a pixel.</param>
    public void Convert(ReadOnlySpan<byte> source, Span<byte> target)
    {
        for (int from = 0, to = 0; from < source.Length; from += 4, to += Bytes)
        {
            uint pixel = (Scale(source[from + 1], RedMax) << RedShift) | (Scale(source[from + 2], GreenMax) << GreenShift)
                | (Scale(source[from + 3], BlueMax) << BlueShift);
            switch (BitsPerPixel)
            {
                case 8:
                    target[to] = (byte)pixel;
                    break;
                case 16 when IsBigEndian:
                    BinaryPrimitives.WriteUInt16BigEndian(target[to..], (ushort)pixel);
                    break;
                case 16:
                    BinaryPrimitives.WriteUInt16LittleEndian(target[to..], (ushort)pixel);
                    break;
                default:
                    if (IsBigEndian)
                        BinaryPrimitives.WriteUInt32BigEndian(target[to..], pixel);
                    else
                        BinaryPrimitives.WriteUInt32LittleEndian(target[to..], pixel);
                    break;
            }
        }
    }

    private static uint Scale(byte value, int max) => max == byte.MaxValue ? value : (uint)(((value * max) + 127) / byte.MaxValue);

    private bool Fits(int max, int shift) =>
        max > 0 && (max & (max + 1)) == 0 && shift < BitsPerPixel && ((ulong)max << shift) < (1UL << BitsPerPixel);
}
