using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

using Ps3Platform.Devices.Network;
using Ps3Platform.Host.Network;

using Xunit;

namespace Host.Tests.Network;

/// <summary>libslirp, with frames that a guest would send. Real guests use it in Boot.Tests.</summary>
public sealed class UserNetworkTests
{
    private const uint Guest = 0x0a00_020f;
    private const uint Gateway = 0x0a00_0202;

    [Fact]
    public void A_library_that_is_not_there_is_named_with_the_way_to_get_it()
    {
        NetworkException missing = Assert.Throws<NetworkException>(() => SlirpLibrary.Load(["libno-such-thing.so.77"]));
        Assert.Contains("libslirp", missing.Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
            Assert.Contains("sudo apt-get install libslirp0", missing.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Dhcp_gives_an_address_and_arp_finds_the_gateway()
    {
        using UserNetwork network = Open("user");
        Collector heard = network.Listen();

        network.Send(Discover());
        Assert.True(heard.WaitFor(1));
        ReadOnlySpan<byte> offer = heard.Frames.First().AsSpan(14 + 28);
        Assert.Equal(2, offer[0]);
        Assert.Equal(Guest, BinaryPrimitives.ReadUInt32BigEndian(offer[16..]));

        network.Send(Arp(Gateway));
        Assert.True(heard.WaitFor(2));
        byte[] reply = heard.Frames.Last();
        Assert.Equal(2, reply[21]);
        Assert.Equal(Gateway, BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(28)));
    }

    [SkippableFact]
    public void A_forwarded_udp_port_leads_to_the_guest()
    {
        int port = FreePort(ProtocolType.Udp);
        using UserNetwork network = Open($"user,hostfwd=udp::{port}-:7");
        Collector heard = network.Listen();
        network.Send(Arp(Gateway));
        Assert.True(heard.WaitFor(1));
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));

        client.Send("ping"u8, new IPEndPoint(IPAddress.Loopback, port));

        Assert.True(SpinWait.SpinUntil(() => heard.Frames.Any(IsPing), TimeSpan.FromSeconds(10)));
        byte[] ping = heard.Frames.First(IsPing);
        uint from = BinaryPrimitives.ReadUInt32BigEndian(ping.AsSpan(26));
        ushort fromPort = BinaryPrimitives.ReadUInt16BigEndian(ping.AsSpan(34));
        network.Send(TestFrames.Udp(0x5255_0a00_0202, TestFrames.Alpha, Guest, from, 7, fromPort, "pong"u8));
        client.Client.ReceiveTimeout = 10_000;
        IPEndPoint? sender = null;
        Assert.Equal("pong"u8.ToArray(), client.Receive(ref sender));
    }

    [SkippableFact]
    public void A_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        NetworkException refused = Assert.Throws<NetworkException>(() => Open($"user,hostfwd=tcp::{port}-:22"));

        Assert.Contains($"hostfwd=tcp:127.0.0.1:{port}-:22", refused.Message, StringComparison.Ordinal);
        Assert.Contains("another program uses it", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Frames of a hostile guest: random ones, and damaged packets of every protocol that libslirp reads.</summary>
    [SkippableFact]
    public void Random_frames_of_the_guest_do_no_harm()
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("PS3_FUZZ_ROUNDS"), out int given) ? given : 3000;
        using UserNetwork network = Open("user,restrict=on");
        Collector heard = network.Listen();
        var random = new Random(5);
        byte[] tftp = TestFrames.Udp(0x5255_0a00_0202, TestFrames.Alpha, Guest, Gateway, 9, 69, new byte[40]);
        byte[][] seeds = [Discover(), Arp(Gateway), tftp];
        for (int i = 0; i < rounds; i++)
        {
            byte[] frame = [.. seeds[random.Next(seeds.Length)]];
            for (int changes = random.Next(1, 6); changes > 0; changes--)
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            network.Send(frame.AsSpan(0, random.Next(8) == 0 ? random.Next(frame.Length) : frame.Length));
            // So that none finds the queue full.
            if (i % 500 == 499)
                AssertAnswers(network, heard);
        }

        AssertAnswers(network, heard);
        Assert.Equal(0, network.Dropped);
    }

    /// <summary>Fragments never reach libslirp, whose reassembly a guest can bring down.</summary>
    [SkippableFact]
    public void Fragments_are_dropped_and_counted()
    {
        using UserNetwork network = Open("user");
        Collector heard = network.Listen();
        byte[] packet = TestFrames.Udp(0x5255_0a00_0202, TestFrames.Alpha, Guest, Gateway, 9, 69, new byte[40]);
        foreach (ushort field in (ushort[])[0x2000, 0x0001, 0x1fff, 0x2001, 0x6000])
        {
            byte[] fragment = [.. packet];
            BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(20), field);
            network.Send(fragment);
        }

        // Not one, with "don't fragment".
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), 0x4000);
        network.Send(packet);
        AssertAnswers(network, heard);
        Assert.Equal(5, network.Fragments);
    }

    // The gateway still answers, and has read all frames before.
    private static void AssertAnswers(UserNetwork network, Collector heard)
    {
        heard.Frames.Clear();
        network.Send(Arp(Gateway));
        Assert.True(SpinWait.SpinUntil(
            () => heard.Frames.Any(static frame => frame.Length >= 42 && frame[13] == 6 && frame[21] == 2), TimeSpan.FromSeconds(30)));
    }

    private static UserNetwork Open(string text)
    {
        Assert.True(NetworkSpec.TryParse(text, out NetworkSpec? spec, out string? problem), problem);
        try
        {
            return new UserNetwork(spec, SlirpLibrary.Load());
        }
        catch (NetworkException e) when (e.Message.Contains("not there", StringComparison.Ordinal))
        {
            Skip.If(true, "libslirp is not installed (apt-get install libslirp0)");
            throw;
        }
    }

    private static bool IsPing(byte[] frame) => frame.AsSpan().EndsWith("ping"u8);

    private static int FreePort(ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    // RFC 2131, 2: DHCPDISCOVER.
    private static byte[] Discover()
    {
        var message = new byte[300];
        message[0] = 1;
        message[1] = 1;
        message[2] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), 0x1234_5678);
        new byte[] { 2, 0, 0, 0, 0, 0xa }.CopyTo(message, 28);
        new byte[] { 0x63, 0x82, 0x53, 0x63, 53, 1, 1, 255 }.CopyTo(message, 236);
        return TestFrames.Udp(TestFrames.Broadcast, TestFrames.Alpha, 0, uint.MaxValue, 68, 67, message);
    }

    // RFC 826: a request for an address.
    private static byte[] Arp(uint target)
    {
        byte[] frame = TestFrames.Make(TestFrames.Broadcast, TestFrames.Alpha, 46, type: 0x0806);
        new byte[] { 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 0xa }.CopyTo(frame, 14);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(28), Guest);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(38), target);
        return frame;
    }
}
