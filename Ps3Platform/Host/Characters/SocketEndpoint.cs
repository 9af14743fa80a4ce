using System.Net;
using System.Net.Sockets;

using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Characters;

/// <summary>
/// A listening socket with one client at a time. Another client that connects meanwhile gets a message and is refused, unless the first
/// has closed its end; then it replaces the first.
/// </summary>
internal sealed class SocketEndpoint : IEndpoint
{
    private const int Backlog = 4;
    private readonly Socket _listener;
    private readonly string? _path;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _came = new(false);
    private readonly Thread _accepting;
    private SocketPeer? _next;
    private SocketPeer? _current;
    private long _refused;
    private volatile bool _isStopped;

    private SocketEndpoint(Socket listener, string name, string? path)
    {
        _listener = listener;
        _path = path;
        Name = name;
        _accepting = new Thread(AcceptAll, 256 << 10) { IsBackground = true, Name = $"accept {name}" };
        _accepting.Start();
    }

    public string Name { get; }

    public bool HasFurtherPeers => true;

    public TimeSpan DrainLimit => TimeSpan.FromSeconds(1);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Listens on a TCP port.</summary>
    /// <exception cref="CharacterException">It cannot be listened on.</exception>
    public static SocketEndpoint ListenTcp(CharacterSpec spec)
    {
        IPAddress address = Resolve(spec);
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(address, spec.Port));
            listener.Listen(Backlog);
            return new SocketEndpoint(listener, $"tcp:{listener.LocalEndPoint}", null);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new CharacterException($"{spec}: {Problem(e.SocketErrorCode, spec)}.", e);
        }
    }

    /// <summary>Listens on a Unix socket to which only its owner may connect. A socket file left by a dead process is replaced.</summary>
    /// <exception cref="CharacterException">It cannot be listened on.</exception>
    public static SocketEndpoint ListenUnix(CharacterSpec spec)
    {
        MakeRoom(spec);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(spec.Path));
            // Set before Listen, so before a client can connect.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(spec.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(Backlog);
            return new SocketEndpoint(listener, spec.ToString(), spec.Path);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new CharacterException($"{spec}: {Problem(e.SocketErrorCode, spec)}.", e);
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            listener.Dispose();
            throw new CharacterException($"{spec}: cannot be made: {FileErrors.Reason(e)}; give another path.", e);
        }
    }

    public IPeer? WaitForPeer()
    {
        while (!_isStopped)
        {
            lock (_gate)
            {
                if (_next is { } peer)
                {
                    _next = null;
                    return peer;
                }
            }

            _came.WaitOne();
        }

        return null;
    }

    public void Stop()
    {
        _isStopped = true;
        _listener.Dispose();
        _came.Set();
        lock (_gate)
            _next?.Dispose();
        if (_path is not null && FileKinds.Of(_path) == FileKind.Socket)
            File.Delete(_path);
    }

    public void Dispose()
    {
        if (_accepting.Join(TimeSpan.FromSeconds(1)))
            _came.Dispose();
    }

    private static IPAddress Resolve(CharacterSpec spec)
    {
        if (IPAddress.TryParse(spec.Host, out IPAddress? address))
            return address;
        try
        {
            return Dns.GetHostAddresses(spec.Host)[0];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new CharacterException(
                $"{spec}: {spec.Host} is no address and no name that is known here; write for instance tcp:127.0.0.1:{spec.Port}.", e);
        }
    }

    private static void MakeRoom(CharacterSpec spec)
    {
        FileKind kind = FileKinds.Of(spec.Path);
        if (kind == FileKind.Missing)
        {
            string? folder = Path.GetDirectoryName(Path.GetFullPath(spec.Path));
            if (!Directory.Exists(folder))
                throw new CharacterException($"{spec}: there is no folder {folder}; make it first.");
            return;
        }

        if (kind != FileKind.Socket)
            throw new CharacterException($"{spec}: {spec.Path} is {FileKinds.Describe(kind)}, not a socket; give another path.");
        // A datagram socket cannot connect to a listener, but the error shows whether there is one: EPROTOTYPE, or ECONNREFUSED (unix(7)).
        // A stream socket would connect, and receive the text that is kept for the next client.
        using var probe = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(spec.Path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // No process listens; the one that made the socket has died.
            File.Delete(spec.Path);
            return;
        }
        catch (SocketException e) when (e.SocketErrorCode != SocketError.ProtocolType)
        {
            throw new CharacterException($"{spec}: {Problem(e.SocketErrorCode, spec)}.", e);
        }
        catch (SocketException)
        {
            // A process listens.
        }

        throw new CharacterException($"{spec}: {Problem(SocketError.AddressAlreadyInUse, spec)}.");
    }

    private static string Problem(SocketError error, CharacterSpec spec) => error switch
    {
        SocketError.AddressAlreadyInUse when spec.Kind == CharacterKind.Tcp =>
            "another program listens on that port; give another one, or 0 for any that is free",
        SocketError.AddressAlreadyInUse => "another program listens there; give another path",
        SocketError.AccessDenied when spec.Kind == CharacterKind.Tcp => "permission denied; give a port of 1024 or more",
        SocketError.AccessDenied => "permission denied; give another path",
        SocketError.AddressNotAvailable when spec.Kind == CharacterKind.Tcp =>
            "that is no address of this host; give 127.0.0.1 for programs of this host, or 0.0.0.0 for everybody who can reach it",
        _ => $"cannot be listened on ({error}); give another one",
    };

    private void AcceptAll()
    {
        while (!_isStopped)
        {
            try
            {
                Admit(_listener.Accept());
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client has already gone, or the process has no file descriptor left. A closed listener ends the loop.
                if (!_isStopped)
                    Thread.Sleep(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private void Admit(Socket client)
    {
        lock (_gate)
        {
            if (_isStopped || _current is { IsHalfGone: false })
            {
                Interlocked.Increment(ref _refused);
                TurnAway(client);
                return;
            }

            _current?.Dispose();
            _current = _next = new SocketPeer(client);
        }

        _came.Set();
    }

    private static void TurnAway(Socket client)
    {
        try
        {
            client.Blocking = false;
            client.Send("ps3: another client is connected\r\n"u8);
            client.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The client has already gone.
        }

        client.Dispose();
    }
}
