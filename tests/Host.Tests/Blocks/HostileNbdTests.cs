using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Host.Blocks;

using Xunit;

namespace Host.Tests.Blocks;

/// <summary>Servers that break the protocol, in every length and handle they send, and by noise.</summary>
public sealed class HostileNbdTests
{
    private const ulong Size = 1 << 20;

    public static TheoryData<string, byte[]> Greetings => new()
    {
        { "nothing", [] },
        { "no server", [.. "HTTP/1.1 400 Bad Request\r\n\r\n"u8] },
        { "oldstyle", [.. "NBDMAGIC"u8, .. Big64(0x0000_4202_8186_1253), .. new byte[136]] },
        { "newstyle", [.. "NBDMAGIC"u8, .. "IHAVEOPT"u8, 0, 0] },
        { "option reply without magic", [.. Fixed, .. new byte[20]] },
        { "option reply of 4 GiB", [.. Fixed, .. OptionReply(8, 0x8000_0001, 0xffff_ffff, [])] },
        { "reply to another option", [.. Fixed, .. OptionReply(7, 1, 0, [])] },
        { "go without information", [.. Fixed, .. OptionReply(8, 1, 0, []), .. OptionReply(7, 1, 0, [])] },
        { "empty information", [.. Fixed, .. OptionReply(8, 1, 0, []), .. OptionReply(7, 3, 0, [])] },
        { "size of nothing", [.. Fixed, .. OptionReply(8, 1, 0, []), .. Info(0), .. OptionReply(7, 1, 0, [])] },
        { "size beyond all disks", [.. Fixed, .. OptionReply(8, 1, 0, []), .. Info(ulong.MaxValue), .. OptionReply(7, 1, 0, [])] },
        { "blocks of 4096",
            [.. Fixed, .. OptionReply(8, 1, 0, []), .. OptionReply(7, 3, 14, [0, 3, 0, 0, 16, 0, 0, 0, 16, 0, 0, 0, 16, 0])] },
        { "information without end",
            [.. Fixed, .. OptionReply(8, 1, 0, []), .. Enumerable.Repeat(Info(Size), 100).SelectMany(static x => x)] },
    };

    /// <summary>Answers to a read of 1024 bytes at 512 with handle 1.</summary>
    public static TheoryData<string, byte[]> Answers => new()
    {
        { "no known form", Big32(0x1234_5678) },
        { "another handle", Chunk(1, 1, 2, [.. Big64(512), .. new byte[1024]]) },
        { "simple reply with data", [.. Big32(0x6744_6698), .. Big32(0), .. Big64(1), .. new byte[1024]] },
        { "data before the range", Chunk(1, 1, 1, [.. Big64(0), .. new byte[1024]]) },
        { "data behind the range", Chunk(1, 1, 1, [.. Big64(1024), .. new byte[1024]]) },
        { "data far away", Chunk(1, 1, 1, [.. Big64(ulong.MaxValue), .. new byte[1024]]) },
        { "more data than asked for", Chunk(1, 1, 1, [.. Big64(512), .. new byte[1025]]) },
        { "a chunk of 4 GiB", [.. Big32(0x668e_33ef), 0, 1, 0, 1, .. Big64(1), .. Big32(0xffff_ffff), .. Big64(512)] },
        { "a chunk without data", Chunk(1, 1, 1, Big64(512)) },
        { "a hole without end", Chunk(1, 2, 1, [.. Big64(512), .. Big32(0xffff_ffff)]) },
        { "an empty hole", Chunk(1, 2, 1, [.. Big64(512), .. Big32(0)]) },
        { "bytes left out", Chunk(1, 1, 1, [.. Big64(512), .. new byte[512]]) },
        { "the same bytes twice and more",
            [.. Chunk(0, 1, 1, [.. Big64(512), .. new byte[1024]]), .. Chunk(1, 1, 1, [.. Big64(512), .. new byte[1024]])] },
        { "nothing, with a length", Chunk(1, 0, 1, new byte[4]) },
        { "an unknown chunk", Chunk(1, 77, 1, new byte[4]) },
        { "an error without a number", Chunk(1, 0x8001, 1, new byte[2]) },
        { "an error of 4 GiB", [.. Big32(0x668e_33ef), 0, 1, 0x80, 1, .. Big64(1), .. Big32(0xffff_ffff)] },
        { "the end in the middle", [.. Big32(0x668e_33ef), 0, 1, 0, 1] },
    };

    [Theory, MemberData(nameof(Greetings))]
    public void A_handshake_that_is_none_is_refused_by_a_message(string what, byte[] bytes)
    {
        using var server = new FakeServer(bytes, []);
        BlockOpenException refused = Assert.Throws<BlockOpenException>(() => Open(server));
        Assert.True(refused.Message.Length > 40, what);
    }

    [Theory, MemberData(nameof(Answers))]
    public void An_answer_that_is_none_ends_the_connection(string what, byte[] answer)
    {
        List<string> said = [];
        using var server = new FakeServer([.. Fixed, .. OptionReply(8, 1, 0, []), .. Info(Size), .. OptionReply(7, 1, 0, [])], answer);
        using IBlockBackend disk = Open(server, said);
        byte[] buffer = new byte[1024];

        Assert.Equal(BlockError.Gone, new BlockUser(disk).Read(512, buffer));
        Assert.True(said.Count == 1, what);
    }

    [Fact]
    public void An_error_chunk_with_a_text_is_shown_without_control_characters()
    {
        List<string> said = [];
        byte[] text = [.. "\u001b[2Jbad sector"u8];
        using var server = new FakeServer(
            [.. Fixed, .. OptionReply(8, 1, 0, []), .. Info(Size), .. OptionReply(7, 1, 0, [])],
            Chunk(1, 0x8001, 1, [.. Big32(5), 0xff, 0xff, .. text]));
        using IBlockBackend disk = Open(server, said);
        Assert.Equal(BlockError.Io, new BlockUser(disk).Read(512, new byte[1024]));
        Assert.Contains("[2Jbad sector", Assert.Single(said), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', said[0]);
    }

    [Fact]
    public void Noise_at_any_place_is_an_error_and_nothing_else()
    {
        byte[] greeting = [.. Fixed, .. OptionReply(8, 1, 0, []), .. Info(Size), .. OptionReply(7, 1, 0, [])];
        byte[] answer = Chunk(1, 1, 1, [.. Big64(512), .. new byte[1024]]);
        var random = new Random(20261201);
        for (int round = 0; round < 300; round++)
        {
            byte[] noisyGreeting = [.. greeting];
            byte[] noisyAnswer = [.. answer];
            byte[] target = round % 2 == 0 ? noisyGreeting : noisyAnswer;
            target[random.Next(Math.Min(target.Length, 80))] ^= (byte)(1 << random.Next(8));
            using var server = new FakeServer(noisyGreeting, noisyAnswer, patience: 200);
            try
            {
                using IBlockBackend disk = Open(server, []);
                BlockError error = new BlockUser(disk).Read(512, new byte[1024]);
                Assert.True(error is BlockError.None or BlockError.Gone or BlockError.Io or BlockError.OutOfRange or BlockError.ReadOnly,
                    $"{error}");
            }
            catch (BlockOpenException)
            {
                // Refused by a message.
            }
        }
    }

    private static byte[] Fixed => [.. "NBDMAGIC"u8, .. "IHAVEOPT"u8, 0, 3];

    private static IBlockBackend Open(FakeServer server, List<string>? said = null) =>
        BlockBackends.Open(new BlockOptions($"nbd://127.0.0.1:{server.Port}/"), said is null ? static _ => { }
    : said.Add);

    private static byte[] OptionReply(uint option, uint type, uint length, byte[] data) =>
        [.. Big64(0x0003_e889_0455_65a9), .. Big32(option), .. Big32(type), .. Big32(length), .. data];

    private static byte[] Info(ulong size) => OptionReply(7, 3, 12, [0, 0, .. Big64(size), 0, 0x0d]);

    private static byte[] Chunk(ushort flags, ushort type, ulong handle, byte[] data) =>
        [.. Big32(0x668e_33ef), (byte)(flags >> 8), (byte)flags, (byte)(type >> 8), (byte)type, .. Big64(handle),
            .. Big32((uint)data.Length), .. data];

    private static byte[] Big64(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Big32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Sends fixed bytes at the start and others after the first request, then nothing more.</summary>
    private sealed class FakeServer : IDisposable
    {
        // Client flags, the two options with their data, the first request: what the client sends before it waits for the answer.
        private const int BeforeAnswer = 4 + 16 + 16 + 8 + 28;
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly byte[] _greeting;
        private readonly byte[] _answer;

        // Milliseconds after which a client that waits for more is sent away.
        private readonly int _patience;

        public FakeServer(byte[] greeting, byte[] answer, int patience = 20_000)
        {
            _greeting = greeting;
            _answer = answer;
            _patience = patience;
            _listener.Start();
            new Thread(Serve) { IsBackground = true }.Start();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose() => _listener.Stop();

        private void Serve()
        {
            try
            {
                using TcpClient client = _listener.AcceptTcpClient();
                NetworkStream stream = client.GetStream();
                stream.ReadTimeout = _patience;
                stream.Write(_greeting);
                if (_answer.Length == 0)
                    return;
                stream.ReadExactly(new byte[BeforeAnswer]);
                stream.Write(_answer);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // The client has closed the connection.
            }
        }
    }
}
