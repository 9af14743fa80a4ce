namespace SpuRuntime.Scheduling;

/// <summary>
/// The wait of a blocked SPE inside its slice: for a short time the host thread stays with the SPE and checks this, instead of going
/// back to the scheduler.
/// </summary>
public sealed class SliceWait
{
    private int _over;

    /// <summary>True when the SPE can go on, or must leave its slice. From any thread.</summary>
    public bool IsOver => Volatile.Read(ref _over) != 0;

    /// <summary>
    /// Begins a wait. With a fence: what is read after this is no older than what the thread that ends the wait had written before.
    /// </summary>
    public void Begin() => Interlocked.Exchange(ref _over, 0);

    /// <summary>Ends it. From any thread.</summary>
    public void End() => Volatile.Write(ref _over, 1);
}
