namespace Ps3Platform.Host.Characters;

/// <summary>A bounded queue of bytes. It allocates memory as it fills. It is not thread-safe; the owner must hold a lock.</summary>
/// <param name="capacity">Maximum of bytes.</param>
internal sealed class ByteRing(int capacity)
{
    private const int Smallest = 4096;
    private byte[] _bytes = [];
    private int _start;

    /// <summary>Maximum of bytes.</summary>
    public int Capacity => capacity;

    /// <summary>Bytes in it.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that can be appended.</summary>
    public int Room => capacity - Count;

    /// <summary>Appends as many bytes as there is room for.</summary>
    /// <returns>Bytes appended, from the start.</returns>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, Room);
        Grow(Count + count);
        for (int done = 0; done < count;)
        {
            int at = (_start + Count) % _bytes.Length;
            int piece = Math.Min(count - done, _bytes.Length - at);
            bytes.Slice(done, piece).CopyTo(_bytes.AsSpan(at));
            Count += piece;
            done += piece;
        }

        return count;
    }

    /// <summary>Removes bytes from the front.</summary>
    /// <returns>Bytes removed.</returns>
    public int Take(Span<byte> target)
    {
        int count = Math.Min(target.Length, Count);
        for (int done = 0; done < count;)
        {
            int piece = Math.Min(count - done, _bytes.Length - _start);
            _bytes.AsSpan(_start, piece).CopyTo(target[done..]);
            Skip(piece);
            done += piece;
        }

        return count;
    }

    /// <summary>Drops bytes from the front.</summary>
    public void Skip(int count)
    {
        Count -= count;
        _start = Count == 0 ? 0 : (_start + count) % _bytes.Length;
    }

    private void Grow(int needed)
    {
        if (needed <= _bytes.Length)
            return;
        byte[] larger = new byte[(int)Math.Min(capacity, Math.Max(Smallest, 2L * needed))];
        int count = Count;
        Take(larger.AsSpan(0, count));
        (_bytes, _start, Count) = (larger, 0, count);
    }
}
