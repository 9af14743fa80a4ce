namespace SpuRuntime.Scheduling;

/// <summary>
/// What an SPE that has blocked looks at while it lingers in its slice: for the time of a short wait, its host thread stays where it is.
/// </summary>
public sealed class SliceWait
{
    private int _over;

    /// <summary>Whether what it waits for has come, or it must look up. From any thread.</summary>
    public bool IsOver => Volatile.Read(ref _over) != 0;

    /// <summary>Begins anew. With a fence: what is read after this is no older than what whoever ends it then has written.</summary>
    public void Begin() => Interlocked.Exchange(ref _over, 0);

    /// <summary>Ends it. From any thread.</summary>
    public void End() => Volatile.Write(ref _over, 1);
}
