using CellPpe.Core;

using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Files;

/// <summary>A file's status as newlib expects it from a PPE (struct jsre_stat): one word for each field of struct stat.</summary>
internal static class FileStatus
{
    private const uint CharacterDevice = 0x2000;
    private const uint RegularFile = 0x8000;
    private const uint Directories = 0x4000;
    private const uint ReadWriteForAll = 0x1b6;
    private const uint AllOfUser = 0x1c0;
    private const uint Block = 512;
    private const int Words = 13;

    /// <summary>stat and lstat.</summary>
    /// <returns>An error number.</returns>
    public static int Write(AssistCall call, string path, bool follow)
    {
        Span<uint> words = stackalloc uint[Words];
        int error = HostLibrary.Status(path, follow, words);
        if (error == Errno.NotImplemented)
            error = Ask(path, words);
        if (error == Errno.None)
            Write(call, words);
        return error;
    }

    /// <summary>fstat.</summary>
    /// <returns>An error number.</returns>
    public static int Write(AssistCall call, HostStream file)
    {
        if (file.Folder is { } folder)
            return Write(call, folder, follow: true);
        Span<uint> words = stackalloc uint[Words];
        if (file.Stream is FileStream stream)
        {
            stream.Flush();
            int error = HostLibrary.Status(stream.SafeFileHandle, words);
            if (error == Errno.NotImplemented)
                error = Ask(stream.Name, words);
            if (error == Errno.None)
                Write(call, words);
            return error;
        }

        // A standard stream of the host, whatever it is connected to.
        Fill(words, CharacterDevice | ReadWriteForAll, 0, 0, 0);
        Write(call, words);
        return Errno.None;
    }

    // For hosts on which only .NET provides the status.
    private static int Ask(string path, Span<uint> words)
    {
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (!info.Exists)
            return Errno.NotThere;
        uint mode = info is DirectoryInfo ? Directories : RegularFile;
        mode |= OperatingSystem.IsWindows() ? AllOfUser : (uint)info.UnixFileMode;
        uint size = info is FileInfo file ? (uint)Math.Min(file.Length, int.MaxValue) : (uint)GuestMemory.PageSize;
        Fill(words, mode, size, Seconds(info.LastAccessTimeUtc), Seconds(info.LastWriteTimeUtc));
        return Errno.None;
    }

    private static void Fill(Span<uint> words, uint mode, uint size, uint accessed, uint modified)
    {
        ReadOnlySpan<uint> all = [0, 0, mode, 1, 0, 0, 0, size, (uint)GuestMemory.PageSize, (size + Block - 1) / Block, accessed, modified, modified];
        all.CopyTo(words);
    }

    private static uint Seconds(DateTime time) => (uint)(time - DateTime.UnixEpoch).TotalSeconds;

    private static void Write(AssistCall call, ReadOnlySpan<uint> words)
    {
        uint at = call.Word(1);
        foreach (uint word in words)
        {
            call.WriteWord(at, word);
            at += 4;
        }
    }
}
