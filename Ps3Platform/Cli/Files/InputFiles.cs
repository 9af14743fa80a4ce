using Ps3Platform.Cli.Shell;
using Ps3Platform.Host.Files;
using Ps3Platform.Loaders;

namespace Ps3Platform.Cli.Files;

/// <summary>Reads the files that a command line names.</summary>
internal static class InputFiles
{
    /// <summary>The name that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Reads a whole file, or the pipe of the shell's <c>&lt;(command)</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, or null for an operand.</param>
    /// <param name="wanted">The expected kind of file, for messages: "a cpio archive".</param>
    /// <exception cref="UsageException">It is missing, is not a file, or cannot be read.</exception>
    public static ImageFile Read(string path, string? option, string wanted)
    {
        string name = option is null ? path : $"{option} {path}";
        if (path.Length == 0)
            throw new UsageException($"{option ?? "\"\""}: the name is empty; give {wanted}.");
        FileKind kind = FileKinds.Of(path);
        try
        {
            switch (kind)
            {
                case FileKind.Missing:
                    throw new UsageException($"{name}: no such file; give {wanted}.");
                case FileKind.Regular:
                    return ImageFile.Read(path);
                case FileKind.Pipe when FileKinds.IsDescriptor(path):
                    using (FileStream pipe = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0))
                        return ImageFile.Read(path, pipe);
                default:
                    // A named pipe is not opened, because without a writer the open would block for ever.
                    throw new UsageException($"{name}: is {FileKinds.Describe(kind)}; give {wanted}.");
            }
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw new UsageException($"{name}: {FileErrors.Reason(e)}; give {wanted} that can be read.");
        }
    }

    /// <summary>Reads standard input to its end.</summary>
    /// <exception cref="UsageException">It is a terminal, closed, or empty.</exception>
    public static ImageFile ReadStandardInput(string wanted)
    {
        if (!Console.IsInputRedirected)
            throw new UsageException($"-: standard input is a terminal; send {wanted} into it, as in \"xz -dc vmlinux.xz | ps3 boot -\".");
        try
        {
            using Stream input = Console.OpenStandardInput();
            ImageFile file = ImageFile.Read("standard input", input);
            return file.Bytes.IsEmpty ? throw new UsageException($"-: standard input is empty; send {wanted} into it.") : file;
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw new UsageException($"-: standard input: {FileErrors.Reason(e)}; send {wanted} into it.");
        }
    }
}
