using System.Net.Sockets;

using Ps3Platform.Devices.Network;
using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Network;

/// <summary>
/// A switch that processes share through a Unix socket. The process that comes first is the switch and listens; the others connect to it.
/// When it ends, one of the others takes its place. Frames that are sent in between are dropped and counted.
/// </summary>
internal sealed class SharedSwitch : INetworkBackend, IDisposable
{
    /// <summary>Other processes that the switch takes.</summary>
    public const int MostPeers = 64;

    private const int StackSize = 256 << 10;
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);
    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly EthernetSwitch _switch = new();
    private readonly List<SwitchPeer> _peers = [];
    private readonly ManualResetEventSlim _stop = new();
    private volatile INetworkBackend? _current;
    private volatile IPacketSink? _sink;
    private Socket? _listener;
    private long _dropped;

    /// <summary>Connects to the switch, or becomes it.</summary>
    /// <exception cref="NetworkException">Neither is possible.</exception>
    public SharedSwitch(string path)
    {
        _path = path;
        try
        {
            Join();
        }
        catch (Exception e) when (e is SocketException || FileErrors.IsFileError(e))
        {
            string reason = e is SocketException ? e.Message : FileErrors.Reason(e);
            throw new NetworkException($"switch,socket={path}: cannot be made: {reason}; give another path.", e);
        }
    }

    /// <summary>This process is the switch.</summary>
    public bool IsSwitch => _listener is not null;

    /// <summary>Frames of this machine that were sent while there was no switch, or that a peer has not taken.</summary>
    public long Dropped
    {
        get
        {
            lock (_gate)
                return Interlocked.Read(ref _dropped) + _peers.Sum(static peer => peer.Dropped);
        }
    }

    public void Attach(IPacketSink? sink)
    {
        _sink = sink;
        _current?.Attach(sink);
    }

    public void Send(ReadOnlySpan<byte> frame)
    {
        if (_current is { } current)
            current.Send(frame);
        else
            Interlocked.Increment(ref _dropped);
    }

    public void Dispose()
    {
        _stop.Set();
        SwitchPeer[] peers;
        lock (_gate)
        {
            _current = null;
            peers = [.. _peers];
            if (_listener is { } listener)
            {
                _listener = null;
                listener.Dispose();
                File.Delete(_path);
            }
        }

        foreach (SwitchPeer peer in peers)
            peer.Dispose();
    }

    // Two processes that come at once must not both become the switch: a lock beside the socket decides. Its file is left there, because
    // taking it away would let a third process lock another file of the same name.
    private void Join()
    {
        if (FileKinds.Of(_path) is not (FileKind.Missing or FileKind.Socket) and var kind)
            throw new NetworkException($"switch,socket={_path}: is {FileKinds.Describe(kind)}; give the path of a socket.");
        using FileStream held = Lock();
        if (TryConnect())
            return;
        if (FileKinds.Of(_path) == FileKind.Socket)
            File.Delete(_path);
        Listen();
    }

    private FileStream Lock()
    {
        // Another process holds it for milliseconds only.
        for (int tries = 0; ; tries++)
        {
            try
            {
                return new FileStream($"{_path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && tries < 50)
            {
                Thread.Sleep(20);
            }
        }
    }

    private bool TryConnect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(_path));
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }

        var peer = new SwitchPeer(socket, $"switch {_path}", OnSwitchGone);
        peer.Attach(_sink);
        bool isStopped;
        lock (_gate)
        {
            isStopped = _stop.IsSet;
            if (!isStopped)
            {
                _peers.Add(peer);
                _current = peer;
            }
        }

        if (isStopped)
        {
            peer.Dispose();
            return true;
        }

        // Attach may have been called in between.
        peer.Attach(_sink);
        peer.Start();
        return true;
    }

    private void Listen()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(_path));
            // Before the first connection, which needs Listen.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(MostPeers);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        INetworkBackend port = _switch.Connect();
        port.Attach(_sink);
        lock (_gate)
        {
            if (_stop.IsSet)
            {
                listener.Dispose();
                File.Delete(_path);
                return;
            }

            _listener = listener;
            _current = port;
        }

        port.Attach(_sink);
        new Thread(() => AcceptAll(listener), StackSize) { IsBackground = true, Name = $"switch {_path}" }.Start();
    }

    private void AcceptAll(Socket listener)
    {
        while (!_stop.IsSet)
        {
            try
            {
                Add(listener.Accept());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // No more descriptors, or a client that has gone already: the next one may be served.
                if (_stop.Wait(Retry))
                    return;
            }
        }
    }

    private void Add(Socket socket)
    {
        INetworkBackend port = _switch.Connect();
        var peer = new SwitchPeer(socket, $"switch port {_path}", ended =>
        {
            _switch.Disconnect(port);
            Forget(ended);
        });
        lock (_gate)
        {
            if (_peers.Count < MostPeers && !_stop.IsSet)
            {
                _peers.Add(peer);
                peer.Attach(port);
                port.Attach(peer);
                peer.Start();
                return;
            }
        }

        peer.Dispose();
    }

    private void Forget(SwitchPeer peer)
    {
        lock (_gate)
        {
            if (_peers.Remove(peer))
                Interlocked.Add(ref _dropped, peer.Dropped);
        }
    }

    private void OnSwitchGone(SwitchPeer peer)
    {
        Forget(peer);
        _current = null;
        if (!_stop.IsSet)
            new Thread(JoinAgain, StackSize) { IsBackground = true, Name = $"switch {_path}" }.Start();
    }

    private void JoinAgain()
    {
        while (!_stop.IsSet)
        {
            try
            {
                Join();
                return;
            }
            catch (Exception e) when (e is SocketException or NetworkException || FileErrors.IsFileError(e))
            {
                _stop.Wait(Retry);
            }
        }
    }
}
