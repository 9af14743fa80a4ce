using Ps3Platform.Host.Streams;

namespace Ps3Platform.Host.Characters;

/// <summary>A single peer that is connected from the start and does not return: standard streams, a file, or nothing.</summary>
/// <param name="name">For messages.</param>
/// <param name="input">The stream that is read, or null.</param>
/// <param name="output">The stream that is written. Both are closed at the end.</param>
internal sealed class StreamEndpoint(string name, Stream? input, Stream output) : IEndpoint
{
    private readonly StreamPeer _peer = new(input, output);
    private bool _isTaken;

    public string Name => name;

    public bool HasFurtherPeers => false;

    public TimeSpan DrainLimit => Timeout.InfiniteTimeSpan;

    public long Refused => 0;

    public IPeer? WaitForPeer()
    {
        IPeer? peer = _isTaken ? null : _peer;
        _isTaken = true;
        return peer;
    }

    public void Stop()
    {
    }

    public void Dispose() => _peer.Dispose();
}

/// <summary>Two streams whose reads and writes block.</summary>
internal sealed class StreamPeer(Stream? input, Stream output) : IPeer
{
    private readonly ManualResetEventSlim _gone = new(false);
    private readonly Lock _gate = new();
    private bool _hasInput = input is not null;
    private int _users;

    public bool IsGone => _gone.IsSet;

    public int Read(Span<byte> buffer)
    {
        if (_hasInput && Enter())
        {
            try
            {
                int count = input!.Read(buffer);
                if (count > 0)
                    return count;
            }
            finally
            {
                Exit();
            }
        }

        _hasInput = false;
        _gone.Wait();
        throw new PeerGoneException();
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (!Enter())
            throw new PeerGoneException();
        try
        {
            output.Write(bytes);
            output.Flush();
        }
        catch (OutputClosedException)
        {
            throw new PeerGoneException();
        }
        finally
        {
            Exit();
        }
    }

    public void WaitUntilRead(TimeSpan limit)
    {
    }

    // A stream in use is not closed here: closing it may wait for a call that cannot end. The thread that uses it closes it.
    public void Dispose()
    {
        lock (_gate)
        {
            if (_gone.IsSet)
                return;
            _gone.Set();
            if (_users > 0)
                return;
        }

        Close();
    }

    private bool Enter()
    {
        lock (_gate)
        {
            if (_gone.IsSet)
                return false;
            _users++;
            return true;
        }
    }

    private void Exit()
    {
        lock (_gate)
        {
            if (--_users > 0 || !_gone.IsSet)
                return;
        }

        Close();
    }

    private void Close()
    {
        input?.Dispose();
        output.Dispose();
    }
}
