using SpuRuntime.Engine;
using SpuRuntime.State;

namespace SpuRuntime.Mfc;

/// <summary>An SPE's local store as DMA sees it: 256 KB of host memory, and the engine that must be told of changes.</summary>
internal sealed unsafe class LocalStoreMemory(byte* start, ulong hostOffset, ISpuEngine engine)
{
    /// <summary>The first byte.</summary>
    public byte* Start => start;

    /// <summary>Where it lies in the memory of the machine, from its host base.</summary>
    public ulong HostOffset => hostOffset;

    /// <summary>Bytes have been stored that the SPU may have decoded. Any thread.</summary>
    public void Changed(uint address, uint length) => engine.Invalidate(address, length);
}

/// <summary>
/// Which SPE a byte of host memory is the local store of: DMA into another SPE's local store may change its code. Any thread.
/// </summary>
internal sealed class LocalStoreMap
{
    private readonly Lock _change = new();
    private volatile LocalStoreMemory[] _stores = [];

    public void Add(LocalStoreMemory store)
    {
        lock (_change)
            _stores = [.. _stores, store];
    }

    public void Remove(LocalStoreMemory store)
    {
        lock (_change)
            _stores = [.. _stores.Where(other => other != store)];
    }

    /// <summary>Tells the SPE whose local store was written, if it was one's.</summary>
    public bool Written(ulong hostOffset, uint length)
    {
        foreach (LocalStoreMemory store in _stores)
        {
            ulong offset = hostOffset - store.HostOffset;
            if (offset >= SpuState.LocalStoreSize)
                continue;
            store.Changed((uint)offset, length);
            return true;
        }

        return false;
    }
}
