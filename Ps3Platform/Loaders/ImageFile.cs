namespace Ps3Platform.Loaders;

/// <summary>The bytes of a file with the name that messages give it.</summary>
public sealed record ImageFile(string Name, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The largest file that is read at all: twice a console's memory.</summary>
    public const int MaximumBytes = 512 << 20;

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="ImageFormatException">The file is larger than <paramref name="maximumBytes"/> or has changed while it was read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageFile Read(string path, int maximumBytes = MaximumBytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.Length > maximumBytes)
            throw new ImageFormatException(path, maximumBytes, $"The file has {stream.Length} bytes, more than the {maximumBytes >> 20} MiB that can be loaded; choose a smaller file.");

        byte[] bytes = new byte[stream.Length];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
            throw new ImageFormatException(path, read, "The file became shorter while it was read; try again.");
        return new ImageFile(path, bytes);
    }
}
