using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Files;

/// <summary>A C stream (C99 7.19.2) over a host stream: pushed-back bytes, end of file and error indicators.</summary>
/// <remarks>Descriptors made by dup and mappings share one instance, which is closed when its last user closes it.</remarks>
internal sealed class HostStream(Stream stream, bool canSeek, bool append = false, string? folder = null) : IDisposable
{
    private readonly Stack<byte> _pushedBack = new();
    private int _users = 1;

    /// <summary>The host stream.</summary>
    public Stream Stream => stream;

    /// <summary>The path of an open directory; null for everything else.</summary>
    public string? Folder => folder;

    /// <summary>Its length in bytes, or null when it is not known.</summary>
    public long? Length => canSeek ? stream.Length : null;

    public bool AtEnd { get; private set; }

    public bool HasFailed { get; private set; }

    public bool CanSeek => canSeek;

    public long Position => stream.Position - _pushedBack.Count;

    /// <summary>The next byte, or -1.</summary>
    public int Get()
    {
        if (_pushedBack.TryPop(out byte byteBefore))
            return byteBefore;
        Span<byte> one = stackalloc byte[1];
        return Fill(one) == 1 ? one[0] : -1;
    }

    public void PushBack(byte value)
    {
        _pushedBack.Push(value);
        AtEnd = false;
    }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    public int Read(Span<byte> buffer)
    {
        int count = 0;
        while (count < buffer.Length && _pushedBack.TryPop(out byte value))
            buffer[count++] = value;
        return count + Fill(buffer[count..]);
    }

    public bool Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (append)
                stream.Seek(0, SeekOrigin.End);
            stream.Write(bytes);
            return true;
        }
        catch (Exception e) when (Errno.Of(e) is not null)
        {
            HasFailed = true;
            return false;
        }
    }

    public int Seek(long offset, int origin)
    {
        if (!canSeek)
            return Errno.IllegalSeek;
        if (origin is < 0 or > 2)
            return Errno.Invalid;
        int error = Errno.Try(() => stream.Seek(origin == 1 ? offset - _pushedBack.Count : offset, (SeekOrigin)origin));
        // An offset before the start is an IOException.
        if (error != Errno.None)
            return Errno.Invalid;
        _pushedBack.Clear();
        AtEnd = false;
        return Errno.None;
    }

    public int Flush() => Errno.Try(stream.Flush);

    /// <summary>fsync: also out of the host's caches.</summary>
    public int FlushToDisk() => Errno.Try(() =>
    {
        if (stream is FileStream file)
            file.Flush(flushToDisk: true);
        else
            stream.Flush();
    });

    /// <summary>Adds a user of the stream.</summary>
    public HostStream Share()
    {
        _users++;
        return this;
    }

    /// <summary>Reads at an offset without moving the position.</summary>
    /// <returns>Bytes read.</returns>
    public int ReadAt(Span<byte> buffer, long offset)
    {
        if (!canSeek)
            throw new IOException("not seekable", Errno.IllegalSeek);
        long position = stream.Position;
        try
        {
            stream.Position = offset;
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        finally
        {
            stream.Position = position;
        }
    }

    /// <summary>Writes at an offset without moving the position.</summary>
    public void WriteAt(ReadOnlySpan<byte> bytes, long offset)
    {
        if (!canSeek)
            throw new IOException("not seekable", Errno.IllegalSeek);
        long position = stream.Position;
        try
        {
            stream.Position = offset;
            stream.Write(bytes);
            stream.Flush();
        }
        finally
        {
            stream.Position = position;
        }
    }

    public void ClearErrors()
    {
        AtEnd = false;
        HasFailed = false;
    }

    public void Dispose()
    {
        if (--_users == 0)
            stream.Dispose();
    }

    private int Fill(Span<byte> buffer)
    {
        int count = 0;
        try
        {
            while (count < buffer.Length)
            {
                int read = stream.Read(buffer[count..]);
                if (read == 0)
                {
                    AtEnd = true;
                    break;
                }

                count += read;
            }
        }
        catch (Exception e) when (Errno.Of(e) is not null)
        {
            HasFailed = true;
        }

        return count;
    }
}
