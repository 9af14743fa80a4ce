using Ps3Platform.Devices.Network;

namespace Ps3Platform.Host.Network;

/// <summary>Writes frames to where a write may block. All members are called on the pump's thread.</summary>
internal interface IFrameWriter
{
    /// <summary>Writes a frame, or keeps it until <see cref="Flush"/>.</summary>
    /// <exception cref="IOException">Nothing can be written any more.</exception>
    void Write(ReadOnlySpan<byte> frame);

    /// <summary>No other frame waits.</summary>
    /// <exception cref="IOException">Nothing can be written any more.</exception>
    void Flush();
}

/// <summary>
/// A bounded queue and the host thread that empties it into an <see cref="IFrameWriter"/>. <see cref="Send"/> never blocks. Frames that
/// find the queue full, or the writer failed, are dropped and counted.
/// </summary>
internal sealed class FramePump : IPacketSink, IDisposable
{
    private const int QueueSize = 1 << 20;
    private const int StackSize = 256 << 10;
    private readonly FrameQueue _queue = new(QueueSize);
    private readonly IFrameWriter _writer;
    private readonly AutoResetEvent _news = new(false);
    private readonly Thread _thread;
    private volatile bool _isStopped;
    private int _isSignalled;
    private long _unwritten;

    public FramePump(string name, IFrameWriter writer)
    {
        _writer = writer;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = $"frames to {name}" };
        _thread.Start();
    }

    /// <summary>Frames that were not written.</summary>
    public long Dropped => _queue.Dropped + Interlocked.Read(ref _unwritten);

    public void Send(ReadOnlySpan<byte> frame)
    {
        if (_isStopped)
            Interlocked.Increment(ref _unwritten);
        else if (_queue.TryAdd(frame) && Interlocked.Exchange(ref _isSignalled, 1) == 0)
            _news.Set();
    }

    /// <summary>Ends the thread. A write that blocks is ended by closing what it writes to, which comes first.</summary>
    public void Dispose()
    {
        _isStopped = true;
        // The event is left to the garbage collector: another thread may be sending.
        _news.Set();
        // A thread that stays blocked in the host is a background thread, and ends with the process.
        if (Thread.CurrentThread != _thread)
            _thread.Join(TimeSpan.FromSeconds(1));
    }

    private void Run()
    {
        var frame = new byte[FrameQueue.LongestFrame];
        try
        {
            while (!_isStopped)
            {
                _news.WaitOne();
                Interlocked.Exchange(ref _isSignalled, 0);
                while (!_isStopped && _queue.TryTake(frame, out int length))
                    _writer.Write(frame.AsSpan(0, length));
                _writer.Flush();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _isStopped = true;
        }
    }
}
