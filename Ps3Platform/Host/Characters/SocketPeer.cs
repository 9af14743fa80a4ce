using System.Net.Sockets;

namespace Ps3Platform.Host.Characters;

/// <summary>A client of a socket.</summary>
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
            // Without keep-alive, the crash of a client's host would not be noticed.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.NoDelay = true;
        }
    }

    public bool IsGone => _gone.IsSet;

    /// <summary>True when the client has closed at least its sending end: it sends no more, and may not read either.</summary>
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

        // A client such as "echo reboot | nc -N" closes its sending end and still waits for the answer.
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

    public void WaitUntilRead(TimeSpan limit)
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
                // Ends blocked calls and lets the client read all sent bytes. Closing during a call would discard them.
                _socket.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // The connection has already been closed.
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
