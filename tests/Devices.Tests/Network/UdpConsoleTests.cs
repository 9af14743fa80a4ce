using System.Text;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Network;
using Xunit;

namespace Devices.Tests.Network;

public sealed class UdpConsoleTests
{
    private readonly StringBuilder _text = new();

    /// <summary>A packet as the kernel's gelic_udbg lays it out, written down by hand: "hi\n", with and without 802.1Q tag.</summary>
    [Theory]
    [InlineData("ffffffffffff 020050533301 0800 4500001f 00000000 0a11aeaf 00000000 ffffffff 47124712 000b0000 68690a")]
    [InlineData("ffffffffffff 020050533301 8100 0003 0800 4500001f 00000000 0a11aeaf 00000000 ffffffff 47124712 000b0000 68690a")]
    public void The_kernels_early_console_is_read(string packet)
    {
        Console().Send(Convert.FromHexString(packet.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal("hi\n", _text.ToString());
    }

    [Fact]
    public void Everything_is_passed_to_the_inner_wire_and_back()
    {
        var behind = new FakeWire();
        UdpConsole console = Console(behind);
        int received = 0;
        console.Receiver = frame =>
        {
            received += frame.Length;
            return true;
        };
        byte[] other = Frames.Console("x", port: 99);

        console.Send(other);
        console.Send(Frames.Console("text"));
        behind.Deliver(other);

        Assert.Equal("text", _text.ToString());
        Assert.Equal(2, behind.Sent.Count);
        Assert.Equal(other.Length, received);
    }

    /// <summary>Whatever a guest sends, no text is longer than its frame, and every frame goes on.</summary>
    [Fact]
    public void Random_frames_do_no_harm()
    {
        var behind = new FakeWire();
        int longest = 0;
        var console = new UdpConsole(text => longest = text.Length, behind);
        var random = new Random(17);
        byte[] frame = new byte[FrameQueue.LongestFrame];
        int rounds = FuzzRounds.Or(20_000);
        for (int round = 0; round < rounds; round++)
        {
            int length = random.Next(1, 100);
            random.NextBytes(frame.AsSpan(0, length));
            if (random.Next(8) != 0)
            {
                byte[] good = Frames.Console("text");
                length = random.Next(4) == 0 ? random.Next(good.Length + 1) : good.Length;
                good.AsSpan(0, length).CopyTo(frame);
                for (int changes = random.Next(4); changes > 0 && length > 0; changes--)
                    frame[random.Next(length)] = (byte)random.Next(256);
            }

            longest = 0;
            console.Send(frame.AsSpan(0, length));
            Assert.InRange(longest, 0, length);
            Assert.Equal(length, Assert.Single(behind.Sent).Length);
            behind.Sent.Clear();
        }
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_not_believed()
    {
        byte[] good = Frames.Console("text");
        UdpConsole console = Console();
        // Header length, total length, UDP length: every value of every byte of them, over every length of frame.
        foreach (int offset in new[] { 14, 16, 17, 20, 21, 23, 38, 39 })
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] frame = [.. good];
                frame[offset] = (byte)value;
                console.Send(frame);
            }
        }

        for (int length = 0; length < good.Length; length++)
            console.Send(good.AsSpan(0, length));
        Assert.DoesNotContain('\0', _text.ToString());
    }

    [Fact]
    public void Link_padding_is_not_text()
    {
        Console().Send([.. Frames.Console("a"), .. new byte[20]]);
        Assert.Equal("a", _text.ToString());
    }

    [Fact]
    public void A_frame_to_one_station_is_not_console_output()
    {
        byte[] frame = Frames.Console("a");
        frame[0] = 2;
        Console().Send(frame);
        Assert.Equal("", _text.ToString());
    }

    private UdpConsole Console(INetworkWire? behind = null) => new(text => _text.Append(Encoding.ASCII.GetString(text)), behind);
}
