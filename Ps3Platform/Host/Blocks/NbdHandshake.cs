using System.Buffers.Binary;
using System.Text;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Host.Blocks;

/// <summary>The fixed newstyle handshake. The server is not trusted: every length is checked before it is used.</summary>
/// <param name="stream">The connection.</param>
/// <param name="name">Name of the export.</param>
internal sealed class NbdHandshake(Stream stream, string name)
{
    private const uint Sector = 512;
    private const uint UsualLargestRequest = 32 << 20;

    // The longest reply that is read whole; longer ones are no reply to what is asked here.
    private const int LongestReply = 64 << 10;
    private const int MostReplies = 64;
    private const int ZeroesOfOldServers = 124;

    /// <summary>Negotiates.</summary>
    /// <exception cref="BlockException">The server refuses, or breaks the protocol.</exception>
    public NbdExport Run()
    {
        Span<byte> greeting = stackalloc byte[18];
        stream.ReadExactly(greeting);
        if (BinaryPrimitives.ReadUInt64BigEndian(greeting) != NbdProtocol.ServerMagic)
            throw Broken("it is no NBD server");
        if (BinaryPrimitives.ReadUInt64BigEndian(greeting[8..]) != NbdProtocol.OptionMagic)
            throw Broken("the server speaks the oldstyle protocol only; use one that speaks fixed newstyle");
        ushort offered = BinaryPrimitives.ReadUInt16BigEndian(greeting[16..]);
        if ((offered & NbdProtocol.FixedNewstyle) == 0)
            throw Broken("the server speaks the newstyle protocol before it was fixed; use one that speaks fixed newstyle");
        uint flags = offered & (uint)(NbdProtocol.FixedNewstyle | NbdProtocol.NoZeroes);
        Span<byte> answer = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(answer, flags);
        stream.Write(answer);

        SendOption(NbdProtocol.OptionStructuredReply, []);
        bool isStructured = ReadReply(NbdProtocol.OptionStructuredReply, out _) == NbdProtocol.ReplyAcknowledge;
        return Go(isStructured) ?? ExportName(isStructured, hasZeroes: (flags & NbdProtocol.NoZeroes) == 0);
    }

    // NBD_OPT_GO. Null: the server does not know it.
    private NbdExport? Go(bool isStructured)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        byte[] data = new byte[sizeof(uint) + bytes.Length + (2 * sizeof(ushort))];
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)bytes.Length);
        bytes.CopyTo(data, sizeof(uint));
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(sizeof(uint) + bytes.Length), 1);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(sizeof(uint) + bytes.Length + sizeof(ushort)), NbdProtocol.InfoBlockSize);
        SendOption(NbdProtocol.OptionGo, data);
        NbdExport? export = null;
        uint largest = UsualLargestRequest;
        for (int replies = 0; replies < MostReplies; replies++)
        {
            uint type = ReadReply(NbdProtocol.OptionGo, out byte[] reply);
            switch (type)
            {
                case NbdProtocol.ReplyInfo when reply.Length >= sizeof(ushort):
                    ReadInfo(reply, isStructured, ref export, ref largest);
                    break;
                case NbdProtocol.ReplyAcknowledge when export is not null:
                    return export with { LargestRequest = largest };
                case NbdProtocol.ReplyUnsupported:
                    return null;
                case var error when (error & NbdProtocol.ReplyIsError) != 0:
                    throw Refused(error, reply);
                default:
                    throw Broken("the server's answer to NBD_OPT_GO is not as the protocol has it");
            }
        }

        throw Broken("the server's answer to NBD_OPT_GO does not end");
    }

    private static void ReadInfo(byte[] reply, bool isStructured, ref NbdExport? export, ref uint largest)
    {
        switch (BinaryPrimitives.ReadUInt16BigEndian(reply))
        {
            case NbdProtocol.InfoExport when reply.Length == 12:
                export = Export(BinaryPrimitives.ReadUInt64BigEndian(reply.AsSpan(2)),
                    BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(10)), isStructured);
                break;
            case NbdProtocol.InfoBlockSize when reply.Length == 14:
                uint least = BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(2));
                uint most = BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(10));
                if (least > Sector)
                    throw Broken($"the server wants blocks of {least} bytes; give an export that can be read in {Sector}");
                largest = Math.Clamp(most, Sector, UsualLargestRequest) / Sector * Sector;
                break;
            default:
                break;
        }
    }

    // NBD_OPT_EXPORT_NAME, which has no error reply: a server that does not know the name closes the connection.
    private NbdExport ExportName(bool isStructured, bool hasZeroes)
    {
        SendOption(NbdProtocol.OptionExportName, Encoding.UTF8.GetBytes(name));
        byte[] reply = new byte[sizeof(ulong) + sizeof(ushort) + (hasZeroes ? ZeroesOfOldServers : 0)];
        stream.ReadExactly(reply);
        return Export(
            BinaryPrimitives.ReadUInt64BigEndian(reply), BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(sizeof(ulong))), isStructured);
    }

    private static NbdExport Export(ulong length, ushort flags, bool isStructured) => length is >= Sector and <= long.MaxValue
        ? new NbdExport(length, (NbdFlags)flags, UsualLargestRequest, isStructured)
        : throw Broken($"the export has {length} bytes, which no disk has");

    private void SendOption(uint option, ReadOnlySpan<byte> data)
    {
        byte[] bytes = new byte[16 + data.Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, NbdProtocol.OptionMagic);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), option);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), (uint)data.Length);
        data.CopyTo(bytes.AsSpan(16));
        stream.Write(bytes);
    }

    private uint ReadReply(uint option, out byte[] data)
    {
        Span<byte> head = stackalloc byte[20];
        stream.ReadExactly(head);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(head[16..]);
        if (BinaryPrimitives.ReadUInt64BigEndian(head) != NbdProtocol.OptionReplyMagic
            || BinaryPrimitives.ReadUInt32BigEndian(head[8..]) != option || length > LongestReply)
        {
            throw Broken("the server's answer to an option is not as the protocol has it");
        }

        data = new byte[length];
        stream.ReadExactly(data);
        return BinaryPrimitives.ReadUInt32BigEndian(head[12..]);
    }

    private BlockException Refused(uint error, byte[] reply)
    {
        string reason = (error & ~NbdProtocol.ReplyIsError) switch
        {
            2 => "the server does not allow it",
            5 => "the server wants TLS, which is not supported",
            6 => $"the server has no export \"{name}\"",
            7 => "the server shuts down",
            _ => "the server refuses",
        };
        return Broken($"{reason}{NbdText.Said(reply)}");
    }

    private static BlockException Broken(string reason) => new(BlockError.Gone, reason);
}

/// <summary>Texts of a server's, for messages.</summary>
internal static class NbdText
{
    private const int Longest = 200;

    /// <summary>What the server said, in brackets, or nothing. Whatever a terminal would obey is left out.</summary>
    public static string Said(ReadOnlySpan<byte> text)
    {
        string said = new(
            [.. Encoding.UTF8.GetString(text[..Math.Min(text.Length, Longest)]).Where(static letter => !char.IsControl(letter))]);
        return said.Length == 0 ? "" : $" ({said})";
    }
}
