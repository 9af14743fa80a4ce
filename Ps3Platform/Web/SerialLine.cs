using Ps3Platform.Devices.Characters;

namespace Ps3Platform.Web;

/// <summary>
/// A line of the guest's, usually of its USB serial adapter, that any number of browsers share: each sees all of it, the last 256 KB from
/// before it came too, and each may type. Browsers never stop the machine: output is always taken, and one that is further behind than
/// that loses the oldest part.
/// </summary>
/// <remarks>
/// Input is held back in the browser until the guest takes it. One device at a time has the line; disposing gives it back.
/// </remarks>
public sealed class SerialLine : ICharacterBackend, IDisposable
{
    private const int Kept = 256 << 10;
    // As much as a terminal driver buffers.
    private const int MostInput = 4 << 10;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _giving = new(1, 1);
    private readonly SemaphoreSlim _room = new(0, 1);
    private readonly List<SerialViewer> _viewers = [];
    private readonly byte[] _output = new byte[Kept];
    private readonly byte[] _input = new byte[MostInput];
    private int _inputCount;
    private long _written;

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public string Name => "web";

    /// <inheritdoc/>
    public CharacterState State
    {
        get
        {
            lock (_gate)
                return _viewers.Count > 0 ? CharacterState.Connected : CharacterState.Waiting;
        }
    }

    /// <inheritdoc/>
    public long Connections { get; private set; }

    /// <inheritdoc/>
    public int Room => Kept;

    /// <summary>A device has the line.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>Gives the line to a device.</summary>
    /// <returns>False when another one has it.</returns>
    public bool TryTake() => SetTaken(true);

    /// <summary>The device gives the line back. What it has sent stays to be seen.</summary>
    public void Dispose() => SetTaken(false);

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> kept = bytes[Math.Max(0, bytes.Length - Kept)..];
        lock (_gate)
        {
            _written += bytes.Length - kept.Length;
            int at = (int)(_written % Kept);
            int first = Math.Min(kept.Length, Kept - at);
            kept[..first].CopyTo(_output.AsSpan(at));
            kept[first..].CopyTo(_output);
            _written += kept.Length;
            foreach (SerialViewer viewer in _viewers)
                viewer.Signal();
        }

        return bytes.Length;
    }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer)
    {
        lock (_gate)
        {
            int count = Math.Min(buffer.Length, _inputCount);
            _input.AsSpan(0, count).CopyTo(buffer);
            _input.AsSpan(count, _inputCount - count).CopyTo(_input);
            _inputCount -= count;
            if (count > 0 && _room.CurrentCount == 0)
                _room.Release();
            return count;
        }
    }

    /// <summary>
    /// Gives the guest what a browser sends, and waits until there was room for all of it. Dropped when no device has the line.
    /// </summary>
    internal async Task GiveAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        // What two browsers send does not mix.
        await _giving.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            while (true)
            {
                int count;
                lock (_gate)
                {
                    if (!IsTaken)
                        return;
                    count = Math.Min(bytes.Length, MostInput - _inputCount);
                    bytes.Span[..count].CopyTo(_input.AsSpan(_inputCount));
                    _inputCount += count;
                }

                if (count > 0)
                    Changed?.Invoke();
                bytes = bytes[count..];
                if (bytes.IsEmpty)
                    return;
                await _room.WaitAsync(cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            _giving.Release();
        }
    }

    /// <summary>A browser that sees the line from now on, and what is kept of it.</summary>
    internal SerialViewer Attach()
    {
        var viewer = new SerialViewer(this);
        lock (_gate)
        {
            viewer.Position = Math.Max(0, _written - Kept);
            _viewers.Add(viewer);
            Connections++;
            viewer.Signal();
        }

        Changed?.Invoke();
        return viewer;
    }

    internal void Detach(SerialViewer viewer)
    {
        lock (_gate)
            _viewers.Remove(viewer);
        Changed?.Invoke();
    }

    /// <summary>Reads on for a browser.</summary>
    /// <returns>Bytes read, and how many before them are kept no more.</returns>
    internal (int Count, long Lost) Read(SerialViewer viewer, Span<byte> buffer)
    {
        lock (_gate)
        {
            long lost = Math.Max(0, _written - Kept - viewer.Position);
            viewer.Position += lost;
            int count = (int)Math.Min(buffer.Length, _written - viewer.Position);
            int at = (int)(viewer.Position % Kept);
            int first = Math.Min(count, Kept - at);
            _output.AsSpan(at, first).CopyTo(buffer);
            _output.AsSpan(0, count - first).CopyTo(buffer[first..]);
            viewer.Position += count;
            if (viewer.Position < _written)
                viewer.Signal();
            return (count, lost);
        }
    }

    private bool SetTaken(bool isTaken)
    {
        lock (_gate)
        {
            if (IsTaken == isTaken)
                return false;
            IsTaken = isTaken;
            // What was typed for one device is not for the next; who waits for room is let go.
            _inputCount = 0;
            if (_room.CurrentCount == 0)
                _room.Release();
            foreach (SerialViewer viewer in _viewers)
                viewer.Signal();
            return true;
        }
    }
}

/// <summary>One browser at a <see cref="SerialLine"/>.</summary>
internal sealed class SerialViewer(SerialLine line) : IDisposable
{
    private readonly SemaphoreSlim _news = new(0, 1);

    /// <summary>Bytes of the line before the next that it reads. With the line's lock held.</summary>
    public long Position { get; set; }

    /// <summary>Waits until there is something to read, or a device has come or gone.</summary>
    public Task WaitAsync(CancellationToken cancel) => _news.WaitAsync(cancel);

    /// <inheritdoc cref="SerialLine.Read(SerialViewer, Span{byte})"/>
    public (int Count, long Lost) Read(Span<byte> buffer) => line.Read(this, buffer);

    /// <summary>There is news. With the line's lock held.</summary>
    public void Signal()
    {
        if (_news.CurrentCount == 0)
            _news.Release();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        line.Detach(this);
        _news.Dispose();
    }
}
