using CellPpe.Core;

namespace Ps3Platform.Devices.Network;

/// <summary>
/// The machine's end of an <see cref="INetworkBackend"/>. Frames from the host wait here in a bounded queue until the controller has a
/// descriptor for them. Frames that find the queue full are dropped and counted. The members of <see cref="INetworkWire"/> belong to the
/// machine's thread, which frames reach by <see cref="EventQueue.Post"/>; at most one post is under way, so that a peer cannot fill that
/// queue.
/// </summary>
public sealed class NetworkPort : INetworkWire
{
    /// <summary>Bytes of frames that wait for the guest: about 690 of full size, five times Linux's receive ring.</summary>
    public const int QueueSize = 1 << 20;

    /// <summary>Frames that are given to the guest before it runs again, so that it can recycle descriptors while a flood lasts.</summary>
    public const int Batch = 128;

    // 10 microseconds of guest time: a later time is always a later turn.
    private const ulong Pause = IMachineClock.Frequency / 100_000;

    private readonly INetworkBackend _backend;
    private readonly EventQueue _events;
    private readonly IMachineClock _clock;
    private readonly FrameQueue _incoming = new(QueueSize);
    private readonly byte[] _frame = new byte[FrameQueue.LongestFrame];
    private readonly Action _deliver;
    private volatile bool _isRefused;
    private int _isPosted;

    /// <summary>Connects a machine to a back end, in place of the machine that was connected before.</summary>
    public NetworkPort(INetworkBackend backend, EventQueue events, IMachineClock clock)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(clock);
        _backend = backend;
        _events = events;
        _clock = clock;
        _deliver = Deliver;
        backend.Attach(new Sink(this));
    }

    /// <inheritdoc/>
    public FrameHandler? Receiver { get; set; }

    /// <summary>Frames from the host that found the queue full.</summary>
    public long Dropped => _incoming.Dropped;

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> frame) => _backend.Send(frame);

    /// <inheritdoc/>
    public void Resume()
    {
        _isRefused = false;
        if (!_incoming.IsEmpty)
            Post();
    }

    private void Post()
    {
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
            _events.Post(_deliver);
    }

    private void Deliver()
    {
        // Before the queue is read: a frame that comes from here on posts again.
        Interlocked.Exchange(ref _isPosted, 0);
        for (int i = 0; i < Batch; i++)
        {
            if (!_incoming.TryPeek(_frame, out int length))
                return;
            if (Receiver is { } receiver && !receiver(_frame.AsSpan(0, length)))
            {
                _isRefused = true;
                return;
            }

            _incoming.Remove();
        }

        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
            _events.Schedule(_clock.TimeBase + Pause, _deliver);
    }

    private sealed class Sink(NetworkPort port) : IPacketSink
    {
        public void Send(ReadOnlySpan<byte> frame)
        {
            if (port._incoming.TryAdd(frame) && !port._isRefused)
                port.Post();
        }
    }
}
