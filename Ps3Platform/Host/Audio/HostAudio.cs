using Ps3Platform.Devices.Audio;
using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Audio;

/// <summary>
/// Takes sound from the machine's thread through a bounded queue to a host thread, which writes it. A writer that is too slow loses
/// frames, which are counted, and never makes the machine wait. Silence before the first sound of a format is left out.
/// </summary>
internal sealed class HostAudio : IAudioSink, IDisposable
{
    private const int StackSize = 256 << 10;
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    private readonly IAudioWriter _writer;
    private readonly Action<string> _report;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _news = new(false);
    private readonly Queue<(AudioFormat Format, byte[] Frames)> _queue = new();
    private readonly Thread _thread;
    private AudioFormat _format;
    private int _queued;
    private long _dropped;
    private long _written;
    private volatile bool _isFailed;
    private volatile bool _isStopped;

    /// <summary>Makes the queue and its thread.</summary>
    /// <param name="writer">Receives the frames; disposed of at the end.</param>
    /// <param name="report">Receives messages for the user, on the thread: a failure, a new format.</param>
    public HostAudio(IAudioWriter writer, Action<string> report)
    {
        (_writer, _report) = (writer, report);
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "sound" };
        _thread.Start();
    }

    /// <summary>Frames that were not written because the writer was too slow, or had failed.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Frames written.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>The writer has failed; the user was told.</summary>
    public bool HasFailed => _isFailed;

    /// <summary>Opens what a user asked for; null for none.</summary>
    /// <param name="spec">What.</param>
    /// <param name="report">Receives messages for the user, on any thread.</param>
    /// <exception cref="AudioException">It cannot be opened.</exception>
    public static HostAudio? Open(AudioSpec spec, Action<string> report) => spec.Kind switch
    {
        AudioKind.Wav => new HostAudio(new WavWriter(spec.Path), report),
        AudioKind.Pipe => new HostAudio(new PipeWriter(spec.Path), report),
        AudioKind.Host => new HostAudio(new PlayerWriter(), report),
        _ => null,
    };

    /// <inheritdoc/>
    public void Play(AudioFormat format, ReadOnlySpan<byte> frames)
    {
        // The driver plays silence when it starts and before it changes the format; a recording begins with the sound.
        if (format != _format && !frames.ContainsAnyExcept((byte)0))
            return;
        _format = format;
        lock (_gate)
        {
            if (_isFailed || _isStopped || _queued + frames.Length > _writer.QueueBytes)
            {
                Interlocked.Add(ref _dropped, frames.Length / format.FrameBytes);
                return;
            }

            _queue.Enqueue((format, frames.ToArray()));
            _queued += frames.Length;
        }

        _news.Set();
    }

    /// <summary>Writes what waits and completes it, unless that takes longer than two seconds.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isStopped)
                return;
            _isStopped = true;
        }

        _news.Set();
        // The event is left to the garbage collector: the thread may still be blocked in the host, and ends with the process.
        _thread.Join(LongestEnd);
    }

    private void Run()
    {
        try
        {
            WriteAll();
            _writer.Finish();
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            _isFailed = true;
            _report(e is AudioWriteException ? e.Message : FileErrors.Reason(e));
        }

        _writer.Dispose();
    }

    private void WriteAll()
    {
        AudioFormat current = default;
        while (true)
        {
            // Before the queue is looked at: nothing is added once it is set.
            bool isLast = _isStopped;
            while (TryTake(out AudioFormat format, out byte[] frames))
            {
                if (format != current)
                    _writer.Begin(format);
                current = format;
                _writer.Write(frames);
                Interlocked.Add(ref _written, frames.Length / format.FrameBytes);
            }

            if (isLast)
                return;
            _news.WaitOne();
        }
    }

    private bool TryTake(out AudioFormat format, out byte[] frames)
    {
        lock (_gate)
        {
            bool isTaken = _queue.TryDequeue(out (AudioFormat Format, byte[] Frames) next);
            (format, frames) = isTaken ? next : (default, []);
            _queued -= frames.Length;
            return isTaken;
        }
    }
}
