namespace Ps3Platform.Loaders;

/// <summary>The bytes of a file, and its name for messages.</summary>
public sealed record ImageFile(string Name, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Size of the largest file that is read, in bytes: twice a console's memory.</summary>
    public const int MaximumBytes = 512 << 20;

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="ImageFormatException">The file is larger than <paramref name="maximumBytes"/> or has changed while it was read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageFile Read(string path, int maximumBytes = MaximumBytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.Length > maximumBytes)
            throw TooLarge(path, stream.Length, maximumBytes);

        byte[] bytes = new byte[stream.Length];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
            throw new ImageFormatException(path, read, "The file became shorter while it was read; try again.");
        return new ImageFile(path, bytes);
    }

    /// <summary>Reads a stream whose length is not known, such as a pipe, to its end.</summary>
    /// <exception cref="ImageFormatException">It has more than <paramref name="maximumBytes"/> bytes.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ImageFile Read(string name, Stream stream, int maximumBytes = MaximumBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var all = new MemoryStream();
        byte[] piece = new byte[64 << 10];
        for (int count; (count = stream.Read(piece)) > 0;)
        {
            if (all.Length + count > maximumBytes)
                throw TooLarge(name, all.Length + count, maximumBytes);
            all.Write(piece, 0, count);
        }

        return new ImageFile(name, all.ToArray());
    }

    private static ImageFormatException TooLarge(string name, long bytes, int maximumBytes) => new(
        name, maximumBytes, $"The file has {bytes} bytes or more, and {maximumBytes >> 20} MiB can be loaded; choose a smaller file.");
}
