using System.Collections.Concurrent;

namespace CellPpe.Core;

/// <summary>The time a guest can see. Advances by the host's clock or by retired instructions, as the machine was told.</summary>
public interface IMachineClock
{
    /// <summary>The time base all threads share: ticks of <see cref="Frequency"/> hertz (Book III 6.2).</summary>
    ulong TimeBase { get; }

    /// <summary>Time base ticks a second: 79 800 000 on every retail console.</summary>
    public const ulong Frequency = 79_800_000;

    /// <summary>The real-time clock: whole seconds since 2000-01-01 00:00:00 UTC.</summary>
    ulong RtcSeconds { get; }
}

/// <summary>
/// What shall happen at which guest time. Events at the same tick run in the order they were scheduled. All members but
/// <see cref="Post"/> belong to the machine's emulation thread.
/// </summary>
public sealed class EventQueue
{
    private readonly PriorityQueue<Action, (ulong Time, long Sequence)> _events = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private long _sequence;

    /// <summary>Set from any thread when <see cref="Post"/> was called, so that a sleeping machine wakes.</summary>
    public event Action? Posted;

    /// <summary>Time base of the next event, or <see cref="ulong.MaxValue"/>.</summary>
    public ulong NextTime => _events.TryPeek(out _, out (ulong Time, long) key) ? key.Time : ulong.MaxValue;

    /// <summary>True while something was posted and not yet run.</summary>
    public bool HasPosted => !_posted.IsEmpty;

    /// <summary>Runs <paramref name="action"/> on the emulation thread when the time base has reached <paramref name="timeBase"/>.</summary>
    public void Schedule(ulong timeBase, Action action) => _events.Enqueue(action, (timeBase, _sequence++));

    /// <summary>From any thread: runs <paramref name="action"/> on the emulation thread as soon as it gets there.</summary>
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
