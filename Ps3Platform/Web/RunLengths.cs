using System.Buffers.Binary;

using Ps3Platform.Devices.Video;
using Ps3Platform.Screens.Feed;

namespace Ps3Platform.Web;

/// <summary>
/// A message with what has changed on the screen: <c>u16 width, height, rectangles</c>, then of each <c>u16 x, y, width, height</c>,
/// <c>u32 bytes</c> and runs of <c>u8 pixels - 1, red, green, blue</c>; numbers are big-endian.
/// </summary>
internal sealed class RunLengths
{
    private const int LongestRun = 256;
    private const int RunSize = 4;
    private byte[] _bytes = new byte[64 << 10];
    private int _length;

    /// <summary>Builds the message. Valid until the next call.</summary>
    public ReadOnlyMemory<byte> Encode(ScreenViewer screen, IReadOnlyList<ScreenRectangle> changed)
    {
        _length = 0;
        UInt16(screen.Width);
        UInt16(screen.Height);
        UInt16(changed.Count);
        foreach (ScreenRectangle part in changed)
            Encode(screen, part);
        return _bytes.AsMemory(0, _length);
    }

    private void Encode(ScreenViewer screen, ScreenRectangle part)
    {
        UInt16(part.X);
        UInt16(part.Y);
        UInt16(part.Width);
        UInt16(part.Height);
        int size = _length;
        Room(4);
        // The worst case is a run a pixel.
        Grow(part.Width * part.Height * RunSize);
        Span<byte> runs = _bytes.AsSpan(_length);
        int at = -RunSize;
        int before = -1;
        for (int y = part.Y; y < part.Y + part.Height; y++)
        {
            ReadOnlySpan<byte> line = screen.Pixels.Slice(
                ((y * screen.Width) + part.X) * Frame.BytesPerPixel, part.Width * Frame.BytesPerPixel);
            for (int x = 0; x < line.Length; x += Frame.BytesPerPixel)
            {
                int pixel = BinaryPrimitives.ReadInt32BigEndian(line[x..]) & 0xffffff;
                if (pixel == before && runs[at] < LongestRun - 1)
                {
                    runs[at]++;
                    continue;
                }

                at += RunSize;
                // The run's length less one stands where the pixel's unused byte is.
                BinaryPrimitives.WriteInt32BigEndian(runs[at..], pixel);
                before = pixel;
            }
        }

        int bytes = at + RunSize;
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(size), bytes);
        _length += bytes;
    }

    private void UInt16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Room(2), (ushort)value);

    private Span<byte> Room(int length)
    {
        Grow(length);
        _length += length;
        return _bytes.AsSpan(_length - length, length);
    }

    private void Grow(int length)
    {
        if (_bytes.Length - _length < length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
    }
}
