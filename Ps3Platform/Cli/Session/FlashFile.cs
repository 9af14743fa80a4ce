using Ps3Platform.Cli.Shell;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Storage;
using Ps3Platform.Host.Blocks;
using Ps3Platform.Host.Files;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Flash;

namespace Ps3Platform.Cli.Session;

/// <summary>Files with a flash. One that is open is locked, so that no machine and no command changes it at the same time.</summary>
internal static class FlashFile
{
    // Everything before is header, parameters and database; the boot image is written first, so that a header never names half an image.
    private const int Head = 4096;

    /// <summary>Opens a flash and checks it; makes it when there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="place">What messages call the option that names it, or null for an operand.</param>
    /// <exception cref="UsageException">It cannot be opened or made.</exception>
    /// <exception cref="ImageFormatException">It is no flash.</exception>
    public static IBlockBackend OpenOrMake(string path, string? place)
    {
        if (FileKinds.Of(path) == FileKind.Missing && path.Length > 0)
            Make(path, place);
        return Open(path, place, isReadOnly: false, out _);
    }

    /// <summary>Opens a flash and reads it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="place">What messages call the option that names it, or null for an operand.</param>
    /// <param name="isReadOnly">It is not going to be written.</param>
    /// <param name="flash">What is in it.</param>
    /// <exception cref="UsageException">It cannot be opened.</exception>
    /// <exception cref="ImageFormatException">It is no flash.</exception>
    public static IBlockBackend Open(string path, string? place, bool isReadOnly, out FlashImage flash)
    {
        string prefix = place is null ? "" : $"{place} ";
        IBlockBackend backend;
        if (FileKinds.Of(path) == FileKind.Regular)
            FlashImage.CheckLength(path, new FileInfo(path).Length);
        try
        {
            backend = BlockBackends.Open(new BlockOptions(path) { Format = BlockFormat.Raw, IsReadOnly = isReadOnly }, Terminal.Error);
        }
        catch (BlockOpenException e)
        {
            // The file's size is fixed: advice to give one is of no use here.
            throw new UsageException(FileKinds.Of(path) == FileKind.Missing
                ? $"{prefix}{path}: no such file; \"ps3 boot penguin --flash {path}\" makes one." : $"{prefix}{e.Message}.");
        }

        try
        {
            flash = Read(backend, prefix);
            return backend;
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    }

    /// <summary>Reads a flash that is open, while no machine runs.</summary>
    /// <param name="backend">The flash.</param>
    /// <param name="prefix">What messages begin with.</param>
    /// <exception cref="UsageException">It cannot be read.</exception>
    /// <exception cref="ImageFormatException">It is no flash any more.</exception>
    public static FlashImage Read(IBlockBackend backend, string prefix = "")
    {
        byte[] bytes = new byte[FlashDevice.Size];
        return backend.ReadNow(0, bytes) == BlockError.None ? FlashImage.Read(new ImageFile(backend.Name, bytes))
            : throw new UsageException($"{prefix}{backend.Name}: cannot be read; give another flash.");
    }

    /// <summary>Writes a flash that was changed.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static void Write(IBlockBackend backend, FlashImage flash)
    {
        byte[] bytes = flash.File.Bytes.ToArray();
        if (backend.WriteNow(Head, bytes.AsMemory(Head)) != BlockError.None
            || backend.WriteNow(0, bytes.AsMemory(0, Head)) != BlockError.None)
            throw new UsageException($"{backend.Name}: cannot be written; it may be half changed, make it again.");
    }

    private static void Make(string path, string? place)
    {
        string unfinished = $"{path}.{Environment.ProcessId}.new";
        try
        {
            File.WriteAllBytes(unfinished, FlashImage.Make(path).File.Bytes.Span);
            File.Move(unfinished, path, overwrite: false);
        }
        catch (Exception e) when (FileErrors.IsFileError(e) || e is ArgumentException)
        {
            File.Delete(unfinished);
            string prefix = place is null ? "" : $"{place} ";
            throw new UsageException($"{prefix}{path}: cannot be made: {FileErrors.Reason(e)}; give another name or folder.");
        }
    }
}
