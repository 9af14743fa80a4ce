using System.Collections.Concurrent;

namespace CellPpe.Core;

/// <summary>The time a guest can see. Advances with the host's clock or with retired instructions, as configured.</summary>
public interface IMachineClock
{
    /// <summary>The time base that all threads share: it counts at <see cref="Frequency"/> hertz (Book III 6.2).</summary>
    ulong TimeBase { get; }

    /// <summary>Time base ticks a second: 79 800 000 on every retail console.</summary>
    public const ulong Frequency = 79_800_000;

    /// <summary>The real-time clock: whole seconds since 2000-01-01 00:00:00 UTC.</summary>
    ulong RtcSeconds { get; }
}

/// <summary>
/// Actions scheduled at guest times. Events at the same tick run in the order in which they were scheduled. All members except
/// <see cref="Post"/> are for the machine's emulation thread.
/// </summary>
public sealed class EventQueue
{
    private readonly PriorityQueue<Action, (ulong Time, long Sequence)> _events = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private long _sequence;

    /// <summary>Called by <see cref="Post"/>, on the posting thread, so that a sleeping machine wakes.</summary>
    public event Action? Posted;

    /// <summary>Time base of the next event, or <see cref="ulong.MaxValue"/>.</summary>
    public ulong NextTime => _events.TryPeek(out _, out (ulong Time, long) key) ? key.Time : ulong.MaxValue;

    /// <summary>True while something was posted and not yet run.</summary>
    public bool HasPosted => !_posted.IsEmpty;

    /// <summary>Runs <paramref name="action"/> on the emulation thread when time has reached <paramref name="timeBase"/>.</summary>
    public void Schedule(ulong timeBase, Action action) => _events.Enqueue(action, (timeBase, _sequence++));

    /// <summary>From any thread: runs <paramref name="action"/> on the emulation thread, between two turns of the guest.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        Posted?.Invoke();
    }

    /// <summary>Runs everything that is due at <paramref name="now"/>.</summary>
    public void RunDue(ulong now)
    {
        while (_posted.TryDequeue(out Action? posted))
            posted();
        while (_events.TryPeek(out Action? action, out (ulong Time, long) key) && key.Time <= now)
        {
            _events.Dequeue();
            action();
        }
    }
}
