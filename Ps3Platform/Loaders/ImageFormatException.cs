namespace Ps3Platform.Loaders;

/// <summary>A file is damaged or of another kind. The message names the file, the offset of the error, and what to do.</summary>
public sealed class ImageFormatException : Exception
{
    /// <summary>Trouble in <paramref name="fileName"/> at byte <paramref name="offset"/>; <paramref name="problem"/> ends with what to do about it.</summary>
    public ImageFormatException(string fileName, long offset, string problem, Exception? inner = null)
        : base($"{fileName}, offset 0x{offset:x}: {problem}", inner)
    {
        FileName = fileName;
        Offset = offset;
        Problem = problem;
    }

    /// <summary>The file as the user named it, or a name such as "vmlinux.xz (unpacked)".</summary>
    public string FileName { get; }

    /// <summary>Offset of the error in the file, or in its unpacked bytes.</summary>
    public long Offset { get; }

    /// <summary>The message without file and offset.</summary>
    public string Problem { get; }
}
