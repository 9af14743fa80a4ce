using System.Buffers.Binary;
using System.Net.Sockets;

namespace Boot.Tests.Drivers;

/// <summary>
/// A station on a machine's switch: it is 10.0.2.2, answers ARP and pings, and floods everybody with numbered frames. Before each frame on
/// the socket stands its length as four bytes, big-endian.
/// </summary>
internal sealed class FloodingPeer : IDisposable
{
    private const int HeaderSize = 14;
    private const int FloodSize = 300;
    private const int FloodAtOnce = 4;
    private const ushort FloodType = 0x88b5;
    private static readonly byte[] Mac = [0x02, 0, 0, 0, 0, 0x22];
    private static readonly byte[] Address = [10, 0, 2, 2];

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Lock _sending = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _answering;
    private readonly Task _flooding;

    /// <summary>Connects to a switch as soon as it is there.</summary>
    public FloodingPeer(string path)
    {
        Connect(path);
        // Threads of their own: other tests keep those of the pool busy.
        _answering = Task.Factory.StartNew(Answer, default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _flooding = Task.Factory.StartNew(Flood, default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public long Flooded { get; private set; }

    public long Answered { get; private set; }

    public void Dispose()
    {
        _end.Cancel();
        _socket.Dispose();
        Task.WaitAll(_answering, _flooding);
        _end.Dispose();
    }

    private void Connect(string path)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                _socket.Connect(new UnixDomainSocketEndPoint(path));
                return;
            }
            catch (SocketException) when (tries < 6000)
            {
                Thread.Sleep(10);
            }
        }
    }

    private void Answer()
    {
        var stream = new NetworkStream(_socket);
        Span<byte> length = stackalloc byte[4];
        try
        {
            while (true)
            {
                stream.ReadExactly(length);
                byte[] frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
                stream.ReadExactly(frame);
                if (!TryAnswer(frame))
                    continue;
                Send(frame);
                Answered++;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The machine has ended, or the test.
        }
    }

    private void Flood()
    {
        byte[] frame = new byte[FloodSize];
        frame.AsSpan(0, 6).Fill(0xff);
        Mac.CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), FloodType);
        try
        {
            while (!_end.IsCancellationRequested)
            {
                for (int i = 0; i < FloodAtOnce; i++)
                {
                    BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(HeaderSize), (uint)Flooded++);
                    Send(frame);
                }

                Thread.Sleep(1);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // As above.
        }
    }

    private void Send(byte[] frame)
    {
        byte[] message = new byte[4 + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, frame.Length);
        frame.CopyTo(message, 4);
        lock (_sending)
        {
            for (int sent = 0; sent < message.Length;)
                sent += _socket.Send(message, sent, message.Length - sent, SocketFlags.None);
        }
    }

    // Turns a question into its answer.
    private static bool TryAnswer(byte[] frame)
    {
        const int ArpOperation = HeaderSize + 6, ArpSender = HeaderSize + 8, ArpTarget = HeaderSize + 18, ArpEnd = HeaderSize + 28;
        const int IpFrom = HeaderSize + 12, IpTo = HeaderSize + 16, Icmp = HeaderSize + 20;
        if (frame.Length < ArpEnd)
            return false;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));
        if (type == 0x0806 && frame[ArpOperation + 1] == 1 && frame.AsSpan(ArpTarget + 6, 4).SequenceEqual(Address))
        {
            frame[ArpOperation + 1] = 2;
            frame.AsSpan(ArpSender, 10).CopyTo(frame.AsSpan(ArpTarget));
            Mac.CopyTo(frame, ArpSender);
            Address.CopyTo(frame, ArpSender + 6);
        }
        else if (type == 0x0800 && frame[HeaderSize + 9] == 1 && frame[Icmp] == 8)
        {
            frame[Icmp] = 0;
            // The type's word is 0x0800 less, so that the complement of the sum is that much more, with the carry added.
            int sum = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(Icmp + 2)) + 0x0800;
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Icmp + 2), (ushort)(sum + (sum >> 16)));
            frame.AsSpan(IpFrom, 4).CopyTo(frame.AsSpan(IpTo));
            Address.CopyTo(frame, IpFrom);
        }
        else
        {
            return false;
        }

        frame.AsSpan(6, 6).CopyTo(frame);
        Mac.CopyTo(frame, 6);
        return true;
    }
}
