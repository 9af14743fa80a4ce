namespace CellPpe.Recompiler.Backends.Msil;

/// <summary>
/// Has the runtime free the host code of regions that are out of use. It frees a dynamic method when a full collection finds it
/// unreachable and the next one finds its resolver gone; regions leave so little on the managed heap that full collections would
/// otherwise hardly ever happen. May be used from any thread.
/// </summary>
/// <param name="limit">Bytes of MSIL of retired regions that bring about a collection; what waits to be freed is at most twice as
/// much.</param>
public sealed class RetiredCode(long limit = RetiredCode.UsualLimit)
{
    /// <summary>
    /// Some 500 regions, a few megabytes of host code: the compiler works for a second or more to make as much, and a collection takes
    /// some ten milliseconds.
    /// </summary>
    public const long UsualLimit = 2 << 20;

    private long _waiting;
    private long _regions;
    private long _collections;

    /// <summary>Bytes of MSIL retired since the last collection.</summary>
    public long Waiting => Interlocked.Read(ref _waiting);

    /// <summary>Regions retired, and collections asked for, so far.</summary>
    public (long Regions, long Collections) Counts => (Interlocked.Read(ref _regions), Interlocked.Read(ref _collections));

    /// <summary>A region is out of use: no thread is inside, and none will enter.</summary>
    public void Add(CompiledRegion region)
    {
        ArgumentNullException.ThrowIfNull(region);
        Interlocked.Add(ref _waiting, region.MsilBytes);
        Interlocked.Increment(ref _regions);
    }

    /// <summary>Collects if so much waits that it is worth while. For a compiler's thread, between two regions.</summary>
    public void CollectWhenDue()
    {
        if (Interlocked.Read(ref _waiting) < limit)
            return;
        Interlocked.Exchange(ref _waiting, 0);
        Interlocked.Increment(ref _collections);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
        HostHeap.Trim();
    }
}
