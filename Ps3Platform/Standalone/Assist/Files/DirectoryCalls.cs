using System.Text;

using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Files;

/// <summary>opendir and related calls. A program's handle has 64 bits; an entry is a 32-bit inode and up to 255 letters.</summary>
internal sealed class DirectoryCalls(HostFiles files) : IDisposable
{
    // newlib opens at most four at once; this limits programs that make the calls directly.
    private const int Most = 64;
    private const int LongestName = 255;
    private const int NameOffset = 4;

    private readonly Dictionary<ulong, Listing> _open = [];
    private ulong _next = 1;

    /// <summary>Serves a call. False when it is not one of these.</summary>
    public bool Serve(string name, AssistCall call)
    {
        if (name == "opendir")
        {
            ulong handle = Open(files.Resolve(call.FileName(call.Word(0))), out int error);
            call.Return((uint)(handle >> 32), (uint)handle, error);
            return true;
        }

        if (name is not ("closedir" or "readdir" or "rewinddir" or "seekdir" or "telldir"))
            return false;
        if (!_open.TryGetValue(call.DoubleWord(0), out Listing? listing))
        {
            call.Return(name == "readdir" ? 0 : -1, Errno.BadDescriptor);
            return true;
        }

        switch (name)
        {
            case "readdir":
                Read(call, listing);
                break;
            case "closedir":
                _open.Remove(call.DoubleWord(0));
                call.Return(0);
                break;
            case "telldir":
                call.Return(listing.Position);
                break;
            default:
                if (name == "rewinddir")
                    listing.Entries = List(listing.Path);
                listing.Position = name == "rewinddir" ? 0 : Math.Clamp(call.Int(1), 0, listing.Entries.Length);
                call.Return(0);
                break;
        }

        return true;
    }

    public void Dispose() => _open.Clear();

    private static string[] List(string path) => [".", "..", .. Directory.EnumerateFileSystemEntries(path).Select(static one => Path.GetFileName(one))];

    private ulong Open(string path, out int error)
    {
        error = _open.Count >= Most ? Errno.TooManyFiles : Directory.Exists(path) ? Errno.None : File.Exists(path) ? Errno.NotADirectory : Errno.NotThere;
        if (error != Errno.None)
            return 0;
        string[] entries = [];
        error = Errno.Try(() => entries = List(path), path);
        if (error != Errno.None)
            return 0;
        _open.Add(_next, new Listing(path) { Entries = entries });
        return _next++;
    }

    private static void Read(AssistCall call, Listing listing)
    {
        if (listing.Position >= listing.Entries.Length)
        {
            call.Return(0);
            return;
        }

        string name = listing.Entries[listing.Position++];
        uint at = call.Word(1);
        Span<uint> status = stackalloc uint[13];
        call.WriteWord(at, HostLibrary.Status(Path.Combine(listing.Path, name), follow: false, status) == Errno.None ? status[1] : (uint)listing.Position);
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        int length = Math.Min(bytes.Length, LongestName);
        bytes.AsSpan(0, length).CopyTo(call.Buffer(at + NameOffset, (ulong)length));
        call.WriteByte(at + NameOffset + (uint)length, 0);
        call.Return((int)at);
    }

    private sealed class Listing(string path)
    {
        public string Path => path;

        public string[] Entries { get; set; } = [];

        public int Position { get; set; }
    }
}
