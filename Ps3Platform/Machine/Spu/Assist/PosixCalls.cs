namespace Ps3Platform.Machine.Spu.Assist;

/// <summary>Files by descriptor, time, and the like (stop code 0x2101), served by the host with the rights of its user.</summary>
internal sealed class PosixCalls(HostFiles files)
{
    private const int PageSize = 4096;
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;

    // As newlib numbers them (firmware-stubs/spe/README.md).
    private static readonly string?[] Names =
    [
        null, "adjtimex", "close", "creat", "fstat", "ftok", "getpagesize", "gettimeofday", "kill", "lseek", "lstat", "mmap", "mremap", "msync", "munmap",
        "open", "read", "shmat", "shmctl", "shmdt", "shmget", "shm_open", "shm_unlink", "stat", "unlink", "wait", "waitpid", "write", "ftruncate", "access",
        "dup", "time", "nanosleep", "chdir", "fchdir", "mkdir", "mknod", "rmdir", "chmod", "fchmod", "chown", "fchown", "lchown", "getcwd", "link",
        "symlink", "readlink", "sync", "fsync", "fdatasync", "dup2", "lockf", "truncate", "mkstemp", "mktemp", "opendir", "closedir", "readdir",
        "rewinddir", "seekdir", "telldir", "sched_yield", "umask", "utime", "utimes", "pread", "pwrite", "readv", "writev",
    ];

    /// <summary>Names by operation; null: there is none.</summary>
    public static string? NameOf(uint operation) => operation < Names.Length ? Names[operation] : null;

    /// <summary>Removes a file, as unlink does.</summary>
    /// <returns>An error number.</returns>
    public static int Remove(string path)
    {
        if (Directory.Exists(path))
            return Errno.IsADirectory;
        // File.Delete does not mind a file that is not there; a program does.
        return File.Exists(path) ? Errno.Try(() => File.Delete(path), path) : Errno.NotThere;
    }

    /// <summary>Serves a call.</summary>
    /// <returns>Null, or what is not served.</returns>
    public string? Serve(uint operation, AssistCall call)
    {
        string? name = NameOf(operation);
        int error;
        switch (name)
        {
            case "open":
                call.Return(files.OpenFile(call.FileName(call.Word(0)), call.Word(1), out error), error);
                return null;
            case "close":
                Answer(call, files.CloseFile(call.Word(0)));
                return null;
            case "read":
                Read(call);
                return null;
            case "write":
                Write(call);
                return null;
            case "lseek":
                Seek(call);
                return null;
            case "unlink":
                Answer(call, Remove(call.FileName(call.Word(0))));
                return null;
            case "stat" or "lstat":
                string path = call.FileName(call.Word(0));
                Answer(call, File.Exists(path) ? WriteStatus(call, new FileInfo(path)) : Directory.Exists(path) ? WriteStatus(call, new DirectoryInfo(path)) : Errno.NotThere);
                return null;
            case "fstat":
                Answer(call, files.FileOf(call.Word(0)) is { } file ? WriteStatus(call, file) : Errno.BadDescriptor);
                return null;
            case "access":
                path = call.FileName(call.Word(0));
                Answer(call, File.Exists(path) || Directory.Exists(path) ? Errno.None : Errno.NotThere);
                return null;
            case "mkdir":
                path = call.FileName(call.Word(0));
                Answer(call, Path.Exists(path) ? Errno.Exists : Errno.Try(() => Directory.CreateDirectory(path), path));
                return null;
            case "rmdir":
                path = call.FileName(call.Word(0));
                Answer(call, Directory.Exists(path) ? Errno.Try(() => Directory.Delete(path), path) : Errno.NotThere);
                return null;
            case "ftruncate":
                long length = call.Int(1);
                Answer(call, files.FileOf(call.Word(0)) is { } shortened ? Errno.Try(() => shortened.Stream.SetLength(length)) : Errno.BadDescriptor);
                return null;
            case "fsync" or "fdatasync":
                Answer(call, files.FileOf(call.Word(0))?.Flush() ?? Errno.BadDescriptor);
                return null;
            case "getpagesize":
                call.Return(PageSize);
                return null;
            case "gettimeofday":
                // 64-bit seconds: newlib's time_t.
                long microseconds = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TicksPerMicrosecond;
                call.WriteDoubleWord(call.Word(0), (ulong)(microseconds / 1_000_000));
                call.WriteWord(call.Word(0) + 8, (uint)(microseconds % 1_000_000));
                call.Return(0);
                return null;
            case "sched_yield" or "sync":
                call.Return(0);
                return null;
            default:
                return name ?? $"operation {operation}";
        }
    }

    private static void Answer(AssistCall call, int error) => call.Return(error == Errno.None ? 0 : -1, error);

    private void Read(AssistCall call)
    {
        if (files.FileOf(call.Word(0)) is not { } file)
        {
            Answer(call, Errno.BadDescriptor);
            return;
        }

        // At most what there is now: a terminal or a pipe gives what it has, and read must not wait for more.
        Span<byte> buffer = call.Buffer(call.Word(1), call.Word(2));
        byte[] bytes = new byte[buffer.Length];
        int count = 0;
        int error = Errno.Try(() => count = file.Stream.Read(bytes));
        bytes.AsSpan(0, count).CopyTo(buffer);
        call.Return(error == Errno.None ? count : -1, error);
    }

    private void Write(AssistCall call)
    {
        Span<byte> buffer = call.Buffer(call.Word(1), call.Word(2));
        if (files.FileOf(call.Word(0)) is not { } file)
            Answer(call, Errno.BadDescriptor);
        else if (file.Write(buffer))
            call.Return(buffer.Length);
        else
            Answer(call, file.Stream.CanWrite ? Errno.InputOutput : Errno.BadDescriptor);
    }

    private void Seek(AssistCall call)
    {
        int error = files.FileOf(call.Word(0)) is { } file ? file.Seek(call.Int(1), call.Int(2)) : Errno.BadDescriptor;
        call.Return(error == Errno.None ? (int)files.FileOf(call.Word(0))!.Position : -1, error);
    }

    private static int WriteStatus(AssistCall call, HostStream file)
    {
        const uint CharacterDevice = 0x2000;
        const uint ReadWriteForAll = 0x1b6;
        if (file.Stream is FileStream { Name.Length: > 0, CanSeek: true } named)
        {
            named.Flush();
            return WriteStatus(call, new FileInfo(named.Name));
        }

        WriteStatus(call, CharacterDevice | ReadWriteForAll, size: 0, accessed: 0, modified: 0, changed: 0);
        return Errno.None;
    }

    private static int WriteStatus(AssistCall call, FileSystemInfo info)
    {
        const uint RegularFile = 0x8000;
        const uint Folder = 0x4000;
        const uint AllOfUser = 0x1c0;
        uint mode = info is DirectoryInfo ? Folder : RegularFile;
        mode |= OperatingSystem.IsWindows() ? AllOfUser : (uint)info.UnixFileMode;
        uint size = info is FileInfo file ? (uint)Math.Min(file.Length, int.MaxValue) : PageSize;
        WriteStatus(call, mode, size, Seconds(info.LastAccessTimeUtc), Seconds(info.LastWriteTimeUtc), Seconds(info.LastWriteTimeUtc));
        return Errno.None;
    }

    private static uint Seconds(DateTime time) => (uint)(time - DateTime.UnixEpoch).TotalSeconds;

    // The structure newlib converts its own from, a word each: device, inode, mode, links, user, group, device type, size, block size,
    // blocks, and three times.
    private static void WriteStatus(AssistCall call, uint mode, uint size, uint accessed, uint modified, uint changed)
    {
        const uint Block = 512;
        ReadOnlySpan<uint> words = [0, 0, mode, 1, 0, 0, 0, size, PageSize, (size + Block - 1) / Block, accessed, modified, changed];
        uint at = call.Word(1);
        foreach (uint word in words)
        {
            call.WriteWord(at, word);
            at += 4;
        }
    }
}
