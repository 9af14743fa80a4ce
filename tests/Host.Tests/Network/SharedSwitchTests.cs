using System.Buffers.Binary;
using System.Net.Sockets;

using Ps3Platform.Host.Network;

using Xunit;

namespace Host.Tests.Network;

/// <summary>The switch over a Unix socket. Each <see cref="SharedSwitch"/> stands for a process.</summary>
public sealed class SharedSwitchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-switch-").FullName;

    private string Socket => Path.Combine(_folder, "lan");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Frames_pass_between_processes_in_order()
    {
        using var first = new SharedSwitch(Socket);
        using var second = new SharedSwitch(Socket);
        using var third = new SharedSwitch(Socket);
        Assert.Equal((true, false, false), (first.IsSwitch, second.IsSwitch, third.IsSwitch));
        Collector heardFirst = first.Listen();
        Collector heardSecond = second.Listen();
        Collector heardThird = third.Listen();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Socket));

        second.Send(TestFrames.Make(TestFrames.Broadcast, TestFrames.Beta));
        Assert.True(heardFirst.WaitFor(1) && heardThird.WaitFor(1));
        for (int i = 0; i < 500; i++)
            third.Send(TestFrames.Make(TestFrames.Beta, TestFrames.Gamma, 1500, (byte)i));
        Assert.True(heardSecond.WaitFor(500));

        Assert.Equal(Enumerable.Range(0, 500).Select(static i => (byte)i), heardSecond.Frames.Select(static frame => frame[^1]));
        Assert.Single(heardFirst.Frames);
    }

    [Fact]
    public void When_the_switch_ends_another_process_takes_its_place()
    {
        var first = new SharedSwitch(Socket);
        using var second = new SharedSwitch(Socket);
        using var third = new SharedSwitch(Socket);
        Collector heard = third.Listen();

        first.Dispose();

        Assert.True(SpinWait.SpinUntil(() => second.IsSwitch || third.IsSwitch, TimeSpan.FromSeconds(20)));
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                second.Send(TestFrames.Make(TestFrames.Broadcast, TestFrames.Beta));
                return !heard.Frames.IsEmpty;
            },
            TimeSpan.FromSeconds(20)));
        Assert.False(second.IsSwitch && third.IsSwitch);
    }

    [Fact]
    public void A_socket_that_a_dead_process_left_is_replaced_and_a_file_is_not()
    {
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // .NET deletes the file of a socket that is closed in order, by the name that it was bound to.
            left.Bind(new UnixDomainSocketEndPoint(Socket + "2"));
            File.Move(Socket + "2", Socket);
        }

        Assert.True(File.Exists(Socket));
        using (var network = new SharedSwitch(Socket))
            Assert.True(network.IsSwitch);
        Assert.False(File.Exists(Socket));

        File.WriteAllText(Socket, "mine");
        NetworkException refused = Assert.Throws<NetworkException>(() => new SharedSwitch(Socket));
        Assert.Contains("is a file", refused.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Socket));
        Assert.Throws<NetworkException>(() => new SharedSwitch(Path.Combine(_folder, "nowhere", "lan")));
    }

    /// <summary>A peer that never reads must not stop the sender, and loses frames that are counted.</summary>
    [Fact]
    public void A_peer_that_does_not_read_stops_no_other()
    {
        using var network = new SharedSwitch(Socket);
        using Socket dead = Client();
        using var other = new SharedSwitch(Socket);
        Collector heard = other.Listen();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (int i = 0; i < 20_000; i++)
        {
            network.Send(TestFrames.Make(TestFrames.Broadcast, TestFrames.Alpha, 1500));
            if (i % 100 == 0)
                Thread.Sleep(1);
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
        Assert.True(heard.WaitFor(1));
        Assert.True(network.Dropped > 10_000);
    }

    /// <summary>For any bytes of a peer, the switch serves the others in bounded memory. The environment sets the number of cases.</summary>
    [Fact]
    public void Random_bytes_of_a_peer_do_no_harm()
    {
        int cases = int.TryParse(Environment.GetEnvironmentVariable("PS3_FUZZ_ROUNDS"), out int rounds) ? rounds : 2000;
        var random = new Random(11);
        var bytes = new byte[4096];
        int frames = 0;
        for (int i = 0; i < cases; i++)
        {
            var reader = new FrameReader(
                frame =>
                {
                    Assert.InRange(frame.Length, 14, 2560);
                    frames++;
                },
                static () => { });
            for (int part = 0; part < 8; part++)
            {
                Span<byte> piece = bytes.AsSpan(0, random.Next(bytes.Length));
                random.NextBytes(piece);
                // Most lengths are small enough for what follows to be read as frames.
                if (piece.Length > 4 && random.Next(4) != 0)
                    BinaryPrimitives.WriteInt32BigEndian(piece, random.Next(4) == 0 ? random.Next(1 << 18) : random.Next(3000));
                if (!reader.TryAdd(piece))
                    break;
            }
        }

        Assert.True(frames > 0);
    }

    [Fact]
    public void A_peer_out_of_step_is_disconnected_and_the_others_go_on()
    {
        using var network = new SharedSwitch(Socket);
        using var other = new SharedSwitch(Socket);
        Collector heard = other.Listen();
        byte[] frame = TestFrames.Make(TestFrames.Broadcast, TestFrames.Gamma);
        using (Socket bad = Client())
        {
            bad.Send([0, 0, 0, (byte)frame.Length, .. frame, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, (byte)frame.Length, .. frame]);
            Assert.True(heard.WaitFor(2));
            bad.Send([0x7f, 0xff, 0xff, 0xff, 1]);
            Assert.Equal(0, bad.Receive(new byte[16]));
        }

        network.Send(TestFrames.Make(TestFrames.Broadcast, TestFrames.Alpha));
        Assert.True(heard.WaitFor(3));
    }

    private Socket Client()
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(Socket));
        return client;
    }
}
