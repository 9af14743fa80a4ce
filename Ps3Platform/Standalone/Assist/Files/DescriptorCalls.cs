using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Files;

/// <summary>POSIX's calls on open files.</summary>
internal sealed class DescriptorCalls(HostFiles files)
{
    private const int MostVectors = 1024;
    private const int VectorSize = 8;

    // lockf's commands.
    private const int Unlock = 0;
    private const int Lock = 1;
    private const int TryLock = 2;
    private const int Test = 3;

    /// <summary>Serves a call. False when it is not one of these.</summary>
    public bool Serve(string name, AssistCall call)
    {
        int error;
        switch (name)
        {
            case "open":
                call.Return(files.OpenFile(files.Resolve(call.FileName(call.Word(0))), call.Word(1), call.Int(2), out error), error);
                return true;
            case "close":
                Answer(call, files.CloseFile(call.Word(0)));
                return true;
            case "dup":
                call.Return(files.Duplicate(call.Word(0), wanted: null, out error), error);
                return true;
            case "dup2":
                call.Return(files.Duplicate(call.Word(0), call.Word(1), out error), error);
                return true;
            default:
                // All other calls have the descriptor as their first parameter.
                if (name is not ("read" or "write" or "lseek" or "fstat" or "ftruncate" or "fsync" or "fdatasync" or "fchmod" or "fchown" or "fchdir"
                    or "lockf" or "pread" or "pwrite" or "readv" or "writev"))
                {
                    return false;
                }

                if (files.FileOf(call.Word(0)) is { } file)
                    Serve(name, call, file);
                else
                    Answer(call, Errno.BadDescriptor);
                return true;
        }
    }

    private static void Answer(AssistCall call, int error) => call.Return(error == Errno.None ? 0 : -1, error);

    private void Serve(string name, AssistCall call, HostStream file)
    {
        int error;
        switch (name)
        {
            case "read":
                Read(call, file);
                break;
            case "write":
                Span<byte> written = call.Buffer(call.Word(1), call.Word(2));
                error = WriteAll(file, written);
                call.Return(error == Errno.None ? written.Length : -1, error);
                break;
            case "pread" or "pwrite":
                Positioned(call, file, isRead: name == "pread");
                break;
            case "readv" or "writev":
                Vectored(call, file, isRead: name == "readv");
                break;
            case "lseek":
                error = file.Seek(call.Int(1), call.Int(2));
                call.Return(error == Errno.None ? (int)file.Position : -1, error);
                break;
            case "fstat":
                Answer(call, FileStatus.Write(call, file));
                break;
            case "ftruncate":
                long length = call.Int(1);
                Answer(call, length < 0 ? Errno.Invalid : Errno.Try(() => file.Stream.SetLength(length)));
                break;
            case "fsync" or "fdatasync":
                Answer(call, file.FlushToDisk());
                break;
            case "fchmod":
                int mode = call.Int(1);
                Answer(call, Errno.Try(() => ChangeMode(file, mode)));
                break;
            case "fchown":
                Answer(call, file.Folder is { } folder
                    ? HostLibrary.ChangeOwner(folder, call.Int(1), call.Int(2), follow: true)
                    : file.Stream is FileStream owned ? HostLibrary.ChangeOwner(owned.SafeFileHandle, call.Int(1), call.Int(2)) : Errno.Invalid);
                break;
            case "fchdir":
                Answer(call, file.Folder is { } path ? files.Enter(path) : Errno.NotADirectory);
                break;
            default:
                LockPart(call, file);
                break;
        }
    }

    private static void ChangeMode(HostStream file, int mode)
    {
        const int Permissions = 0xfff;
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        if (file.Folder is { } folder)
            File.SetUnixFileMode(folder, (UnixFileMode)(mode & Permissions));
        else if (file.Stream is FileStream stream)
            File.SetUnixFileMode(stream.SafeFileHandle, (UnixFileMode)(mode & Permissions));
        else
            throw new IOException("not a file", Errno.Invalid);
    }

    private static void Read(AssistCall call, HostStream file)
    {
        // One read only: a terminal or a pipe returns the bytes that it has now, and read must not wait for more.
        Span<byte> buffer = call.Buffer(call.Word(1), call.Word(2));
        int error = ReadSome(file, buffer, out int count);
        call.Return(error == Errno.None ? count : -1, error);
    }

    private static int ReadSome(HostStream file, Span<byte> buffer, out int count)
    {
        byte[] bytes = new byte[buffer.Length];
        int done = 0;
        int error = file.Folder is null ? Errno.Try(() => done = file.Stream.Read(bytes)) : Errno.IsADirectory;
        bytes.AsSpan(0, done).CopyTo(buffer);
        count = done;
        return error;
    }

    private static int WriteAll(HostStream file, ReadOnlySpan<byte> bytes)
    {
        if (file.Folder is not null || !file.Stream.CanWrite)
            return Errno.BadDescriptor;
        return file.Write(bytes) ? Errno.None : Errno.InputOutput;
    }

    private static void Positioned(AssistCall call, HostStream file, bool isRead)
    {
        byte[] bytes = call.Buffer(call.Word(1), call.Word(2)).ToArray();
        long offset = call.Int(3);
        int count = bytes.Length;
        int error = offset < 0 ? Errno.Invalid : Errno.Try(() =>
        {
            if (isRead)
                count = file.ReadAt(bytes, offset);
            else
                file.WriteAt(bytes, offset);
        });
        if (isRead && error == Errno.None)
            bytes.AsSpan(0, count).CopyTo(call.Buffer(call.Word(1), (ulong)count));
        call.Return(error == Errno.None ? count : -1, error);
    }

    private static void Vectored(AssistCall call, HostStream file, bool isRead)
    {
        int total = 0;
        int error = call.Int(2) is < 0 or > MostVectors ? Errno.Invalid : Errno.None;
        for (uint index = 0; error == Errno.None && index < call.Word(2); index++)
        {
            uint vector = call.Word(1) + (index * VectorSize);
            Span<byte> buffer = call.Buffer(call.ReadWord(vector), call.ReadWord(vector + 4));
            int count = buffer.Length;
            error = isRead ? ReadSome(file, buffer, out count) : WriteAll(file, buffer);
            total += error == Errno.None ? count : 0;
            if (count < buffer.Length)
                break;
        }

        // A partial transfer is reported in preference to a later error.
        bool failed = error != Errno.None && total == 0;
        call.Return(failed ? -1 : total, failed ? error : Errno.None);
    }

    private static void LockPart(AssistCall call, HostStream file)
    {
        int command = call.Int(1);
        long length = call.Int(2);
        if (file.Stream is not FileStream stream)
        {
            Answer(call, Errno.Invalid);
            return;
        }

        // The range starts at the position. A length of 0 extends to the end of the file, even if it grows; a negative one lies before it.
        long start = length < 0 ? stream.Position + length : stream.Position;
        long count = length == 0 ? long.MaxValue - start : Math.Abs(length);
        if (start < 0 || command is < Unlock or > Test)
        {
            Answer(call, Errno.Invalid);
            return;
        }

        // A process's own locks do not block it, and there is only one process. F_TEST checks for locks of other processes.
        Answer(call, Errno.Try(() =>
        {
            if (OperatingSystem.IsMacOS())
                throw new PlatformNotSupportedException();
            if (command is Lock or TryLock or Test)
                stream.Lock(start, count);
            if (command is Unlock or Test)
                stream.Unlock(start, count);
        }));
    }
}
