using Ps3Platform.Standalone.Assist.Files;
using Ps3Platform.Standalone.Assist.Memory;
using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist;

/// <summary>Files, directories, memory and time by POSIX's calls (stop code 0x2101), served by the host with the rights of its user.</summary>
/// <param name="files">The program's open files.</param>
/// <param name="maps">The program's mappings.</param>
/// <param name="pause">Sleeps for a time; returns the rest of it if the run must end earlier.</param>
internal sealed class PosixCalls(HostFiles files, MappedMemory maps, Func<TimeSpan, TimeSpan> pause) : IDisposable
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;
    private const uint NanosecondsPerSecond = 1_000_000_000;

    // As newlib numbers them (jsre.h and ea_internal.h; firmware-stubs/spe/README.md). newlib has no function for those not served.
    private static readonly string?[] Names =
    [
        null, "adjtimex", "close", "creat", "fstat", "ftok", "getpagesize", "gettimeofday", "kill", "lseek", "lstat", "mmap", "mremap", "msync", "munmap",
        "open", "read", "shmat", "shmctl", "shmdt", "shmget", "shm_open", "shm_unlink", "stat", "unlink", "wait", "waitpid", "write", "ftruncate", "access",
        "dup", "time", "nanosleep", "chdir", "fchdir", "mkdir", "mknod", "rmdir", "chmod", "fchmod", "chown", "fchown", "lchown", "getcwd", "link",
        "symlink", "readlink", "sync", "fsync", "fdatasync", "dup2", "lockf", "truncate", "mkstemp", "mktemp", "opendir", "closedir", "readdir",
        "rewinddir", "seekdir", "telldir", "sched_yield", "umask", "utime", "utimes", "pread", "pwrite", "readv", "writev",
    ];

    private readonly DescriptorCalls _descriptors = new(files);
    private readonly PathCalls _paths = new(files);
    private readonly DirectoryCalls _directories = new(files);
    private readonly MappingCalls _memory = new(files, maps);

    /// <summary>The name of an operation, or null.</summary>
    public static string? NameOf(uint operation) => operation < Names.Length ? Names[operation] : null;

    /// <summary>Serves a call.</summary>
    /// <returns>Null, or what is not implemented.</returns>
    public string? Serve(uint operation, AssistCall call)
    {
        if (NameOf(operation) is not { } name)
            return $"operation {operation}";
        // A shared mapping must always have the same contents as its file.
        bool hasShared = maps.HasSharedFiles;
        if (hasShared)
            maps.Synchronise();
        bool served = ServeTime(name, call) || _memory.Serve(name, call) || _descriptors.Serve(name, call) || _paths.Serve(name, call) || _directories.Serve(name, call);
        if (hasShared)
            maps.Synchronise();
        return served ? null : name;
    }

    public void Dispose() => _directories.Dispose();

    private bool ServeTime(string name, AssistCall call)
    {
        switch (name)
        {
            case "getpagesize":
                call.Return((int)MappedMemory.PageSize);
                return true;
            case "gettimeofday":
                // 64-bit seconds: newlib's time_t.
                long microseconds = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TicksPerMicrosecond;
                if (call.Word(0) != 0)
                    WriteTime(call, call.Word(0), microseconds / 1_000_000, (uint)(microseconds % 1_000_000));
                call.Return(0);
                return true;
            case "nanosleep":
                Sleep(call);
                return true;
            case "sched_yield" or "sync":
                call.Return(0);
                return true;
            default:
                return false;
        }
    }

    private void Sleep(AssistCall call)
    {
        const int Interrupted = 4;
        uint request = call.Word(0);
        uint remainder = call.Word(1);
        long seconds = (long)call.ReadDoubleWord(request);
        uint nanoseconds = call.ReadWord(request + 8);
        if (seconds < 0 || nanoseconds >= NanosecondsPerSecond)
        {
            call.Return(-1, Errno.Invalid);
            return;
        }

        // The host's longest wait is far beyond any run.
        var time = TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) + TimeSpan.FromTicks(nanoseconds / 100);
        TimeSpan left = pause(time);
        if (remainder != 0)
            WriteTime(call, remainder, (long)left.TotalSeconds, (uint)(left.Ticks % TimeSpan.TicksPerSecond * 100));
        call.Return(left == TimeSpan.Zero ? 0 : -1, left == TimeSpan.Zero ? Errno.None : Interrupted);
    }

    private static void WriteTime(AssistCall call, uint at, long seconds, uint fraction)
    {
        call.WriteDoubleWord(at, (ulong)seconds);
        call.WriteWord(at + 8, fraction);
    }
}
