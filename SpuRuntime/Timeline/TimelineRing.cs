namespace SpuRuntime.Timeline;

/// <summary>What an SPE was doing for a while.</summary>
internal enum TimelineKind : byte
{
    /// <summary>Nothing: it was stopped, or had not been started.</summary>
    Stopped,

    /// <summary>A host thread was in it.</summary>
    Running,

    /// <summary>It could have run, and had no host thread.</summary>
    Ready,

    /// <summary>It waited on a channel, the argument.</summary>
    Blocked,

    /// <summary>A transfer into local store was in flight; the argument is its size.</summary>
    Get,

    /// <summary>A transfer out of local store was in flight; the argument is its size.</summary>
    Put,
}

/// <summary>A stretch of an SPE's time.</summary>
/// <param name="Begin">Time base.</param>
/// <param name="End">Time base.</param>
/// <param name="Argument">What the kind says.</param>
/// <param name="Kind">What it was.</param>
/// <param name="Tag">Of a transfer.</param>
internal readonly record struct TimelineEvent(ulong Begin, ulong End, uint Argument, TimelineKind Kind, byte Tag)
{
    public bool IsTransfer => Kind is TimelineKind.Get or TimelineKind.Put;
}

/// <summary>
/// The last so many events, in memory that is taken once. One thread writes at a time (threads that take turns do so through a
/// lock); it is read while no thread writes.
/// </summary>
internal sealed class TimelineRing(int capacity)
{
    private readonly TimelineEvent[] _events = new TimelineEvent[capacity];
    private long _written;

    /// <summary>Events that were overwritten.</summary>
    public long Lost => Math.Max(0, _written - _events.Length);

    public void Add(TimelineEvent what)
    {
        _events[(int)(_written % _events.Length)] = what;
        _written++;
    }

    /// <summary>Oldest first.</summary>
    public IEnumerable<TimelineEvent> Read()
    {
        for (long index = Lost; index < _written; index++)
            yield return _events[(int)(index % _events.Length)];
    }
}
