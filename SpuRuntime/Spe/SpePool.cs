using CellPpe.Core;
using CellPpe.Core.Ports;

using SpuRuntime.Mfc;
using SpuRuntime.State;

namespace SpuRuntime.Spe;

/// <summary>
/// The SPEs of a machine. Belongs to the machine's lock, but for what SPEs ask of it from their own threads.
/// </summary>
public sealed class SpePool : ISpePool, IDisposable
{
    private readonly SpeEnvironment _environment;
    private readonly LocalStoreMap _localStores = new();

    // Replaced as a whole, so that any thread may read it.
    private volatile LogicalSpe[] _taken = [];

    /// <summary>Makes a pool of <paramref name="count"/> SPEs.</summary>
    public SpePool(int count, SpeEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
        _environment = environment;
        environment.Memory.RegionRemoved += ForgetTranslations;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>Those that are taken, in the order they were.</summary>
    public IReadOnlyList<LogicalSpe> Taken => _taken;

    /// <inheritdoc/>
    public ILogicalSpe? TryTake(MemoryRegion localStore)
    {
        ArgumentNullException.ThrowIfNull(localStore);
        if (localStore.Device is not null || localStore.Size < SpuState.LocalStoreSize)
            throw new ArgumentException("A local store is 256 KB of memory.", nameof(localStore));
        LogicalSpe[] taken = _taken;
        for (int number = 0; number < Count; number++)
        {
            if (taken.Any(spe => spe.Number == number))
                continue;
            LogicalSpe spe = new(number, localStore, _environment, _localStores);
            _taken = [.. taken, spe];
            _localStores.Add(spe.Store);
            return spe;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Return(ILogicalSpe spe)
    {
        if (spe is not LogicalSpe ours || !_taken.Contains(ours))
            throw new ArgumentException("Not an SPE of this pool.", nameof(spe));
        ours.Disable();
        ours.SelectAddressSpace(null);
        _taken = [.. _taken.Where(other => other != ours)];
        _localStores.Remove(ours.Store);
        ours.Release();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _environment.Memory.RegionRemoved -= ForgetTranslations;
        foreach (LogicalSpe spe in _taken)
            Return(spe);
    }

    private void ForgetTranslations(MemoryRegion region)
    {
        foreach (LogicalSpe spe in _taken)
            spe.ForgetTranslations();
    }
}
