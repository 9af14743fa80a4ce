using Microsoft.Win32.SafeHandles;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Blocks;

/// <summary>
/// A file whose bytes are the disk's. It is sparse where its file system can do that. Who writes to it holds an exclusive advisory lock
/// (flock on Linux); who reads holds a shared one, so that nothing changes below a reader.
/// </summary>
internal sealed class FileStore : IBlockStore
{
    private readonly SafeFileHandle _handle;

    // Linux tells of a write that failed once, and drops the page: a flush that is asked for again would claim what is not true.
    private string? _lostWrites;

    private FileStore(string path, SafeFileHandle handle, bool isReadOnly)
    {
        Name = path;
        _handle = handle;
        IsReadOnly = isReadOnly;
        Length = (ulong)RandomAccess.GetLength(handle);
    }

    public string Name { get; }

    public ulong Length { get; }

    public bool IsReadOnly { get; }

    /// <summary>Opens a file, and makes it when there is none and a size is given.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isReadOnly">Open it for reading.</param>
    /// <param name="size">Bytes of the file that is made; null: there must be one.</param>
    /// <exception cref="BlockOpenException">It cannot be opened or made, is in use, or has another size than asked for.</exception>
    public static FileStore Open(string path, bool isReadOnly, ulong? size)
    {
        bool isMade = false;
        SafeFileHandle? handle = null;
        try
        {
            FileKind kind = FileKinds.Of(path);
            if (kind is not (FileKind.Regular or FileKind.Missing))
                throw new BlockOpenException($"{path}: is {FileKinds.Describe(kind)}; give the path of a regular file");
            bool exists = kind == FileKind.Regular;
            if (!exists && (size is null || isReadOnly))
                throw new BlockOpenException($"{path}: no such file; give one that exists, or its size to have it made (size=8G)");
            isMade = !exists;
            handle = File.OpenHandle(
                path, exists ? FileMode.Open : FileMode.CreateNew, isReadOnly ? FileAccess.Read : FileAccess.ReadWrite,
                isReadOnly ? FileShare.Read : FileShare.None);
            if (isMade)
                RandomAccess.SetLength(handle, (long)size!.Value);
            CheckLength(path, handle, size);
            return new FileStore(path, handle, isReadOnly);
        }
        catch (Exception e) when (FileErrors.IsFileError(e) || e is ArgumentException or BlockOpenException)
        {
            handle?.Dispose();
            // What was half made would be taken for a disk the next time.
            if (isMade && handle is not null)
                File.Delete(path);
            throw e as BlockOpenException ?? Refuse(path, isReadOnly, e);
        }
    }

    public void Read(ulong offset, Span<byte> buffer)
    {
        try
        {
            while (buffer.Length > 0)
            {
                int count = RandomAccess.Read(_handle, buffer, (long)offset);
                if (count == 0)
                    throw new BlockException(BlockError.Io, "the file has become shorter");
                buffer = buffer[count..];
                offset += (ulong)count;
            }
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw Failed(e);
        }
    }

    public bool TryReadCached(ulong offset, Span<byte> buffer) =>
        OperatingSystem.IsLinux() && CachedReads.TryRead(_handle, offset, buffer);

    public void Write(ulong offset, ReadOnlySpan<byte> buffer, bool forceUnitAccess)
    {
        try
        {
            RandomAccess.Write(_handle, buffer, (long)offset);
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw Failed(e);
        }

        if (forceUnitAccess)
            Flush();
    }

    public void Flush()
    {
        if (_lostWrites is { } lost)
            throw new BlockException(
                BlockError.Io, $"an earlier flush failed ({lost}), and what was written before it may be lost", isFinal: true);
        try
        {
            RandomAccess.FlushToDisk(_handle);
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            _lostWrites = FileErrors.Reason(e);
            throw new BlockException(Failed(e).Error, $"{_lostWrites}, and what was written before may be lost", isFinal: true);
        }
    }

    // The bytes stay: freeing them is for the file system's own tools.
    public void Trim(ulong offset, ulong length)
    {
    }

    public void Dispose() => _handle.Dispose();

    private static void CheckLength(string path, SafeFileHandle handle, ulong? size)
    {
        long length = RandomAccess.GetLength(handle);
        if (length < 512)
            throw new BlockOpenException(
                $"{path}: is empty; give a file of whole 512-byte blocks, or remove it and give its size (size=8G)");
        if (size is { } wanted && (ulong)length != wanted)
        {
            throw new BlockOpenException(
                $"{path}: has {length} bytes already, and not the {wanted} asked for; leave size= out, or resize the file first");
        }
    }

    private static BlockOpenException Refuse(string path, bool isReadOnly, Exception e)
    {
        // .NET reports a lock that cannot be had as EWOULDBLOCK.
        const int WouldBlock = 11;
        if (e is IOException { HResult: WouldBlock } || (OperatingSystem.IsWindows() && e.HResult == unchecked((int)0x8007_0020)))
        {
            string holder = FileLocks.HolderOf(path) is { } known ? $" by {known}" : "";
            string way = isReadOnly ? "end that program first" : "end that program, or use a copy of the file";
            return new BlockOpenException($"{path}: is in use{holder}; {way}");
        }

        return new BlockOpenException(
            $"{path}: {FileErrors.Reason(e)}; give a file that can be {(isReadOnly ? "read" : "read and written")}");
    }

    private static BlockException Failed(Exception e)
    {
        const int NoSpace = 28;
        const int QuotaExceeded = 122;
        const int TooLarge = 27;
        const int DiskFull = unchecked((int)0x8007_0070);
        BlockError error = e.HResult is NoSpace or QuotaExceeded or TooLarge or DiskFull ? BlockError.NoSpace : BlockError.Io;
        return new BlockException(error, FileErrors.Reason(e));
    }
}
