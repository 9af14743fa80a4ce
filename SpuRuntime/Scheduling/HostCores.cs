namespace SpuRuntime.Scheduling;

/// <summary>
/// Counts the host threads that are awake, so that one without work knows whether it may wait for some without sleeping: only
/// while there is a core for every thread that is awake. Otherwise it would take time from the thread it waits for.
/// Any thread may call it.
/// </summary>
internal sealed class HostCores(int cores)
{
    private int _awake;
    private int _others = 1;

    public bool IsOneFree => Volatile.Read(ref _awake) + Volatile.Read(ref _others) <= cores;

    /// <summary>A thread of the scheduler's has got out of its sleep.</summary>
    public void Enter() => Interlocked.Increment(ref _awake);

    /// <summary>It is about to sleep.</summary>
    public void Leave() => Interlocked.Decrement(ref _awake);

    /// <summary>How many threads that are not the scheduler's are busy: the PPE's.</summary>
    public void SetOthers(int count) => Volatile.Write(ref _others, count);
}
