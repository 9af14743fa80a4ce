using Ps3Platform.Devices.Audio;
using Ps3Platform.Host.Files;
using Ps3Platform.Host.Streams;

namespace Ps3Platform.Host.Audio;

/// <summary>Writes samples without a header to standard output, a named pipe or a file.</summary>
internal sealed class PipeWriter : IAudioWriter
{
    private readonly string _path;
    private Stream? _stream;

    /// <summary>Checks that it can be opened; a named pipe is opened with the first frames, because that waits for a reader.</summary>
    /// <param name="path">The file; empty for standard output.</param>
    /// <exception cref="AudioException">It cannot be written.</exception>
    public PipeWriter(string path)
    {
        _path = path;
        FileKind kind = path.Length == 0 ? FileKind.Pipe : FileKinds.Of(path);
        if (kind is FileKind.Folder or FileKind.Socket)
            throw new AudioException($"{path}: is no file; give a named pipe or a file");
        try
        {
            if (kind is FileKind.Missing or FileKind.Regular)
                _stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (FileErrors.IsFileError(e) || e is ArgumentException)
        {
            throw new AudioException($"{path}: cannot be written: {FileErrors.Reason(e)}; give another name or folder");
        }
    }

    /// <inheritdoc/>
    public int QueueBytes => 1 << 20;

    private string Name => _path.Length == 0 ? "standard output" : _path;

    /// <inheritdoc/>
    public void Begin(AudioFormat format) => _stream ??= _path.Length == 0 ? HostOutput.OpenStandardOutput()
        : new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> frames)
    {
        try
        {
            _stream!.Write(frames);
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw new AudioWriteException($"sound: {Name} takes no more: {FileErrors.Reason(e)}");
        }
    }

    /// <inheritdoc/>
    public void Finish() => _stream?.Flush();

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();
}
