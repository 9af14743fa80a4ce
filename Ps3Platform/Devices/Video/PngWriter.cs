using SkiaSharp;

namespace Ps3Platform.Devices.Video;

/// <summary>Writes pictures as PNG files.</summary>
public static class PngWriter
{
    /// <summary>Writes a picture to a stream.</summary>
    public static void Write(Frame frame, Stream stream)
    {
        ReadOnlySpan<byte> source = frame.Pixels.Span;
        byte[] pixels = new byte[source.Length];
        for (int i = 0; i < pixels.Length; i += Frame.BytesPerPixel)
        {
            // X R G B becomes R G B and an opaque alpha.
            pixels[i] = source[i + 1];
            pixels[i + 1] = source[i + 2];
            pixels[i + 2] = source[i + 3];
            pixels[i + 3] = 0xff;
        }

        var info = new SKImageInfo(frame.Width, frame.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var image = SKImage.FromPixelCopy(info, pixels, info.RowBytes);
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        png.SaveTo(stream);
    }

    /// <summary>Writes a picture to a file, replacing what was there.</summary>
    public static void Write(Frame frame, string path)
    {
        using FileStream file = File.Create(path);
        Write(frame, file);
    }
}
