using System.Buffers.Binary;
using System.Net.Sockets;

using Ps3Platform.Devices.Network;

namespace Ps3Platform.Host.Network;

/// <summary>
/// The other end of a switch's Unix socket: frames in both directions, each behind its length as four bytes, big-endian (the same as
/// QEMU's netdev <c>stream</c>). What a peer sends is not trusted. A peer that does not read loses frames, and a length that no frame can
/// have ends the connection.
/// </summary>
internal sealed class SwitchPeer : INetworkBackend, IFrameWriter, IDisposable
{
    /// <summary>Longest frame that is skipped; a greater length is no frame's, but the connection is out of step.</summary>
    public const int LongestSkipped = 1 << 17;

    private const int Prefix = sizeof(int);
    private const int StackSize = 256 << 10;
    private readonly Socket _socket;
    private readonly Action<SwitchPeer> _ended;
    private readonly FramePump _pump;
    private readonly byte[] _output = new byte[64 << 10];
    private readonly Thread _reading;
    private volatile IPacketSink? _sink;
    private int _outputUsed;
    private int _isEnded;
    private long _malformed;

    /// <summary>Takes a connected socket over. <see cref="Start"/> begins to read.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="name">For the names of threads.</param>
    /// <param name="ended">Called once when the connection has ended, on any thread.</param>
    public SwitchPeer(Socket socket, string name, Action<SwitchPeer> ended)
    {
        _socket = socket;
        _ended = ended;
        _pump = new FramePump(name, this);
        _reading = new Thread(Read, StackSize) { IsBackground = true, Name = $"frames from {name}" };
    }

    /// <summary>Frames to the peer that were dropped.</summary>
    public long Dropped => _pump.Dropped;

    /// <summary>Frames from the peer that were too short or too long, and connections that were out of step.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    public void Start() => _reading.Start();

    public void Attach(IPacketSink? sink) => _sink = sink;

    public void Send(ReadOnlySpan<byte> frame) => _pump.Send(frame);

    void IFrameWriter.Write(ReadOnlySpan<byte> frame)
    {
        if (_output.Length - _outputUsed < frame.Length + Prefix)
            ((IFrameWriter)this).Flush();
        BinaryPrimitives.WriteInt32BigEndian(_output.AsSpan(_outputUsed), frame.Length);
        frame.CopyTo(_output.AsSpan(_outputUsed + Prefix));
        _outputUsed += Prefix + frame.Length;
    }

    void IFrameWriter.Flush()
    {
        int sent = 0;
        try
        {
            while (sent < _outputUsed)
                sent += _socket.Send(_output.AsSpan(sent, _outputUsed - sent), SocketFlags.None);
        }
        catch (SocketException e)
        {
            End();
            throw new IOException(e.Message, e);
        }

        _outputUsed = 0;
    }

    public void Dispose()
    {
        End();
        _pump.Dispose();
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
            return;
        _socket.Dispose();
        _ended(this);
    }

    private void Read()
    {
        var reader = new FrameReader(frame => _sink?.Send(frame), () => Interlocked.Increment(ref _malformed));
        var input = new byte[64 << 10];
        try
        {
            for (int count; (count = _socket.Receive(input)) > 0;)
            {
                if (!reader.TryAdd(input.AsSpan(0, count)))
                    break;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has gone, or this end was closed.
        }

        End();
        _pump.Dispose();
    }
}
