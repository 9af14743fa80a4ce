using Ps3Platform.Standalone.Assist.Protocol;

using SpuRuntime.State;

namespace Ps3Platform.Standalone.Assist.Files;

/// <summary>The host's standard streams, as a program's call-backs use them.</summary>
public sealed record StandardStreams(Stream Input, Stream Output, Stream Error);

/// <summary>A program's open files: C streams by handle (standard ones 1 to 3), POSIX files by descriptor (standard ones 0 to 2).</summary>
internal sealed class HostFiles : IDisposable
{
    // Limits a program that opens files without end; a host process may open some thousand.
    private const int Most = 256;
    private const int FirstHandle = 1;
    private const int Standard = 3;

    private const int DefaultMode = 0x1b6; // rw for all, octal 666

    private readonly HostStream?[] _streams = new HostStream?[Most];
    private readonly HostStream?[] _descriptors = new HostStream?[Most];
    private readonly HostStream[] _standard;
    private readonly long _started = System.Diagnostics.Stopwatch.GetTimestamp();

    public HostFiles(StandardStreams standard)
    {
        _standard = [new(standard.Input, canSeek: false), new(standard.Output, canSeek: false), new(standard.Error, canSeek: false)];
        for (int index = 0; index < Standard; index++)
            _streams[FirstHandle + index] = _descriptors[index] = _standard[index];
        CreationMask = ReadCreationMask();
    }

    // Closed streams read as empty and accept no bytes.
    public HostStream Input => _streams[FirstHandle] ?? _standard[0];

    public HostStream Output => _streams[FirstHandle + 1] ?? _standard[1];

    public HostStream Error => _streams[FirstHandle + 2] ?? _standard[2];

    /// <summary>The program's own working directory; that of the host process does not change.</summary>
    public string Folder { get; private set; } = Environment.CurrentDirectory;

    /// <summary>umask: permission bits that files the program makes do not get.</summary>
    public int CreationMask { get; set; }

    /// <summary>Removes a file, as unlink does.</summary>
    /// <returns>An error number.</returns>
    public static int Remove(string path)
    {
        if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
            return Errno.IsADirectory;
        // File.Delete accepts a missing file; unlink must report it.
        return Path.Exists(path) || new FileInfo(path).LinkTarget is not null ? Errno.Try(() => File.Delete(path), path) : Errno.NotThere;
    }

    public HostStream? StreamOf(uint handle) => handle < Most ? _streams[handle] : null;

    public HostStream? FileOf(uint descriptor) => descriptor < Most ? _descriptors[descriptor] : null;

    /// <summary>Converts a program's path to one of the host.</summary>
    public string Resolve(string path) => path.Length == 0 ? path : Path.Combine(Folder, path);

    /// <summary>chdir.</summary>
    /// <returns>An error number.</returns>
    public int Enter(string path)
    {
        string folder = Resolve(path);
        if (!Directory.Exists(folder))
            return File.Exists(folder) ? Errno.NotADirectory : Errno.NotThere;
        Folder = Path.GetFullPath(folder);
        return Errno.None;
    }

    /// <summary>Gives a new file the permissions it was made with, less the mask.</summary>
    public void ApplyMode(string path, int mode)
    {
        const int Permissions = 0xfff;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)(mode & Permissions & ~CreationMask));
    }

    /// <summary>fopen.</summary>
    /// <returns>A handle, or 0 with an error.</returns>
    public uint OpenStream(string path, ReadOnlySpan<byte> mode, out int error) =>
        How(mode, out error) is { } how ? (uint)Math.Max(0, Open(_streams, FirstHandle + Standard, path, how.Mode, how.Access, how.Append, DefaultMode, out error)) : 0;

    /// <summary>freopen: another file behind a stream. On failure the stream is closed.</summary>
    /// <returns>The handle, or 0 with an error.</returns>
    public uint ReopenStream(uint handle, string path, ReadOnlySpan<byte> mode, out int error)
    {
        if (StreamOf(handle) is not { } old)
        {
            error = Errno.BadDescriptor;
            return 0;
        }

        (FileMode, FileAccess, bool)? how = How(mode, out error);
        int standard = handle < FirstHandle + Standard ? (int)handle - FirstHandle : -1;
        // The C library closes the file and opens the next one with the lowest free descriptor, which is the same number.
        bool hadDescriptor = standard >= 0 && _descriptors[standard] == old;
        Release(_streams, handle);
        if (hadDescriptor)
            _descriptors[standard] = null;
        if (how is not { } chosen)
            return 0;
        HostStream? opened = null;
        error = Errno.Try(() => opened = OpenHost(path, chosen.Item1, chosen.Item2, chosen.Item3, DefaultMode), path);
        if (opened is null)
            return 0;
        _streams[handle] = opened;
        if (hadDescriptor)
            _descriptors[standard] = opened.Share();
        return handle;
    }

    private static (FileMode Mode, FileAccess Access, bool Append)? How(ReadOnlySpan<byte> mode, out int error)
    {
        bool update = mode.Contains((byte)'+');
        FileAccess access = update ? FileAccess.ReadWrite : FileAccess.Write;
        error = Errno.Invalid;
        return mode.IsEmpty ? null : (char)mode[0] switch
        {
            'r' => (FileMode.Open, update ? FileAccess.ReadWrite : FileAccess.Read, false),
            'w' => (FileMode.Create, access, false),
            'a' => (FileMode.OpenOrCreate, access, true),
            _ => null,
        };
    }

    /// <summary>fileno: a stream's descriptor, which is assigned at the first call.</summary>
    /// <returns>A descriptor, or -1 with an error.</returns>
    public int DescriptorOf(uint handle, out int error)
    {
        error = Errno.BadDescriptor;
        if (StreamOf(handle) is not { } stream)
            return -1;
        int known = _descriptors.IndexOf(stream);
        error = Errno.None;
        return known >= 0 ? known : Add(stream.Share(), 0, out error);
    }

    /// <summary>dup, dup2 (with <paramref name="wanted"/>).</summary>
    /// <returns>A descriptor, or -1 with an error.</returns>
    public int Duplicate(uint descriptor, uint? wanted, out int error)
    {
        error = Errno.BadDescriptor;
        if (FileOf(descriptor) is not { } stream || wanted >= Most)
            return -1;
        error = Errno.None;
        if (wanted is not { } target)
            return Add(stream.Share(), 0, out error);
        if (target != descriptor)
        {
            stream.Share();
            if (_descriptors[target] is not null)
                Release(_descriptors, target);
            _descriptors[target] = stream;
            // The C library's standard streams write to their descriptors, whatever file those now refer to.
            if (target < Standard)
                ReplaceStandard(target, stream);
        }

        return (int)target;
    }

    /// <summary>tmpfile: a file that is deleted when it is closed.</summary>
    public uint OpenTemporary(out int error)
    {
        int handle = Free(_streams, FirstHandle + Standard);
        error = handle < 0 ? Errno.TooManyFiles : Errno.None;
        if (handle < 0)
            return 0;
        error = Errno.Try(() => _streams[handle] = new HostStream(
            new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, SpuState.LocalStoreSize, FileOptions.DeleteOnClose), canSeek: true));
        return error == Errno.None ? (uint)handle : 0;
    }

    /// <summary>open, with Linux's values of the flags.</summary>
    /// <returns>A descriptor, or -1 with an error.</returns>
    public int OpenFile(string path, uint flags, int permissions, out int error)
    {
        const uint Create = 0x40;
        const uint Exclusive = 0x80;
        const uint Truncate = 0x200;
        const uint Append = 0x400;
        FileAccess access = (flags & 3) switch { 0 => FileAccess.Read, 1 => FileAccess.Write, _ => FileAccess.ReadWrite };
        FileMode mode = (flags & (Create | Exclusive | Truncate)) switch
        {
            Create | Exclusive or (Create | Exclusive | Truncate) => FileMode.CreateNew,
            Create => FileMode.OpenOrCreate,
            Create | Truncate => FileMode.Create,
            Truncate or (Truncate | Exclusive) => FileMode.Truncate,
            _ => FileMode.Open,
        };
        if (access == FileAccess.Read && (flags & (Create | Truncate)) == 0 && Directory.Exists(path))
            return Add(new HostStream(Stream.Null, canSeek: false, folder: Path.GetFullPath(path)), 0, out error);
        return Open(_descriptors, 0, path, mode, access, (flags & Append) != 0, permissions, out error);
    }

    /// <summary>fclose; also closes the stream's descriptor if it has one.</summary>
    public int CloseStream(uint handle)
    {
        if (StreamOf(handle) is not { } stream)
            return Errno.BadDescriptor;
        int descriptor = _descriptors.IndexOf(stream);
        int error = stream.Flush();
        // The host's own standard streams stay open.
        if (_standard.Contains(stream))
            return error;
        if (descriptor >= 0)
            Release(_descriptors, (uint)descriptor);
        return Errno.Try(() => Release(_streams, handle)) is var closed && error == Errno.None ? closed : error;
    }

    /// <summary>close.</summary>
    public int CloseFile(uint descriptor)
    {
        if (FileOf(descriptor) is not { } stream)
            return Errno.BadDescriptor;
        int error = stream.Flush();
        if (_standard.Contains(stream) && descriptor < Standard)
            return error;
        return Errno.Try(() => Release(_descriptors, descriptor)) is var closed && error == Errno.None ? closed : error;
    }

    public int FlushAll()
    {
        int error = Errno.None;
        foreach (HostStream? stream in _streams)
            error = stream?.Flush() is { } one and not Errno.None ? one : error;
        return error;
    }

    public void Dispose()
    {
        FlushAll();
        for (uint index = 0; index < Most; index++)
        {
            Release(_streams, index);
            Release(_descriptors, index);
        }
    }

    private int Open(HostStream?[] table, int first, string path, FileMode mode, FileAccess access, bool append, int permissions, out int error)
    {
        int free = Free(table, first);
        error = Errno.TooManyFiles;
        if (free < 0)
            return -1;
        error = Errno.Try(() => table[free] = OpenHost(path, mode, access, append, permissions), path);
        return error == Errno.None ? free : -1;
    }

    /// <summary>Six letters for the end of a temporary file's name, different each time in a run.</summary>
    public string NewLetters(ref int made)
    {
        const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        const int Letters = 6;
        // Other processes of the host make temporary files in the same folders.
        uint value = (uint)HashCode.Combine(Environment.ProcessId, _started, made++);
        Span<char> letters = stackalloc char[Letters];
        foreach (ref char letter in letters)
        {
            letter = Alphabet[(int)(value % (uint)Alphabet.Length)];
            value = (value / (uint)Alphabet.Length) + ((uint)made << 24);
        }

        return new string(letters);
    }

    private HostStream OpenHost(string path, FileMode mode, FileAccess access, bool append, int permissions)
    {
        bool isNew = mode is not (FileMode.Open or FileMode.Truncate) && !Path.Exists(path);
        // As on Unix, other processes may open and remove the file meanwhile.
        var stream = new FileStream(path, mode, access, FileShare.ReadWrite | FileShare.Delete);
        if (isNew)
            ApplyMode(path, permissions);
        return new HostStream(stream, stream.CanSeek, append);
    }

    /// <summary>Creates and opens a file with a name from mkstemp.</summary>
    public int OpenNew(string path, out int error) => Open(_descriptors, 0, path, FileMode.CreateNew, FileAccess.ReadWrite, append: false, permissions: 0x180, out error);

    private int Add(HostStream stream, int first, out int error)
    {
        int free = Free(_descriptors, first);
        error = free < 0 ? Errno.TooManyFiles : Errno.None;
        if (free < 0)
            stream.Dispose();
        else
            _descriptors[free] = stream;
        return free;
    }

    private void ReplaceStandard(uint descriptor, HostStream stream)
    {
        uint handle = descriptor + FirstHandle;
        if (_streams[handle] == stream)
            return;
        Release(_streams, handle);
        _streams[handle] = stream.Share();
    }

    // The host's own streams are never closed here.
    private void Release(HostStream?[] table, uint index)
    {
        HostStream? stream = table[index];
        table[index] = null;
        if (stream is null)
            return;
        if (_standard.Contains(stream))
            stream.Flush();
        else
            stream.Dispose();
    }

    private static int Free(HostStream?[] table, int first)
    {
        int found = table.AsSpan(first).IndexOf((HostStream?)null);
        return found < 0 ? -1 : first + found;
    }

    // umask(2) can only be read by changing it, for all threads of the host process.
    private static int ReadCreationMask()
    {
        const string Status = "/proc/self/status";
        const string Line = "Umask:";
        const int Usual = 0x12; // octal 022
        if (!File.Exists(Status))
            return Usual;
        string? line = File.ReadLines(Status).FirstOrDefault(static one => one.StartsWith(Line, StringComparison.Ordinal));
        return line is null ? Usual : Convert.ToInt32(line[Line.Length..].Trim(), 8);
    }
}
