using System.Net.Sockets;

namespace Ps3Platform.Host.Characters;

/// <summary>A client.</summary>
internal sealed class SocketPeer : IPeer
{
    private readonly Socket _socket;
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _gone = new(false);
    private int _users;
    private volatile bool _hasEnded;

    public SocketPeer(Socket socket)
    {
        _socket = socket;
        if (socket.ProtocolType == ProtocolType.Tcp)
        {
            // A client whose host has died sends nothing that would say so.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.NoDelay = true;
        }
    }

    public bool IsGone => _gone.IsSet;

    /// <summary>The client has closed at least its sending end: it sends no more, and perhaps does not read either.</summary>
    public bool IsHalfGone
    {
        get
        {
            if (_hasEnded || !Enter())
                return true;
            bool isHungUp = OperatingSystem.IsLinux() && PosixDescriptor.IsHungUp((int)_socket.Handle);
            Exit();
            return isHungUp;
        }
    }

    public int Read(Span<byte> buffer)
    {
        if (!_hasEnded && Enter())
        {
            try
            {
                int count = _socket.Receive(buffer);
                if (count > 0)
                    return count;
                _hasEnded = true;
            }
            catch (SocketException)
            {
                throw Gone();
            }
            finally
            {
                Exit();
            }
        }

        // "echo reboot | nc -N" closes its sending end and waits for the answer.
        _gone.Wait();
        throw new PeerGoneException();
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (!Enter())
                throw new PeerGoneException();
            try
            {
                bytes = bytes[_socket.Send(bytes)..];
            }
            catch (SocketException)
            {
                throw Gone();
            }
            finally
            {
                Exit();
            }
        }
    }

    public void Linger(TimeSpan patience)
    {
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_gone.IsSet)
                return;
            _gone.Set();
            try
            {
                // Ends calls that block, and lets the client read all that was sent, which closing in the midst of a call does not.
                _socket.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // The connection has gone already.
            }

            if (_users == 0)
                _socket.Dispose();
        }
    }

    private PeerGoneException Gone()
    {
        Dispose();
        return new PeerGoneException();
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
            if (--_users == 0 && _gone.IsSet)
                _socket.Dispose();
        }
    }
}
