using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Host.Tests.Blocks;

/// <summary>
/// An NBD server in this process whose cache can be lost: when a flush fails, and when its connection is cut. One client at a time.
/// </summary>
internal sealed class ForgetfulNbdServer : IDisposable
{
    public const int Size = 1 << 20;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _cache = new byte[Size];
    private readonly byte[] _medium = new byte[Size];
    private readonly Lock _lock = new();
    private Socket? _client;

    public ForgetfulNbdServer()
    {
        _listener.Start();
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>So many flushes fail from now on.</summary>
    public int FailingFlushes { get; set; }

    /// <summary>So many writes succeed from now on before one fails; null: all succeed.</summary>
    public int? WritesToFailure { get; set; }

    /// <summary>Writes that were asked for.</summary>
    public int Writes { get; private set; }

    /// <summary>What survives a power cut.</summary>
    public byte[] Medium
    {
        get
        {
            lock (_lock)
                return [.. _medium];
        }
    }

    /// <summary>Cuts the connection and loses the cache.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            Forget();
            _client?.Close();
        }
    }

    public void Dispose()
    {
        _listener.Stop();
        _client?.Close();
    }

    private void Forget() => _medium.CopyTo(_cache, 0);

    private void Serve()
    {
        while (true)
        {
            try
            {
                Socket client = _listener.AcceptSocket();
                lock (_lock)
                    _client = client;
                using var stream = new NetworkStream(client, ownsSocket: true);
                ShakeHands(stream);
                while (Answer(stream))
                {
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Cut.
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private static void ShakeHands(Stream stream)
    {
        const uint Go = 7;
        stream.Write([.. "NBDMAGIC"u8, .. "IHAVEOPT"u8, 0, 3]);
        Read(stream, 4);
        while (true)
        {
            byte[] head = Read(stream, 16);
            uint option = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(8));
            Read(stream, (int)BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(12)));
            if (option != Go)
            {
                Reply(stream, option, 0x8000_0001, []);
                continue;
            }

            byte[] info = new byte[12];
            BinaryPrimitives.WriteUInt64BigEndian(info.AsSpan(2), Size);
            // Has flags, takes flushes.
            info[11] = 5;
            Reply(stream, option, 3, info);
            Reply(stream, option, 1, []);
            return;
        }
    }

    private static void Reply(Stream stream, uint option, uint type, byte[] data)
    {
        byte[] head = new byte[20];
        BinaryPrimitives.WriteUInt64BigEndian(head, 0x0003_e889_0455_65a9);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(8), option);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(12), type);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(16), (uint)data.Length);
        stream.Write([.. head, .. data]);
    }

    private bool Answer(Stream stream)
    {
        byte[] head = Read(stream, 28);
        int offset = (int)BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(16));
        int length = (int)BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(24));
        byte[] back = [];
        uint error = 0;
        int command = head[7];
        byte[] data = command == 1 ? Read(stream, length) : [];
        lock (_lock)
        {
            switch (command)
            {
                case 0:
                    back = _cache[offset..(offset + length)];
                    break;
                case 1:
                    error = Write(offset, data);
                    break;
                case 3:
                    error = Flush();
                    break;
                default:
                    return false;
            }
        }

        byte[] reply = new byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(reply, 0x6744_6698);
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(4), error);
        head.AsSpan(8, 8).CopyTo(reply.AsSpan(8));
        stream.Write([.. reply, .. back]);
        return true;
    }

    private uint Write(int offset, byte[] data)
    {
        Writes++;
        if (WritesToFailure-- == 0)
        {
            WritesToFailure = null;
            return 5;
        }

        data.CopyTo(_cache, offset);
        return 0;
    }

    private uint Flush()
    {
        if (FailingFlushes > 0)
        {
            FailingFlushes--;
            Forget();
            return 5;
        }

        _cache.CopyTo(_medium, 0);
        return 0;
    }

    private static byte[] Read(Stream stream, int count)
    {
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
