using Ps3Platform.Host.Blocks;

namespace Boot.Tests.Durability;

/// <summary>What a power cut does to the sectors that were written since the last flush.</summary>
internal enum PowerCut
{
    /// <summary>All are lost.</summary>
    Drop,

    /// <summary>Some are lost: a write may be torn between two sectors.</summary>
    Part,

    /// <summary>Some have reached the medium, in another order than they were written.</summary>
    Reorder,
}

/// <summary>
/// A disk in memory that remembers each write and each flush. From that it can say what a power cut at any moment would have left on a
/// medium whose cache loses what was not flushed.
/// </summary>
/// <param name="contents">The bytes at power-on, in whole sectors.</param>
/// <param name="flushTime">How long a flush takes, so that an acknowledgement that does not wait for it comes before it.</param>
internal sealed class PowerCutLog(byte[] contents, TimeSpan flushTime) : IBlockStore
{
    private const int Sector = 512;
    private readonly byte[] _now = [.. contents];
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];

    public string Name => "test disk";

    public ulong Length => (ulong)contents.Length;

    public bool IsReadOnly => false;

    /// <summary>Writes and flushes that have ended. From any thread.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Flushes among them.</summary>
    public int Flushes
    {
        get
        {
            lock (_lock)
                return _entries.Count(static entry => entry.Bytes is null);
        }
    }

    public void Read(ulong offset, Span<byte> buffer) => _now.AsSpan((int)offset, buffer.Length).CopyTo(buffer);

    public void Write(ulong offset, ReadOnlySpan<byte> buffer, bool forceUnitAccess)
    {
        buffer.CopyTo(_now.AsSpan((int)offset));
        Add(new Entry((int)offset / Sector, buffer.ToArray(), forceUnitAccess));
    }

    public void Flush()
    {
        Thread.Sleep(flushTime);
        Add(new Entry(0, null, false));
    }

    public void Trim(ulong offset, ulong length)
    {
    }

    public void Dispose()
    {
    }

    /// <summary>The medium after a power cut.</summary>
    /// <param name="moment">How many writes and flushes had ended.</param>
    /// <param name="cut">What happens to sectors that were not flushed.</param>
    /// <param name="seed">Which of them.</param>
    /// <param name="ignoresFlushes">As if the disk had only claimed to flush.</param>
    public byte[] After(int moment, PowerCut cut, int seed, bool ignoresFlushes = false)
    {
        byte[] medium = [.. contents];
        List<(int Sector, ReadOnlyMemory<byte> Bytes)> cached = [];
        foreach (Entry entry in _entries.Take(moment))
        {
            if (entry.Bytes is { } bytes)
            {
                int count = bytes.Length / Sector;
                for (int i = 0; i < count; i++)
                    cached.Add((entry.Sector + i, bytes.AsMemory(i * Sector, Sector)));
                if (!entry.IsThrough || ignoresFlushes)
                    continue;
                Store(medium, cached[^count..]);
                cached.RemoveAll(piece => piece.Sector >= entry.Sector && piece.Sector < entry.Sector + count);
            }
            else if (!ignoresFlushes)
            {
                Store(medium, cached);
                cached.Clear();
            }
        }

        Store(medium, Survivors([.. cached], cut, new Random(seed)));
        return medium;
    }

    private static IEnumerable<(int Sector, ReadOnlyMemory<byte> Bytes)> Survivors(
        (int Sector, ReadOnlyMemory<byte> Bytes)[] cached, PowerCut cut, Random random)
    {
        switch (cut)
        {
            case PowerCut.Drop:
                return [];
            case PowerCut.Part:
                return cached.Where(_ => random.Next(2) == 0);
            default:
                random.Shuffle(cached);
                return cached.Take(random.Next(cached.Length + 1));
        }
    }

    private static void Store(byte[] medium, IEnumerable<(int Sector, ReadOnlyMemory<byte> Bytes)> pieces)
    {
        foreach ((int sector, ReadOnlyMemory<byte> bytes) in pieces)
            bytes.Span.CopyTo(medium.AsSpan(sector * Sector));
    }

    private void Add(Entry entry)
    {
        lock (_lock)
            _entries.Add(entry);
    }

    // Without bytes: a flush.
    private sealed record Entry(int Sector, byte[]? Bytes, bool IsThrough);
}
