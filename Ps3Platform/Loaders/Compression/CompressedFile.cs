namespace Ps3Platform.Loaders.Compression;

/// <summary>Unpacks gzip and xz files, recognised by their first bytes, up to a size the caller sets.</summary>
public static class CompressedFile
{
    /// <summary>Unpacked bytes that are accepted unless the caller says otherwise: a whole console's memory.</summary>
    public const int DefaultMaximumBytes = 256 << 20;

    // Some archives contain a kernel.gz inside an .xz; more than two layers do not occur.
    private const int MaximumLayers = 2;

    /// <summary>The file itself when it is not compressed, otherwise its unpacked contents.</summary>
    /// <exception cref="ImageFormatException">
    /// The compressed data are damaged, larger than <paramref name="maximumBytes"/> when unpacked, or packed more than twice.
    /// </exception>
    public static ImageFile Unpack(ImageFile file, int maximumBytes = DefaultMaximumBytes)
    {
        for (int layer = 0; layer < MaximumLayers; layer++)
        {
            ReadOnlySpan<byte> bytes = file.Bytes.Span;
            if (GzipFormat.Recognises(bytes))
                file = new ImageFile($"{file.Name} (unpacked)", GzipFormat.Unpack(file, maximumBytes));
            else if (XzFormat.Recognises(bytes))
                file = new ImageFile($"{file.Name} (unpacked)", XzFormat.Unpack(file, maximumBytes));
            else
                return file;
        }

        if (Recognises(file.Bytes.Span))
            throw new ImageFormatException(file.Name, 0, $"It is packed more than {MaximumLayers} times; unpack it with gunzip or xz -d and give what is inside.");
        return file;
    }

    /// <summary>True when <see cref="Unpack"/> would unpack something.</summary>
    public static bool Recognises(ReadOnlySpan<byte> bytes) => GzipFormat.Recognises(bytes) || XzFormat.Recognises(bytes);
}
