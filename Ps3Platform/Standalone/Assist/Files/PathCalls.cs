using System.Text;

using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Files;

/// <summary>POSIX's calls that name a file.</summary>
internal sealed class PathCalls(HostFiles files)
{
    private const int Permissions = 0xfff;
    private const string Template = "XXXXXX";

    private int _made;

    /// <summary>Serves a call. False when it is not one of these.</summary>
    public bool Serve(string name, AssistCall call)
    {
        switch (name)
        {
            case "getcwd":
                GetFolder(call);
                return true;
            case "umask":
                int mask = files.CreationMask;
                files.CreationMask = call.Int(0) & 0x1ff;
                call.Return(mask);
                return true;
            case "symlink":
                string target = call.FileName(call.Word(0));
                string link = files.Resolve(call.FileName(call.Word(1)));
                Answer(call, target.Length == 0 ? Errno.NotThere : Errno.Try(() => File.CreateSymbolicLink(link, target), link));
                return true;
            case "mkstemp" or "mktemp":
                MakeTemporary(call, open: name == "mkstemp");
                return true;
            default:
                if (name is not ("stat" or "lstat" or "access" or "unlink" or "mkdir" or "rmdir" or "mknod" or "chmod" or "chown" or "lchown" or "link" or "readlink"
                    or "truncate" or "chdir" or "utime" or "utimes"))
                {
                    return false;
                }

                string path = files.Resolve(call.FileName(call.Word(0)));
                if (name == "readlink")
                    ReadLink(call, path);
                else
                    Answer(call, path.Length == 0 ? Errno.NotThere : Serve(name, call, path));
                return true;
        }
    }

    private static void Answer(AssistCall call, int error) => call.Return(error == Errno.None ? 0 : -1, error);

    private int Serve(string name, AssistCall call, string path)
    {
        int mode = call.Int(1);
        switch (name)
        {
            case "stat" or "lstat":
                return FileStatus.Write(call, path, follow: name == "stat");
            case "access":
                return HostLibrary.Access(path, mode) is not Errno.NotImplemented and var access ? access : Path.Exists(path) ? Errno.None : Errno.NotThere;
            case "unlink":
                return HostFiles.Remove(path);
            case "mkdir":
                return MakeFolder(path, mode);
            case "rmdir":
                return File.Exists(path) ? Errno.NotADirectory : !Directory.Exists(path) ? Errno.NotThere
                    : Directory.EnumerateFileSystemEntries(path).Any() ? Errno.NotEmpty : Errno.Try(() => Directory.Delete(path), path);
            case "mknod":
                return MakeNode(path, mode, call.Word(2));
            case "chmod":
                return Errno.Try(() => ChangeMode(path, mode), path);
            case "chown" or "lchown":
                return HostLibrary.ChangeOwner(path, mode, call.Int(2), follow: name == "chown");
            case "link":
                return HostLibrary.Link(path, files.Resolve(call.FileName(call.Word(1))));
            case "truncate":
                return mode < 0 ? Errno.Invalid : Errno.Try(() => Truncate(path, mode), path);
            case "chdir":
                return files.Enter(path);
            default:
                return SetTimes(call, path, isFine: name == "utimes");
        }
    }

    private static void Truncate(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.SetLength(length);
    }

    private static void ChangeMode(string path, int mode)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        File.SetUnixFileMode(path, (UnixFileMode)(mode & Permissions));
    }

    private int MakeFolder(string path, int mode)
    {
        if (Path.Exists(path))
            return Errno.Exists;
        // One level only, as mkdir(2) does.
        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path));
        if (parent is { Length: > 0 } && !Directory.Exists(parent))
            return File.Exists(parent) ? Errno.NotADirectory : Errno.NotThere;
        return Errno.Try(() =>
        {
            Directory.CreateDirectory(path);
            files.ApplyMode(path, mode);
        }, path);
    }

    private int MakeNode(string path, int mode, uint device)
    {
        int error = HostLibrary.MakeNode(path, mode, device);
        return error == Errno.None ? Errno.Try(() => files.ApplyMode(path, mode), path) : error;
    }

    // struct utimbuf: two times; struct timeval: two times of 64-bit seconds and microseconds in a word, 16 bytes each.
    private static int SetTimes(AssistCall call, string path, bool isFine)
    {
        DateTime accessed = DateTime.UtcNow;
        DateTime modified = accessed;
        uint times = call.Word(1);
        if (times != 0 && isFine)
        {
            accessed = TimeAt(call.ReadDoubleWord(times), call.ReadWord(times + 8));
            modified = TimeAt(call.ReadDoubleWord(times + 16), call.ReadWord(times + 24));
        }
        else if (times != 0)
        {
            accessed = TimeAt(call.ReadDoubleWord(times), 0);
            modified = TimeAt(call.ReadDoubleWord(times + 8), 0);
        }

        if (!Path.Exists(path))
            return Errno.NotThere;
        return Errno.Try(() =>
        {
            File.SetLastAccessTimeUtc(path, accessed);
            File.SetLastWriteTimeUtc(path, modified);
        }, path);
    }

    // Clamped, because .NET's calendar ends in the year 9999.
    private static DateTime TimeAt(ulong seconds, uint microseconds) =>
        DateTime.UnixEpoch.AddSeconds(Math.Clamp((long)seconds, -2_000_000_000, 250_000_000_000)).AddTicks(Math.Min(microseconds, 999_999) * 10L);

    private static void ReadLink(AssistCall call, string path)
    {
        string? target = null;
        int error = Errno.Try(() => target = new FileInfo(path).LinkTarget, path);
        if (error == Errno.None && target is null)
            error = Path.Exists(path) ? Errno.Invalid : Errno.NotThere;
        if (target is null)
        {
            Answer(call, error);
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(target);
        Span<byte> buffer = call.Buffer(call.Word(1), call.Word(2));
        int count = Math.Min(bytes.Length, buffer.Length);
        bytes.AsSpan(0, count).CopyTo(buffer);
        call.Return(count);
    }

    private void GetFolder(AssistCall call)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(files.Folder + "\0");
        Span<byte> buffer = call.Buffer(call.Word(0), call.Word(1));
        bool fits = bytes.Length <= buffer.Length;
        if (fits)
            bytes.CopyTo(buffer);
        call.Return(fits ? call.Int(0) : 0, fits ? Errno.None : buffer.IsEmpty ? Errno.Invalid : Errno.Range);
    }

    // Replaces the last six letters so that the name is new. mktemp always returns the address; on failure the name is empty.
    private void MakeTemporary(AssistCall call, bool open)
    {
        uint address = call.Word(0);
        string template = call.FileName(address);
        int length = call.Text(address).Length;
        int error = template.EndsWith(Template, StringComparison.Ordinal) ? Errno.None : Errno.Invalid;
        int descriptor = -1;
        while (error == Errno.None)
        {
            string letters = files.NewLetters(ref _made);
            string path = files.Resolve(template[..^Template.Length] + letters);
            if (Path.Exists(path))
                continue;
            if (open)
            {
                descriptor = files.OpenNew(path, out error);
                if (error == Errno.Exists)
                {
                    error = Errno.None;
                    continue;
                }
            }

            if (error == Errno.None)
                Encoding.ASCII.GetBytes(letters).CopyTo(call.Buffer(address + (uint)(length - Template.Length), (ulong)Template.Length));
            break;
        }

        if (!open && error != Errno.None && length > 0)
            call.WriteByte(address, 0);
        call.Return(open ? descriptor : (int)address, error);
    }
}
