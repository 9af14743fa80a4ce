namespace Ps3Platform.Devices.Audio;

/// <summary>Passes what the sound device plays on to any number of sinks, which come and go on any thread.</summary>
public sealed class AudioFeed : IAudioSink
{
    private readonly Lock _gate = new();
    private volatile IAudioSink[] _sinks = [];

    /// <summary>Adds a sink, which receives frames from now on.</summary>
    /// <returns>Removes it again; a call to the sink that is under way on the machine's thread may still end after that.</returns>
    public IDisposable Subscribe(IAudioSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        lock (_gate)
            _sinks = [.. _sinks, sink];
        return new Subscription(this, sink);
    }

    /// <inheritdoc/>
    public void Play(AudioFormat format, ReadOnlySpan<byte> frames)
    {
        foreach (IAudioSink sink in _sinks)
            sink.Play(format, frames);
    }

    private void Remove(IAudioSink sink)
    {
        lock (_gate)
        {
            // One entry only: a sink may have been added twice.
            int index = Array.IndexOf(_sinks, sink);
            if (index >= 0)
                _sinks = [.. _sinks[..index], .. _sinks[(index + 1)..]];
        }
    }

    private sealed class Subscription(AudioFeed feed, IAudioSink sink) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
                feed.Remove(sink);
        }
    }
}
