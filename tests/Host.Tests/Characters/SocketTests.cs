using System.Net;
using System.Net.Sockets;
using System.Text;

using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Characters;

using Xunit;

namespace Host.Tests.Characters;

/// <summary>TCP and Unix sockets, with peers of every kind.</summary>
public sealed class SocketTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-chr-").FullName;

    public static TheoryData<string> Kinds => ["tcp", "unix"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Kinds))]
    public void Bytes_go_both_ways(string kind)
    {
        using CharacterBackend backend = Open(kind, takesInput: true);
        using Socket client = Connect(backend);
        byte[] sent = Eventually.Pattern(3_000_000);
        var reading = new Background<byte[]>(() => Receive(client, sent.Length));

        Eventually.WriteAll(backend, sent);
        client.Send("typed\r"u8);

        Assert.Equal(sent, reading.Result);
        Eventually.Reads(backend, "typed\r");
        Assert.True(backend.Drain());
        Assert.Equal(new CharacterCounts { Sent = sent.Length, Received = 6, Connections = 1 }, backend.Counts);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_late_client_gets_the_newest_text(string kind)
    {
        using CharacterBackend backend = Open(kind, takesInput: false, output: 1000);
        byte[] text = Eventually.Pattern(3500);
        Assert.Equal(1000, backend.Room);
        Eventually.Soon(() =>
        {
            for (int at = 0; at < text.Length; at += 70)
                Assert.Equal(70, backend.Write(text.AsSpan(at, 70)));
        });
        Assert.Equal((2500, 1000, CharacterState.Waiting), (backend.Counts.Dropped, backend.Counts.Pending, backend.State));
        Eventually.Soon(() => Assert.False(backend.Drain()));

        using Socket client = Connect(backend);

        Assert.Equal(text[2500..], Receive(client, 1000));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_peer_that_never_reads_stops_no_one_else(string kind)
    {
        using CharacterBackend backend = Open(kind, takesInput: false, output: 64 << 10);
        using Socket client = Connect(backend);
        byte[] text = Eventually.Pattern(1 << 20);
        Eventually.Fill(backend, text);

        Eventually.Soon(() =>
        {
            for (int i = 0; i < 1000; i++)
                backend.Write(text);
        });
        Assert.Equal(CharacterState.Connected, backend.State);
        CharacterCounts counts = backend.Counts;
        Assert.True(counts.Pending <= (64 << 10) + (32 << 10), $"{counts.Pending} bytes are held");
        Eventually.Soon(() => Assert.False(backend.Drain()));
        Eventually.Soon(backend.Dispose);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_refused_sender_is_told_when_there_is_room(string kind)
    {
        using CharacterBackend backend = Open(kind, takesInput: false, output: 64 << 10);
        using Socket client = Connect(backend);
        byte[] text = Eventually.Pattern(1 << 20);
        Eventually.Fill(backend, text);
        using var room = new ManualResetEventSlim();
        backend.Changed += room.Set;

        backend.Write(text);
        var reading = new Background<byte[]>(() => Receive(client, 1 << 20));

        Assert.True(room.Wait(Eventually.Patience));
        Eventually.True(() => backend.Room > 0, "room");
        client.Dispose();
        // The client may already have read everything.
        _ = Record.Exception(() => reading.Result);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_client_may_disconnect_and_return(string kind)
    {
        using CharacterBackend backend = Open(kind, takesInput: true);
        for (int round = 0; round < 20; round++)
        {
            using Socket client = Connect(backend);
            Eventually.True(() => backend.Counts.Connections == round + 1, "connected");
            Eventually.WriteAll(backend, Encoding.UTF8.GetBytes($"round {round:00}"));
            Assert.Equal($"round {round:00}", Encoding.UTF8.GetString(Receive(client, 8)));
            // Every other one is reset instead of closed.
            if (round % 2 == 1)
                client.LingerState = new LingerOption(true, 0);
        }

        Assert.Equal(0, backend.Counts.Refused);
    }

    [Fact]
    public void A_reset_in_the_midst_of_output_is_noticed()
    {
        using CharacterBackend backend = Open("tcp", takesInput: false, output: 64 << 10);
        using (Socket client = Connect(backend))
        {
            byte[] text = Eventually.Pattern(1 << 20);
            Eventually.Fill(backend, text);
            client.LingerState = new LingerOption(true, 0);
        }

        Eventually.True(() => backend.State == CharacterState.Waiting, "the peer's end noticed");
        // The reader may notice the disconnection first; the writer counts the bytes of its call when that returns.
        Eventually.True(() => backend.Counts.Dropped > 0, "what was under way counted as dropped");
        using Socket next = Connect(backend);
        Eventually.True(() => backend.State == CharacterState.Connected, "the next peer");
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_second_client_gets_a_message_and_is_refused(string kind)
    {
        using CharacterBackend backend = Open(kind, takesInput: true);
        using Socket first = Connect(backend);
        Eventually.True(() => backend.State == CharacterState.Connected, "the first");

        for (int i = 0; i < 50; i++)
        {
            using Socket second = Connect(backend);
            Assert.Equal("ps3: another client is connected\r\n", Encoding.UTF8.GetString(ReceiveAll(second)));
        }

        Assert.Equal((50, 1), (backend.Counts.Refused, backend.Counts.Connections));
        Eventually.WriteAll(backend, "still here"u8);
        Assert.Equal("still here"u8.ToArray(), Receive(first, 10));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_client_that_closes_its_sending_end_gets_the_answer(string kind)
    {
        using CharacterBackend backend = Open(kind, takesInput: true);
        using Socket client = Connect(backend);
        client.Send("question"u8);
        client.Shutdown(SocketShutdown.Send);
        Eventually.Reads(backend, "question");

        Eventually.WriteAll(backend, "answer"u8);

        Assert.Equal("answer"u8.ToArray(), Receive(client, 6));
        // A client that has closed its sending end can be replaced by the next one.
        using Socket next = Connect(backend);
        Eventually.True(() => backend.Counts.Connections == 2, "the next peer");
        Assert.Empty(ReceiveAll(client));
    }

    [Theory]
    [InlineData("tcp", false)]
    [InlineData("unix", false)]
    [InlineData("tcp", true)]
    [InlineData("unix", true)]
    public void A_flood_of_100_MB_is_held_back_or_dropped(string kind, bool takesInput)
    {
        const long Flood = 100L << 20;
        using CharacterBackend backend = Open(kind, takesInput);
        using Socket client = Connect(backend);
        client.SendTimeout = 500;
        byte[] piece = Eventually.Pattern(1 << 20);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long sent = 0;
        try
        {
            while (sent < Flood)
                sent += client.Send(piece);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut)
        {
            Assert.True(takesInput, "a flood that nobody wants is taken and dropped");
        }

        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 8 << 20);
        if (!takesInput)
        {
            Eventually.True(() => backend.Counts.ReceivedDropped == Flood, "all dropped");
            return;
        }

        // The machine reads nothing, so the peer waits once the host's buffers are full.
        Assert.True(sent < Flood, "held back");
        Assert.True(backend.Counts.Received <= 64 << 10, $"{backend.Counts.Received} bytes taken");
        // A peer that disconnects must not cause the next one to be refused.
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        using Socket next = Connect(backend);
        Eventually.True(() => backend.Counts.Connections == 2, "the next peer");
        byte[] drained = new byte[64 << 10];
        while (backend.Read(drained) > 0)
        {
        }

        next.Send("x"u8);
        Eventually.Reads(backend, "x");
    }

    [Fact]
    public void A_port_that_is_in_use_is_named()
    {
        using CharacterBackend first = Open("tcp", takesInput: false);
        CharacterException refused = Assert.Throws<CharacterException>(() => CharacterBackends.Open(Spec(first.Name), takesInput: false));
        Assert.Equal($"{first.Name}: another program listens on that port; give another one, or 0 for any that is free.", refused.Message);
    }

    [Theory]
    [InlineData("tcp:192.0.2.1:0", "is no address of this host; give 127.0.0.1")]
    [InlineData("tcp:no-such-host.invalid:5555", "is no address and no name that is known here")]
    public void An_address_that_cannot_be_listened_on_is_named(string text, string expected)
    {
        CharacterException refused = Assert.Throws<CharacterException>(() => CharacterBackends.Open(Spec(text), takesInput: false));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loopback_is_all_that_is_listened_on()
    {
        using CharacterBackend backend = Open("tcp", takesInput: false);
        Assert.StartsWith("tcp:127.0.0.1:", backend.Name, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_Unix_socket_replaces_a_dead_one_and_nothing_else()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "kinds of files are told apart on Linux");
        string path = Path.Combine(_folder, "console.sock");
        string Refused() =>
            Assert.Throws<CharacterException>(() => CharacterBackends.Open(Spec($"unix:{path}"), takesInput: false)).Message;

        File.WriteAllText(path, "precious");
        Assert.Contains("is a file, not a socket", Refused(), StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(path));
        File.Delete(path);

        Directory.CreateDirectory(path);
        Assert.Contains("is a folder, not a socket", Refused(), StringComparison.Ordinal);
        Directory.Delete(path);

        // Left behind by a process that was killed: .NET removes the file of a listener that it disposes of.
        LeaveDeadSocket(path);
        using (CharacterBackend backend = CharacterBackends.Open(Spec($"unix:{path}"), takesInput: false))
        {
            Assert.True(!OperatingSystem.IsLinux() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
            backend.Write("kept for the first client"u8);
            Assert.Contains("another program listens there", Refused(), StringComparison.Ordinal);
            // The check for a listener has not connected to it, so the kept text is still there.
            Assert.Equal(0, backend.Counts.Connections);
            using Socket client = Connect(backend);
            Assert.Equal("kept for the first client"u8.ToArray(), Receive(client, 25));
        }

        Assert.False(File.Exists(path));
        path = Path.Combine(_folder, "missing", "console.sock");
        Assert.Contains("there is no folder", Refused(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_end_closes_the_connection_and_the_client_has_it_all(string kind)
    {
        CharacterBackend backend = Open(kind, takesInput: false);
        using Socket client = Connect(backend);
        byte[] text = Eventually.Pattern(200_000);
        var reading = new Background<byte[]>(() => ReceiveAll(client));
        Eventually.WriteAll(backend, text);

        Assert.True(backend.Drain());
        backend.Dispose();

        Assert.Equal(text, reading.Result);
        Assert.ThrowsAny<SocketException>(() => Connect(backend));
    }

    private static void LeaveDeadSocket(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        string aside = path + ".aside";
        File.Move(path, aside);
        listener.Dispose();
        File.Move(aside, path);
    }

    private static CharacterSpec Spec(string text)
    {
        Assert.True(CharacterSpec.TryParse(text, out CharacterSpec? spec, out string? problem), problem);
        return spec;
    }

    private CharacterBackend Open(string kind, bool takesInput, int output = 1 << 20)
    {
        IEndpoint endpoint = kind == "tcp" ? SocketEndpoint.ListenTcp(Spec("tcp:0"))
            : SocketEndpoint.ListenUnix(Spec($"unix:{Path.Combine(_folder, $"{Guid.NewGuid():N}.sock")}"));
        return CharacterBackends.Open(endpoint, new CharacterBuffers(output, 4096), takesInput);
    }

    private static Socket Connect(CharacterBackend backend)
    {
        CharacterSpec spec = Spec(backend.Name);
        bool isTcp = spec.Kind == CharacterKind.Tcp;
        Socket client = isTcp ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.ReceiveTimeout = (int)Eventually.Patience.TotalMilliseconds;
        client.Connect(isTcp ? new IPEndPoint(IPAddress.Parse(spec.Host), spec.Port) : new UnixDomainSocketEndPoint(spec.Path));
        return client;
    }

    private static byte[] Receive(Socket client, int count)
    {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count;)
        {
            int piece = client.Receive(bytes.AsSpan(at));
            Assert.True(piece > 0, $"closed after {at} bytes of {count}");
            at += piece;
        }

        return bytes;
    }

    private static byte[] ReceiveAll(Socket client)
    {
        var all = new MemoryStream();
        byte[] piece = new byte[4096];
        for (int count; (count = client.Receive(piece)) > 0;)
            all.Write(piece, 0, count);
        return all.ToArray();
    }
}
