using Ps3Platform.Cli.Shell;
using Ps3Platform.Host.Files;

namespace Ps3Platform.Cli.Files;

/// <summary>
/// A file that this program writes. <see cref="Check"/> tests that it can be written before the work for it starts. The file appears
/// under its name only when it is complete: a killed process leaves the previous file unchanged. Devices and pipes are written directly.
/// </summary>
internal sealed class OutputFile
{
    private OutputFile(string path) => Path = path;

    /// <summary>The file as the user named it.</summary>
    public string Path { get; }

    /// <summary>A file without a check before it is written.</summary>
    public static OutputFile Unchecked(string path) => new(path);

    /// <summary>Checks that a file can be written, without changing it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static OutputFile Check(string path, string option)
    {
        if (path.Length == 0)
            throw new UsageException($"{option}: the name is empty; give the name of a file to write.");
        if (path == InputFiles.StandardInput)
            throw new UsageException($"{option} -: standard output has its own use here; give the name of a file to write.");
        FileKind kind = FileKinds.Of(path);
        if (kind is FileKind.Folder or FileKind.Socket || System.IO.Path.EndsInDirectorySeparator(path))
        {
            kind = kind == FileKind.Socket ? kind : FileKind.Folder;
            throw new UsageException($"{option} {path}: is {FileKinds.Describe(kind)}; give the name of a file to write.");
        }

        try
        {
            var file = new OutputFile(path);
            CheckFolder(path, path, option);
            (string target, bool isReplaced) = file.Resolve();
            CheckFolder(path, target, option);
            if (kind == FileKind.Regular && isReplaced)
                new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0).Dispose();
            if (isReplaced)
                UnfinishedFile.Create(target).Dispose();
            return file;
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw new UsageException($"{option} {path}: cannot be written: {FileErrors.Reason(e)}; give another name or folder.");
        }
    }

    /// <summary>Writes the whole file.</summary>
    /// <exception cref="OutputException">It cannot be written; a previous file is unchanged.</exception>
    public void Write(Action<Stream> content)
    {
        using OutputFileStream stream = Open();
        stream.Write(content);
        stream.Complete();
    }

    /// <summary>Writes the whole file, and prints an error if that fails.</summary>
    /// <returns>False when it could not be written.</returns>
    public bool TryWrite(Action<Stream> content)
    {
        try
        {
            Write(content);
            return true;
        }
        catch (OutputException e)
        {
            Terminal.Error(e.Message);
            return false;
        }
    }

    /// <summary>Begins to write the file; it takes its name when <see cref="OutputFileStream.Complete"/> is called.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public OutputFileStream Open()
    {
        try
        {
            (string target, bool isReplaced) = Resolve();
            return isReplaced ? new OutputFileStream(this, UnfinishedFile.Create(target)) : new OutputFileStream(this, OpenInPlace(target));
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw Failure(e);
        }
    }

    /// <summary>The exception for a failure to write this file.</summary>
    internal OutputException Failure(Exception e) => new($"{Path} not written: {FileErrors.Reason(e)}", e);

    // Devices, pipes and files that the process already has open are written in place. For a link, the file that it points to is
    // replaced.
    private (string Target, bool IsReplaced) Resolve()
    {
        bool isReplaced = FileKinds.Of(Path) is FileKind.Regular or FileKind.Missing && !FileKinds.IsDescriptor(Path);
        bool isLink = isReplaced && new FileInfo(Path).LinkTarget is not null;
        return (isLink ? File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? Path : Path, isReplaced);
    }

    // /dev/stdout may be an ordinary file that contains the guest's console text.
    private static FileStream OpenInPlace(string target) =>
        new(
            target, FileKinds.Of(target) == FileKind.Regular ? FileMode.Append : FileMode.Open,
            FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private static void CheckFolder(string path, string target, string option)
    {
        string? folder = System.IO.Path.GetDirectoryName(target);
        if (folder is not { Length: > 0 } || Directory.Exists(folder))
            return;
        throw new UsageException(FileKinds.Of(folder) == FileKind.Missing
            ? $"{option} {path}: there is no folder {folder}; make it first."
            : $"{option} {path}: {folder} is {FileKinds.Describe(FileKinds.Of(folder))}, not a folder; give another name.");
    }
}
