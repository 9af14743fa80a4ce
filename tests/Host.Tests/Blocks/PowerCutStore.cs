using Ps3Platform.Devices.Blocks;
using Ps3Platform.Host.Blocks;

namespace Host.Tests.Blocks;

/// <summary>
/// A disk with a cache: written data are kept separately until a flush. A power cut drops all of them or, depending on a seed, some.
/// </summary>
internal sealed class PowerCutStore(int size) : IBlockStore
{
    private const int Sector = 512;
    private readonly byte[] _safe = new byte[size];
    private readonly byte[] _cached = new byte[size];
    private readonly HashSet<int> _dirty = [];

    public string Name => "test disk";

    public ulong Length => (ulong)size;

    public bool IsReadOnly => false;

    /// <summary>Thrown by the next requests while it is not null.</summary>
    public BlockException? Failure { get; set; }

    /// <summary>Reads need no waiting.</summary>
    public bool IsCached { get; set; }

    /// <summary>Called on the worker's thread before a write.</summary>
    public Action? BeforeWrite { get; set; }

    public int Requests { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>The contents after a power cut.</summary>
    /// <param name="seed">Which of the unflushed sectors have reached the medium all the same; null: none.</param>
    public byte[] PowerCut(int? seed = null)
    {
        byte[] left = [.. _safe];
        var random = new Random(seed ?? 0);
        foreach (int sector in _dirty.Order().Where(_ => seed is not null && random.Next(2) == 0))
            _cached.AsSpan(sector * Sector, Sector).CopyTo(left.AsSpan(sector * Sector));
        return left;
    }

    public void Read(ulong offset, Span<byte> buffer)
    {
        Check();
        _cached.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }

    public bool TryReadCached(ulong offset, Span<byte> buffer)
    {
        if (IsCached)
            _cached.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
        return IsCached;
    }

    public void Write(ulong offset, ReadOnlySpan<byte> buffer, bool forceUnitAccess)
    {
        BeforeWrite?.Invoke();
        Check();
        buffer.CopyTo(_cached.AsSpan((int)offset));
        for (int at = 0; at < buffer.Length; at += Sector)
            _dirty.Add(((int)offset + at) / Sector);
        if (forceUnitAccess)
            Keep((int)offset, buffer.Length);
    }

    public void Flush()
    {
        Check();
        Keep(0, size);
    }

    public void Trim(ulong offset, ulong length) => Check();

    public void Dispose() => IsDisposed = true;

    private void Check()
    {
        Requests++;
        if (Failure is { } failure)
            throw failure;
    }

    private void Keep(int offset, int length)
    {
        foreach (int sector in _dirty.Where(sector => sector >= offset / Sector && sector < (offset + length) / Sector).ToArray())
        {
            _cached.AsSpan(sector * Sector, Sector).CopyTo(_safe.AsSpan(sector * Sector));
            _dirty.Remove(sector);
        }
    }
}
