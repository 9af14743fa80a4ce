using Ps3Platform.Host.Streams;

namespace Ps3Platform.Cli.Streams;

/// <summary>Output of a guest or a program. When its reader has closed it, it calls back once and drops the rest.</summary>
internal sealed class WatchedOutput(Stream output, Action readerGone) : WriteOnlyStream
{
    private bool _isDropped;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_isDropped)
            return;
        try
        {
            output.Write(buffer);
        }
        catch (OutputClosedException)
        {
            _isDropped = true;
            readerGone();
        }
    }
}
