using System.Net;
using System.Net.Sockets;

using Ps3Platform.Devices.Video;
using Ps3Platform.Screens.Feed;
using Ps3Platform.Screens.Input;

namespace Ps3Platform.Screens.Vnc;

/// <summary>
/// Serves a screen, keyboard and pointer to VNC viewers (RFC 6143, versions 3.3, 3.7 and 3.8). Each viewer has its own speed; one that does
/// not read costs a buffer, and one that breaks the protocol is disconnected.
/// </summary>
public sealed class VncServer : IDisposable
{
    private const int MostViewers = 16;

    private readonly ScreenFeed _feed;
    private readonly InputQueue _input;
    private readonly string _name;
    private readonly VncPassword? _password;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private readonly List<VncConnection> _connections = [];
    private readonly Task _accepting;

    private VncServer(ScreenFeed feed, InputQueue input, string name, VncPassword? password, Socket listener)
    {
        (_feed, _input, _name, _password, _listener) = (feed, input, name, password, listener);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Viewers that are connected.</summary>
    public int Viewers
    {
        get
        {
            lock (_gate)
                return _connections.Count;
        }
    }

    /// <summary>Called, from any thread, with what a person should know: who was refused, and why.</summary>
    public Action<string>? Noted { get; set; }

    /// <summary>Opens a server.</summary>
    /// <param name="spec">Where it listens.</param>
    /// <param name="feed">The screen.</param>
    /// <param name="input">Where keys and pointer go.</param>
    /// <param name="name">What viewers show as the desktop's name.</param>
    /// <exception cref="VncException">It cannot listen there, or the password cannot be read.</exception>
    public static VncServer Open(VncSpec spec, ScreenFeed feed, InputQueue input, string name)
    {
        ArgumentNullException.ThrowIfNull(spec);
        VncPassword? password = spec.PasswordFile is { } file ? ReadPassword(file) : null;
        return Open(new IPEndPoint(spec.Address, spec.Port), feed, input, name, password);
    }

    /// <summary>As the other, at any port.</summary>
    internal static VncServer Open(IPEndPoint address, ScreenFeed feed, InputQueue input, string name, VncPassword? password)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(MostViewers);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            string way = e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "; give another display" : "";
            throw new VncException($"cannot listen on {address}: {e.Message}{way}", e);
        }

        return new VncServer(feed, input, name, password, listener);
    }

    /// <summary>Disconnects all viewers and stops listening.</summary>
    public void Dispose()
    {
        _ended.Cancel();
        _listener.Dispose();
        _accepting.Wait();
        Task[] running;
        lock (_gate)
            running = [.. _connections.Select(static connection => connection.Ended)];
        Task.WaitAll(running);
        _ended.Dispose();
    }

    private static VncPassword ReadPassword(string file)
    {
        try
        {
            string line = File.ReadLines(file).FirstOrDefault("");
            if (line.Length == 0)
                throw new VncException($"{file} has no password in its first line");
            var password = new VncPassword(line);
            _ = password.Answer(new byte[VncPassword.ChallengeSize]);
            return password;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new VncException($"password file {file}: {e.Message}", e);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_ended.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The viewer was gone before it was accepted, or the process has no descriptor left for it.
                await Task.Delay(100).ConfigureAwait(false);
                continue;
            }

            socket.NoDelay = true;
            Start(socket);
        }
    }

    private void Start(Socket socket)
    {
        lock (_gate)
        {
            if (_connections.Count >= MostViewers)
            {
                Noted?.Invoke($"VNC: {socket.RemoteEndPoint} refused: {MostViewers} viewers are connected");
                socket.Dispose();
                return;
            }

            var connection = new VncConnection(socket, _feed, _input, _name, _password, DisconnectOthers);
            _connections.Add(connection);
            connection.Ended = Task.Run(() => RunAsync(connection));
        }
    }

    private async Task RunAsync(VncConnection connection)
    {
        try
        {
            if (await connection.RunAsync(_ended.Token).ConfigureAwait(false) is { } reason)
                Noted?.Invoke($"VNC: {connection.Peer} disconnected: {reason}");
        }
        finally
        {
            connection.Dispose();
            lock (_gate)
                _connections.Remove(connection);
        }
    }

    // A viewer has asked for the screen alone (RFC 6143 7.3.1).
    private void DisconnectOthers(VncConnection one)
    {
        lock (_gate)
        {
            foreach (VncConnection other in _connections)
            {
                if (other != one)
                    other.Close();
            }
        }
    }
}
