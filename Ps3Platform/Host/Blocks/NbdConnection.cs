using System.Buffers.Binary;
using System.Net.Sockets;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Host.Blocks;

/// <summary>
/// One connection to an NBD export, one request at a time. The server is not trusted: handles, offsets and lengths of its answers are
/// checked, and after the first that is wrong the connection is of no use any more.
/// </summary>
internal sealed class NbdConnection : IDisposable
{
    private const int LongestError = 4096;
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    private readonly Stream _stream;
    private readonly byte[] _head = new byte[32];
    private ulong _handle;

    private NbdConnection(Stream stream, NbdExport export)
    {
        _stream = stream;
        Export = export;
    }

    /// <summary>What the server offers.</summary>
    public NbdExport Export { get; }

    /// <summary>The server has gone, or has broken the protocol.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Connects and negotiates.</summary>
    /// <exception cref="BlockException">The server is not there, refuses, or breaks the protocol.</exception>
    public static NbdConnection Open(NbdAddress address)
    {
        try
        {
            var stream = new NetworkStream(address.Connect(), ownsSocket: true)
            {
                ReadTimeout = (int)LongestAnswer.TotalMilliseconds,
                WriteTimeout = (int)LongestAnswer.TotalMilliseconds,
            };
            return Open(stream, address.Export);
        }
        catch (SocketException e)
        {
            throw new BlockException(BlockError.Gone, ReasonOf(e));
        }
    }

    /// <summary>Negotiates on a connection, which is closed when that fails.</summary>
    /// <param name="stream">The connection to the server.</param>
    /// <param name="export">Name of the export.</param>
    /// <exception cref="BlockException">The server refuses, or breaks the protocol.</exception>
    public static NbdConnection Open(Stream stream, string export)
    {
        try
        {
            return new NbdConnection(stream, new NbdHandshake(stream, export).Run());
        }
        catch (Exception e)
        {
            stream.Dispose();
            if (e is IOException)
                throw new BlockException(BlockError.Gone, ReasonOf(e));
            throw;
        }
    }

    public void Read(ulong offset, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int count = (int)Math.Min((uint)buffer.Length, Export.LargestRequest);
            Transact(NbdCommand.Read, 0, offset, (uint)count, [], buffer[..count]);
            offset += (ulong)count;
            buffer = buffer[count..];
        }
    }

    public void Write(ulong offset, ReadOnlySpan<byte> buffer, bool forceUnitAccess)
    {
        ushort flags = forceUnitAccess ? NbdProtocol.CommandFlagForceUnitAccess : (ushort)0;
        while (buffer.Length > 0)
        {
            int count = (int)Math.Min((uint)buffer.Length, Export.LargestRequest);
            Transact(NbdCommand.Write, flags, offset, (uint)count, buffer[..count], []);
            offset += (ulong)count;
            buffer = buffer[count..];
        }
    }

    public void Flush() => Transact(NbdCommand.Flush, 0, 0, 0, [], []);

    public void Trim(ulong offset, ulong length)
    {
        const uint LargestTrim = 1U << 30;
        while (length > 0)
        {
            uint count = (uint)Math.Min(length, LargestTrim);
            Transact(NbdCommand.Trim, 0, offset, count, [], []);
            offset += count;
            length -= count;
        }
    }

    /// <summary>Tells the server that there is nothing more to come, and closes the connection.</summary>
    public void Dispose()
    {
        if (!IsBroken)
        {
            try
            {
                Send(NbdCommand.Disconnect, 0, 0, 0, []);
            }
            catch (IOException)
            {
                // It has gone already.
            }
        }

        _stream.Dispose();
    }

    private void Transact(NbdCommand command, ushort flags, ulong offset, uint length, ReadOnlySpan<byte> sent, Span<byte> received)
    {
        try
        {
            Send(command, flags, offset, length, sent);
            Receive(offset, received);
        }
        catch (IOException e)
        {
            IsBroken = true;
            throw new BlockException(BlockError.Gone, ReasonOf(e));
        }
    }

    private void Send(NbdCommand command, ushort flags, ulong offset, uint length, ReadOnlySpan<byte> data)
    {
        Span<byte> head = _head.AsSpan(0, 28);
        BinaryPrimitives.WriteUInt32BigEndian(head, NbdProtocol.RequestMagic);
        BinaryPrimitives.WriteUInt16BigEndian(head[4..], flags);
        BinaryPrimitives.WriteUInt16BigEndian(head[6..], (ushort)command);
        BinaryPrimitives.WriteUInt64BigEndian(head[8..], ++_handle);
        BinaryPrimitives.WriteUInt64BigEndian(head[16..], offset);
        BinaryPrimitives.WriteUInt32BigEndian(head[24..], length);
        _stream.Write(head);
        if (data.Length > 0)
            _stream.Write(data);
    }

    private void Receive(ulong offset, Span<byte> buffer)
    {
        Span<byte> word = _head.AsSpan(0, sizeof(uint));
        _stream.ReadExactly(word);
        switch (BinaryPrimitives.ReadUInt32BigEndian(word))
        {
            case NbdProtocol.SimpleReplyMagic:
                ReceiveSimple(buffer);
                break;
            case NbdProtocol.StructuredReplyMagic when Export.IsStructured:
                ReceiveChunks(offset, buffer);
                break;
            default:
                throw Broken("its answer has no known form");
        }
    }

    private void ReceiveSimple(Span<byte> buffer)
    {
        Span<byte> head = _head.AsSpan(0, 12);
        _stream.ReadExactly(head);
        CheckHandle(head[4..]);
        uint error = BinaryPrimitives.ReadUInt32BigEndian(head);
        if (error != 0)
            throw Failed(error, []);
        if (Export.IsStructured && buffer.Length > 0)
            throw Broken("it answers a read without chunks, though it has agreed on them");
        _stream.ReadExactly(buffer);
    }

    // The first word of the first chunk has been read.
    private void ReceiveChunks(ulong offset, Span<byte> buffer)
    {
        // No byte of an earlier request is left where a server forgets a piece.
        buffer.Clear();
        int left = buffer.Length;
        BlockException? failure = null;
        while (true)
        {
            Span<byte> head = _head.AsSpan(0, 16);
            _stream.ReadExactly(head);
            ushort flags = BinaryPrimitives.ReadUInt16BigEndian(head);
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
            CheckHandle(head[4..]);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(head[12..]);
            switch (type)
            {
                case NbdProtocol.ChunkNone when length == 0 && (flags & NbdProtocol.ChunkIsLast) != 0:
                    break;
                case NbdProtocol.ChunkData when length > sizeof(ulong):
                    left -= ReceiveData(offset, buffer, length - sizeof(ulong), left);
                    break;
                case NbdProtocol.ChunkHole when length == sizeof(ulong) + sizeof(uint):
                    left -= ReceiveHole(offset, buffer, left);
                    break;
                case var error when (error & NbdProtocol.ChunkIsError) != 0
                    && length is >= sizeof(uint) + sizeof(ushort) and <= LongestError:
                    failure ??= ReceiveError(length);
                    break;
                default:
                    throw Broken("a chunk of its answer is not as the protocol has it");
            }

            if ((flags & NbdProtocol.ChunkIsLast) != 0)
                break;
            _stream.ReadExactly(_head.AsSpan(0, sizeof(uint)));
            if (BinaryPrimitives.ReadUInt32BigEndian(_head) != NbdProtocol.StructuredReplyMagic)
                throw Broken("a chunk of its answer has no known form");
        }

        if (failure is not null)
            throw failure;
        if (left != 0)
            throw Broken("its answer to a read leaves bytes out");
    }

    private int ReceiveData(ulong offset, Span<byte> buffer, uint length, int left)
    {
        _stream.ReadExactly(_head.AsSpan(0, sizeof(ulong)));
        Span<byte> piece = Piece(BinaryPrimitives.ReadUInt64BigEndian(_head), length, offset, buffer, left);
        _stream.ReadExactly(piece);
        return piece.Length;
    }

    private int ReceiveHole(ulong offset, Span<byte> buffer, int left)
    {
        _stream.ReadExactly(_head.AsSpan(0, sizeof(ulong) + sizeof(uint)));
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_head.AsSpan(sizeof(ulong)));
        if (length == 0)
            throw Broken("its answer has an empty hole");
        Span<byte> piece = Piece(BinaryPrimitives.ReadUInt64BigEndian(_head), length, offset, buffer, left);
        piece.Clear();
        return piece.Length;
    }

    private Span<byte> Piece(ulong at, uint length, ulong offset, Span<byte> buffer, int left)
    {
        if (at < offset || at - offset > (uint)buffer.Length || length > (uint)left || length > (ulong)buffer.Length - (at - offset))
            throw Broken("its answer to a read has bytes that were not asked for");
        return buffer.Slice((int)(at - offset), (int)length);
    }

    private BlockException ReceiveError(uint length)
    {
        byte[] data = new byte[length];
        _stream.ReadExactly(data);
        int text = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(4)), data.Length - 6);
        return Failed(BinaryPrimitives.ReadUInt32BigEndian(data), data.AsSpan(6, text));
    }

    private void CheckHandle(ReadOnlySpan<byte> handle)
    {
        if (BinaryPrimitives.ReadUInt64BigEndian(handle) != _handle)
            throw Broken("it answers a request that was not made");
    }

    private BlockException Broken(string how)
    {
        IsBroken = true;
        return new BlockException(BlockError.Gone, $"the server breaks the protocol: {how}");
    }

    private static BlockException Failed(uint error, ReadOnlySpan<byte> text)
    {
        (BlockError kind, string reason) = error switch
        {
            1 => (BlockError.ReadOnly, "the server does not allow it"),
            28 => (BlockError.NoSpace, "the server has no space left"),
            108 => (BlockError.Gone, "the server shuts down"),
            _ => (BlockError.Io, $"the server reports error {error}"),
        };
        return new BlockException(kind, $"{reason}{NbdText.Said(text)}");
    }

    private static string ReasonOf(Exception e) => (e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "nobody listens there",
        SocketError.TimedOut or SocketError.WouldBlock => "the server does not answer",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "no such host",
        SocketError.AddressNotAvailable => "there is no such socket",
        _ => "the server has closed the connection",
    };
}
