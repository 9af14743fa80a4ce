using Ps3Platform.Host.Characters;

namespace Ps3Platform.Host.Terminals;

/// <summary>
/// The terminal at the standard streams, as the only peer of a back end. Its keys go through a filter. A terminal that has gone reads as
/// one at which nobody types: the system sends SIGHUP as well, and the guest gets time to shut down. Nothing is read or shown before
/// <see cref="Start"/>.
/// </summary>
/// <param name="input">Where keys come from.</param>
/// <param name="output">What shows text.</param>
/// <param name="filter">Says what a key is, and obeys those that are commands. Called on the thread that reads.</param>
internal sealed class TerminalEndpoint(IPeer input, IPeer output, Func<byte, KeyUse> filter) : IEndpoint
{
    private readonly TerminalPeer _peer = new(input, output, filter);
    private readonly ManualResetEventSlim _started = new(false);
    private bool _isTaken;
    private volatile bool _isStopped;

    public string Name => "the terminal";

    public bool HasFurtherPeers => false;

    public TimeSpan DrainLimit => Timeout.InfiniteTimeSpan;

    public long Refused => 0;

    /// <summary>The terminal is ready.</summary>
    public void Start() => _started.Set();

    public IPeer? WaitForPeer()
    {
        _started.Wait();
        IPeer? peer = _isTaken || _isStopped ? null : _peer;
        _isTaken = true;
        return peer;
    }

    public void Stop()
    {
        _isStopped = true;
        _started.Set();
    }

    public void Dispose()
    {
        _peer.Dispose();
        _started.Dispose();
    }

    private sealed class TerminalPeer(IPeer input, IPeer output, Func<byte, KeyUse> filter) : IBreakingPeer
    {
        private readonly ManualResetEventSlim _gone = new(false);
        private byte[] _keys = [];
        private int _next;
        private int _end;
        private bool _isBreakDue;

        public Action? BreakReceived { get; set; }

        public bool IsGone => _gone.IsSet;

        public int Read(Span<byte> buffer)
        {
            while (!_gone.IsSet)
            {
                if (_isBreakDue)
                    BreakReceived?.Invoke();
                _isBreakDue = false;
                if (_next == _end && !TryFill(buffer.Length))
                    break;
                int count = 0;
                // What came before a break has to be stored before it is reported.
                while (_next < _end && count < buffer.Length && !_isBreakDue)
                {
                    byte key = _keys[_next++];
                    KeyUse use = filter(key);
                    if (use == KeyUse.Guest)
                        buffer[count++] = key;
                    _isBreakDue = use == KeyUse.Break;
                }

                if (count > 0)
                    return count;
            }

            _gone.Wait();
            throw new PeerGoneException();
        }

        public void Write(ReadOnlySpan<byte> bytes) => output.Write(bytes);

        public void WaitUntilRead(TimeSpan limit)
        {
        }

        public void Dispose()
        {
            _gone.Set();
            input.Dispose();
            output.Dispose();
        }

        private bool TryFill(int room)
        {
            if (_keys.Length < room)
                _keys = new byte[room];
            try
            {
                (_next, _end) = (0, input.Read(_keys.AsSpan(0, room)));
                return true;
            }
            catch (PeerGoneException)
            {
                return false;
            }
        }
    }
}

/// <summary>What happens with a byte from the terminal.</summary>
internal enum KeyUse
{
    /// <summary>The guest gets it.</summary>
    Guest,

    /// <summary>The guest gets a break instead.</summary>
    Break,

    /// <summary>It was a command, or for the monitor.</summary>
    Taken,
}
