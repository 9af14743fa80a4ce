using SpuRuntime.State;

namespace Ps3Platform.Machine.Spu.Assist;

/// <summary>The host's standard streams, as a program's call-backs use them.</summary>
public sealed record StandardStreams(Stream Input, Stream Output, Stream Error);

/// <summary>What a program has open: C streams by handle (1 to 3 are the standard ones) and POSIX files by descriptor (0 to 2).</summary>
internal sealed class HostFiles : IDisposable
{
    // A program can ask for files for ever; a process of the host has some thousand.
    private const int Most = 256;
    private const int FirstHandle = 1;
    private const int Standard = 3;

    private readonly HostStream?[] _streams = new HostStream?[Most];
    private readonly HostStream?[] _descriptors = new HostStream?[Most];

    public HostFiles(StandardStreams standard)
    {
        HostStream[] all = [new(standard.Input, canSeek: false), new(standard.Output, canSeek: false), new(standard.Error, canSeek: false)];
        for (int index = 0; index < Standard; index++)
            _streams[FirstHandle + index] = _descriptors[index] = all[index];
    }

    public HostStream Input => _descriptors[0]!;

    public HostStream Output => _descriptors[1]!;

    public HostStream Error => _descriptors[2]!;

    public HostStream? StreamOf(uint handle) => handle < Most ? _streams[handle] : null;

    public HostStream? FileOf(uint descriptor) => descriptor < Most ? _descriptors[descriptor] : null;

    /// <summary>fopen.</summary>
    /// <returns>A handle, or 0 with an error.</returns>
    public uint OpenStream(string path, ReadOnlySpan<byte> mode, out int error)
    {
        bool update = mode.Contains((byte)'+');
        FileAccess access = update ? FileAccess.ReadWrite : FileAccess.Write;
        (FileMode Mode, FileAccess Access)? how = mode.IsEmpty ? null : (char)mode[0] switch
        {
            'r' => (FileMode.Open, update ? FileAccess.ReadWrite : FileAccess.Read),
            'w' => (FileMode.Create, access),
            'a' => (FileMode.OpenOrCreate, access),
            _ => null,
        };
        error = Errno.Invalid;
        if (how is not { } chosen)
            return 0;
        return (uint)Math.Max(0, Open(_streams, FirstHandle + Standard, path, chosen.Mode, chosen.Access, mode[0] == 'a', out error));
    }

    /// <summary>tmpfile: gone when it is closed.</summary>
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

    /// <summary>open, with flags of Linux's values.</summary>
    /// <returns>A descriptor, or -1 with an error.</returns>
    public int OpenFile(string path, uint flags, out int error)
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
        return Open(_descriptors, Standard, path, mode, access, (flags & Append) != 0, out error);
    }

    /// <summary>fclose. The standard streams stay open: they are the host's.</summary>
    public int CloseStream(uint handle) => Close(_streams, handle, FirstHandle + Standard);

    /// <summary>close.</summary>
    public int CloseFile(uint descriptor) => Close(_descriptors, descriptor, Standard);

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
        for (int index = 0; index < Most; index++)
        {
            if (index >= FirstHandle + Standard)
                _streams[index]?.Dispose();
            if (index >= Standard)
                _descriptors[index]?.Dispose();
        }
    }

    private static int Open(HostStream?[] table, int first, string path, FileMode mode, FileAccess access, bool append, out int error)
    {
        int free = Free(table, first);
        error = Errno.TooManyFiles;
        if (free < 0)
            return -1;
        error = Errno.Try(() => table[free] = OpenHost(path, mode, access, append), path);
        return error == Errno.None ? free : -1;
    }

    private static HostStream OpenHost(string path, FileMode mode, FileAccess access, bool append)
    {
        // Others may have it open, too, and remove it: it is a Unix host's file to the program.
        var stream = new FileStream(path, mode, access, FileShare.ReadWrite | FileShare.Delete);
        return new HostStream(stream, stream.CanSeek, append);
    }

    private static int Free(HostStream?[] table, int first)
    {
        int found = table.AsSpan(first).IndexOf((HostStream?)null);
        return found < 0 ? -1 : first + found;
    }

    private static int Close(HostStream?[] table, uint index, int first)
    {
        if (index >= Most || table[index] is not { } stream)
            return Errno.BadDescriptor;
        if (index < first)
            return stream.Flush();
        table[index] = null;
        return Errno.Try(stream.Dispose);
    }
}
