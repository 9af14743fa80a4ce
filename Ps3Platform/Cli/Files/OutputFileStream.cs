using Ps3Platform.Cli.Shell;
using Ps3Platform.Host.Files;
using Ps3Platform.Host.Streams;

namespace Ps3Platform.Cli.Files;

/// <summary>An <see cref="OutputFile"/> that is being written. If it is disposed of before it is complete, no file remains.</summary>
internal sealed class OutputFileStream : IDisposable
{
    private readonly OutputFile _file;
    private readonly UnfinishedFile? _unfinished;
    private readonly Stream _stream;

    internal OutputFileStream(OutputFile file, UnfinishedFile unfinished)
        : this(file, unfinished.Stream) => _unfinished = unfinished;

    internal OutputFileStream(OutputFile file, Stream inPlace)
    {
        _file = file;
        _stream = new BufferedStream(inPlace, 64 << 10);
    }

    /// <summary>Writes a part.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Write(Action<Stream> content)
    {
        try
        {
            // Writers close their stream, but only the owner may close this one.
            using var open = new UnclosedStream(_stream);
            content(open);
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw _file.Failure(e);
        }
    }

    /// <summary>Flushes the file and gives it its name.</summary>
    /// <exception cref="OutputException">The rest of it could not be written.</exception>
    public void Complete()
    {
        try
        {
            _stream.Flush();
            _unfinished?.Publish();
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw _file.Failure(e);
        }
    }

    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            // Write has reported the error already, or the file is being discarded.
        }

        _unfinished?.Dispose();
    }

    /// <summary>Passes on everything except closing.</summary>
    private sealed class UnclosedStream(Stream stream) : WriteOnlyStream
    {
        public override void Flush() => stream.Flush();

        public override void Write(ReadOnlySpan<byte> buffer) => stream.Write(buffer);
    }
}
