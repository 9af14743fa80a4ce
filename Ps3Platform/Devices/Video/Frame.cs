namespace Ps3Platform.Devices.Video;

/// <summary>A captured picture: lines without gaps of 4-byte pixels X8 R8 G8 B8 in that byte order (big-endian words).</summary>
public sealed class Frame
{
    /// <summary>Bytes of a pixel.</summary>
    public const int BytesPerPixel = 4;

    /// <summary>Wraps the pixels of a picture.</summary>
    /// <exception cref="ArgumentException">There are not width x height pixels.</exception>
    public Frame(int width, int height, byte[] pixels)
    {
        if (width <= 0 || height <= 0 || pixels.Length != width * height * BytesPerPixel)
            throw new ArgumentException($"{pixels.Length} bytes are not a picture of {width} x {height}.", nameof(pixels));
        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>Pixels in a line.</summary>
    public int Width { get; }

    /// <summary>Lines.</summary>
    public int Height { get; }

    /// <summary>All pixels, the top line first.</summary>
    public ReadOnlyMemory<byte> Pixels { get; }
}
