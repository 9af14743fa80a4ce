namespace SpuRuntime.Mfc;

/// <summary>
/// Which SPE a byte of host memory is the local store of: DMA into another SPE's local store may change its code. Any thread.
/// </summary>
internal sealed class LocalStoreMap
{
    private readonly Lock _change = new();
    private volatile LogicalSpe[] _spes = [];

    public LogicalSpe[] All => _spes;

    public void Add(LogicalSpe spe)
    {
        lock (_change)
            _spes = [.. _spes, spe];
    }

    public void Remove(LogicalSpe spe)
    {
        lock (_change)
            _spes = [.. _spes.Where(other => other != spe)];
    }

    /// <summary>Tells the SPE whose local store was written, if it was one's.</summary>
    public bool Written(ulong hostOffset, uint length)
    {
        foreach (LogicalSpe spe in _spes)
        {
            ulong offset = hostOffset - spe.LocalStoreHostOffset;
            if (offset >= State.SpuState.LocalStoreSize)
                continue;
            spe.Engine.Invalidate((uint)offset, length);
            return true;
        }

        return false;
    }
}
