using System.Buffers.Binary;

namespace Ps3Platform.Devices.Network;

/// <summary>
/// A bounded queue of Ethernet frames between two threads. Frames lie one behind the other in a ring of bytes, so that nothing is allocated
/// for a frame. All members may be called by any thread.
/// </summary>
public sealed class FrameQueue
{
    /// <summary>Longest frame in bytes, headers included.</summary>
    public const int LongestFrame = 2560;

    private const int Prefix = sizeof(ushort);
    private readonly Lock _gate = new();
    private readonly byte[] _ring;
    private int _start;
    private int _used;
    private long _dropped;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="capacity">Bytes it holds; each frame takes two bytes more than its own.</param>
    public FrameQueue(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, LongestFrame + Prefix);
        _ring = new byte[capacity];
    }

    /// <summary>Frames that found no room, or were longer than <see cref="LongestFrame"/>.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>There is no frame in it.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _used == 0;
        }
    }

    /// <summary>Appends a frame. When there is no room it is dropped and counted.</summary>
    /// <returns>False when it was dropped.</returns>
    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (frame.Length <= LongestFrame && frame.Length + Prefix <= _ring.Length - _used)
            {
                Span<byte> prefix = stackalloc byte[Prefix];
                BinaryPrimitives.WriteUInt16LittleEndian(prefix, (ushort)frame.Length);
                Put(_used, prefix);
                Put(_used + Prefix, frame);
                _used += Prefix + frame.Length;
                return true;
            }
        }

        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Copies the oldest frame and leaves it in the queue.</summary>
    /// <param name="buffer">At least <see cref="LongestFrame"/> bytes.</param>
    /// <param name="length">Bytes of the frame.</param>
    /// <returns>False when the queue is empty.</returns>
    public bool TryPeek(Span<byte> buffer, out int length)
    {
        lock (_gate)
        {
            length = _used == 0 ? 0 : LengthOfFirst();
            if (_used == 0)
                return false;
            Get(Prefix, buffer[..length]);
            return true;
        }
    }

    /// <summary>Removes the oldest frame, if there is one.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            if (_used == 0)
                return;
            int taken = Prefix + LengthOfFirst();
            _start = (_start + taken) % _ring.Length;
            _used -= taken;
        }
    }

    /// <summary>Copies the oldest frame and removes it.</summary>
    /// <inheritdoc cref="TryPeek"/>
    public bool TryTake(Span<byte> buffer, out int length)
    {
        lock (_gate)
        {
            bool has = TryPeek(buffer, out length);
            Remove();
            return has;
        }
    }

    private int LengthOfFirst()
    {
        Span<byte> prefix = stackalloc byte[Prefix];
        Get(0, prefix);
        return BinaryPrimitives.ReadUInt16LittleEndian(prefix);
    }

    private void Put(int offset, ReadOnlySpan<byte> bytes)
    {
        int at = (_start + offset) % _ring.Length;
        int first = Math.Min(bytes.Length, _ring.Length - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
    }

    private void Get(int offset, Span<byte> bytes)
    {
        int at = (_start + offset) % _ring.Length;
        int first = Math.Min(bytes.Length, _ring.Length - at);
        _ring.AsSpan(at, first).CopyTo(bytes);
        _ring.AsSpan(0, bytes.Length - first).CopyTo(bytes[first..]);
    }
}
