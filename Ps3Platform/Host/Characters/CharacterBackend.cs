using System.Diagnostics;

using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Characters;

/// <summary>
/// A back end with two threads: one waits for peers and reads, one writes. Two bounded buffers connect them to the machine, guarded by
/// one lock, which is never held during a system call.
/// </summary>
public sealed class CharacterBackend : ICharacterBackend, IDisposable
{
    private const int Piece = 32 << 10;

    // Breaks that the machine has not taken; later ones are dropped.
    private const int MostBreaks = 64;

    // The threads need little stack, and address space may be limited (ulimit -v).
    private const int StackSize = 256 << 10;

    // Interval at which a reader that waits for the machine checks whether its peer has been replaced.
    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _writerWake = new(false);
    private readonly AutoResetEvent _readerWake = new(false);
    private readonly ManualResetEventSlim _settled = new(true);
    private readonly IEndpoint _endpoint;
    private readonly bool _takesInput;
    private readonly bool _keepsOutput;
    private readonly ByteRing _output;
    private readonly ByteRing _input;

    // For each break of the peer: how many bytes it has sent before. Guarded by _gate.
    private readonly Queue<long> _breaks = new();
    private readonly Thread _reader;
    private readonly Thread _writer;

    // Guarded by _gate.
    private IPeer? _peer;
    private int _underWay;
    private bool _wantsRoom;
    private bool _isDisposed;
    private long _inputTaken;
    private CharacterCounts _counts = new();

    internal CharacterBackend(IEndpoint endpoint, CharacterBuffers buffers, bool takesInput, bool keepsOutput = true)
    {
        _endpoint = endpoint;
        _takesInput = takesInput;
        _keepsOutput = keepsOutput;
        _output = new ByteRing(buffers.Output);
        _input = new ByteRing(buffers.Input);
        _reader = new Thread(ServePeers, StackSize) { IsBackground = true, Name = $"read {endpoint.Name}" };
        _writer = new Thread(WriteAll, StackSize) { IsBackground = true, Name = $"write {endpoint.Name}" };
        _reader.Start();
        _writer.Start();
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public string Name => _endpoint.Name;

    /// <inheritdoc/>
    public CharacterState State { get; private set; } = CharacterState.Waiting;

    /// <summary>The reason why the host accepts no more, as a clause; null unless <see cref="CharacterState.Failed"/>.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public long Connections
    {
        get
        {
            lock (_gate)
                return _counts.Connections;
        }
    }

    /// <inheritdoc/>
    public int Room
    {
        get
        {
            lock (_gate)
                return State == CharacterState.Connected ? _output.Room : _output.Capacity;
        }
    }

    /// <summary>Counts of sent, dropped, pending and received bytes.</summary>
    public CharacterCounts Counts
    {
        get
        {
            lock (_gate)
                return _counts with { Pending = _output.Count + _underWay, Refused = _endpoint.Refused };
        }
    }

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            int accepted = State switch
            {
                CharacterState.Connected => _output.Append(bytes),
                CharacterState.Waiting when _keepsOutput => Keep(bytes),
                _ => Drop(bytes.Length),
            };
            _wantsRoom |= accepted < bytes.Length;
            if (_output.Count > 0)
                _settled.Reset();
            if (_peer is not null)
                _writerWake.Set();
            return accepted;
        }
    }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer)
    {
        lock (_gate)
        {
            if (_breaks.TryPeek(out long at))
                buffer = buffer[..(int)Math.Min(buffer.Length, at - _inputTaken)];
            int count = _input.Take(buffer);
            _inputTaken += count;
            if (count > 0)
                _readerWake.Set();
            return count;
        }
    }

    /// <inheritdoc/>
    public bool TakeBreak()
    {
        lock (_gate)
            return _breaks.TryPeek(out long at) && at == _inputTaken && _breaks.TryDequeue(out _);
    }

    /// <summary>
    /// Waits until the peer has received all accepted bytes. Does not wait without a peer. For a peer that reads nothing, it waits without
    /// limit if it is standard output or a file, and otherwise for one second.
    /// </summary>
    /// <param name="hurry">When cancelled, the limit is one second without progress for every kind.</param>
    /// <returns>False when bytes are left.</returns>
    public bool Drain(CancellationToken hurry = default)
    {
        TimeSpan shortLimit = TimeSpan.FromSeconds(1);
        IPeer? peer;
        long sent = -1;
        long since = 0;
        while (true)
        {
            lock (_gate)
            {
                peer = _peer;
                if (_output.Count + _underWay == 0 || peer is null)
                    break;
                if (_counts.Sent != sent)
                    (sent, since) = (_counts.Sent, Stopwatch.GetTimestamp());
            }

            TimeSpan limit = hurry.IsCancellationRequested ? shortLimit : _endpoint.DrainLimit;
            if (limit >= TimeSpan.Zero && Stopwatch.GetElapsedTime(since) > limit)
                return false;
            _settled.Wait(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        peer?.WaitUntilRead(shortLimit);
        return Counts.Pending == 0;
    }

    /// <summary>Drops the remaining bytes, closes the connection and frees the address.</summary>
    public void Dispose()
    {
        IPeer? peer;
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            peer = _peer;
        }

        _endpoint.Stop();
        peer?.Dispose();
        _readerWake.Set();
        _writerWake.Set();
        // A read of standard input and a write to a full pipe cannot be cancelled; their background threads end with the process.
        TimeSpan limit = TimeSpan.FromMilliseconds(300);
        bool areDone = _reader.Join(limit) & _writer.Join(limit);
        if (!areDone)
            return;
        _endpoint.Dispose();
        _readerWake.Dispose();
        _writerWake.Dispose();
        _settled.Dispose();
    }

    // No peer is connected: the newest bytes are kept for the next one.
    private int Keep(ReadOnlySpan<byte> bytes)
    {
        int count = bytes.Length;
        ReadOnlySpan<byte> kept = bytes[Math.Max(0, count - _output.Capacity)..];
        int oldest = Math.Max(0, kept.Length - _output.Room);
        _output.Skip(oldest);
        _output.Append(kept);
        Drop(oldest + count - kept.Length);
        return count;
    }

    private int Drop(int count)
    {
        _counts = _counts with { Dropped = _counts.Dropped + count };
        return count;
    }

    private void ServePeers()
    {
        try
        {
            while (_endpoint.WaitForPeer() is { } peer)
            {
                lock (_gate)
                {
                    if (_isDisposed)
                    {
                        peer.Dispose();
                        return;
                    }

                    _peer = peer;
                    _counts = _counts with { Connections = _counts.Connections + 1 };
                    DropInputOfFormerPeer();
                    State = CharacterState.Connected;
                    if (_output.Count > 0)
                        _settled.Reset();
                }

                _writerWake.Set();
                Changed?.Invoke();
                ReadAll(peer);
                if (State is CharacterState.Ended or CharacterState.Failed)
                    return;
            }
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            Fail(null, e);
        }
    }

    // A back end of dialogues (keepsOutput is false) gives its reader only what the present peer has sent. Under the lock.
    private void DropInputOfFormerPeer()
    {
        if (_keepsOutput)
            return;
        _counts = _counts with { ReceivedDropped = _counts.ReceivedDropped + _input.Count };
        _inputTaken += _input.Count;
        _input.Skip(_input.Count);
        _breaks.Clear();
    }

    // On the reading thread, which has stored all that came before.
    private void AddBreak()
    {
        lock (_gate)
        {
            if (!_takesInput || _breaks.Count == MostBreaks)
                return;
            _breaks.Enqueue(_inputTaken + _input.Count);
        }

        Changed?.Invoke();
    }

    private void ReadAll(IPeer peer)
    {
        byte[] buffer = new byte[_takesInput ? Math.Min(Piece, _input.Capacity) : Piece];
        if (peer is IBreakingPeer breaking)
            breaking.BreakReceived = AddBreak;
        try
        {
            while (IsCurrent(peer))
                Receive(peer, buffer.AsSpan(0, peer.Read(buffer)));
        }
        catch (PeerGoneException)
        {
            Forget(peer);
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            Fail(peer, e);
        }
    }

    private void Receive(IPeer peer, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _counts = _counts with
            {
                Received = _counts.Received + bytes.Length,
                ReceivedDropped = _counts.ReceivedDropped + (_takesInput ? 0 : bytes.Length),
            };
        }

        while (_takesInput && !bytes.IsEmpty)
        {
            int count;
            lock (_gate)
                count = _input.Append(bytes);
            bytes = bytes[count..];
            if (count > 0)
                Changed?.Invoke();
            // The machine has not read the earlier input. Nothing more is read from the peer, so that its writes wait.
            else if (IsCurrent(peer) && !peer.IsGone)
                _readerWake.WaitOne(Recheck);
            else
            {
                lock (_gate)
                    _counts = _counts with { ReceivedDropped = _counts.ReceivedDropped + bytes.Length };
                return;
            }
        }
    }

    private void WriteAll()
    {
        byte[] buffer = new byte[Piece];
        while (true)
        {
            IPeer? peer;
            int count = 0;
            bool isRoomNews;
            lock (_gate)
            {
                if (_isDisposed)
                    return;
                peer = _peer;
                if (peer is not null)
                    count = _output.Take(buffer);
                _underWay = count;
                isRoomNews = count > 0 && _wantsRoom;
                _wantsRoom &= !isRoomNews;
                if (_output.Count + _underWay == 0)
                    _settled.Set();
            }

            if (isRoomNews)
                Changed?.Invoke();
            if (peer is null || count == 0)
                _writerWake.WaitOne();
            else
                Send(peer, buffer.AsSpan(0, count));
        }
    }

    private void Send(IPeer peer, ReadOnlySpan<byte> bytes)
    {
        try
        {
            peer.Write(bytes);
            lock (_gate)
            {
                _underWay = 0;
                _counts = _counts with { Sent = _counts.Sent + bytes.Length };
            }

            return;
        }
        catch (PeerGoneException)
        {
            Forget(peer);
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            Fail(peer, e);
        }

        lock (_gate)
        {
            _underWay = 0;
            Drop(bytes.Length);
        }
    }

    private bool IsCurrent(IPeer peer)
    {
        lock (_gate)
            return _peer == peer && !_isDisposed;
    }

    private void Forget(IPeer peer) => Leave(peer, _endpoint.HasFurtherPeers ? CharacterState.Waiting : CharacterState.Ended, null);

    private void Fail(IPeer? peer, Exception e) => Leave(peer, CharacterState.Failed, FileErrors.Reason(e));

    private void Leave(IPeer? peer, CharacterState state, string? failure)
    {
        lock (_gate)
        {
            if (_peer != peer || _isDisposed)
                return;
            _peer = null;
            Failure = failure;
            State = state;
            if (state != CharacterState.Waiting || !_keepsOutput)
            {
                Drop(_output.Count);
                _output.Skip(_output.Count);
            }

            _settled.Set();
        }

        peer?.Dispose();
        _readerWake.Set();
        _writerWake.Set();
        Changed?.Invoke();
    }
}

/// <summary>Maximum of bytes in a back end's buffers.</summary>
/// <param name="Output">For the peer.</param>
/// <param name="Input">From the peer.</param>
internal readonly record struct CharacterBuffers(int Output, int Input);
