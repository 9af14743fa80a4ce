using Devices.Tests.Fakes;
using Ps3Platform.Devices.Video;
using Ps3Platform.Devices.VirtualUart;
using Xunit;
using static Devices.Tests.VirtualUart.AvPackets;

namespace Devices.Tests.VirtualUart;

public sealed class AvSettingsTests
{
    private readonly FakeUartPort _port = new();
    private readonly DisplayState _display = new(VideoMode.P1080);
    private readonly AvSettings _av;

    public AvSettingsTests()
    {
        _av = new AvSettings(new FakeHost { Port = _port }, VideoMode.P720, _display);
    }

    [Theory]
    [InlineData(0x0000_0001u, 12)]
    [InlineData(0x0000_0002u, 8)]
    [InlineData(0x0000_0006u, 12)]
    [InlineData(0x0000_0007u, 12)]
    [InlineData(0x0000_000au, 12)]
    [InlineData(0x0001_0001u, 20)]
    [InlineData(0x0001_0002u, 12)]
    [InlineData(0x0001_0003u, 12)]
    [InlineData(0x0002_0001u, 40)]
    [InlineData(0x0002_0002u, 12)]
    [InlineData(0x0004_0001u, 12)]
    [InlineData(0x0100_0001u, 8)]
    [InlineData(0x0200_0001u, 8)]
    [InlineData(0x0200_0003u, 16)]
    [InlineData(0x0200_0004u, 12)]
    [InlineData(0x0200_0005u, 12)]
    public void Each_command_gets_one_status_reply(uint cid, int size)
    {
        byte[] reply = Ask(Command(cid, size));
        Assert.Equal(12, reply.Length);
        Assert.Equal(0x205, Half(reply, 0));
        Assert.Equal(8, Half(reply, 2));
        Assert.Equal(cid | 0x8000_0000, Word(reply, 4));
        Assert.Equal(0u, Word(reply, 8));
    }

    [Fact]
    public void Hardware_configuration_has_one_connector_of_each_kind()
    {
        byte[] reply = Ask(Command(3, 8));
        Assert.Equal(20, reply.Length);
        Assert.Equal(16, Half(reply, 2));
        Assert.Equal(0u, Word(reply, 8));
        Assert.Equal(0x0001_0001u, Word(reply, 0x0c));
        Assert.Equal(0x0001_0000u, Word(reply, 0x10));
    }

    /// <summary>Linux takes the best mode among the native bits: it must be the configured one, alone.</summary>
    [Theory]
    [InlineData("480p", 0x0003u, 0x0003u)]
    [InlineData("720p", 0x0007u, 0x0004u)]
    [InlineData("1080p", 0x4007u, 0x4000u)]
    public void The_monitor_prefers_the_configured_mode(string name, uint supported, uint native)
    {
        Assert.True(VideoMode.TryParse(name, out VideoMode? mode));
        var av = new AvSettings(new FakeHost { Port = _port }, mode, _display);

        av.Receive(Command(4, 12));

        byte[] reply = _port.Take();
        Assert.Equal(268, reply.Length);
        Assert.Equal(264, Half(reply, 2));
        Assert.Equal(1, reply[0x17]);
        Assert.Equal(supported, Word(reply, 0x28));
        Assert.Equal(native, Word(reply, 0x2c));
        Assert.All(reply[0x30..0x48], value => Assert.Equal(0, value));
        Assert.True(reply[0x62] <= 1);
    }

    [Fact]
    public void Another_connector_has_no_monitor_or_does_not_exist()
    {
        Assert.Equal(0, Ask(Command(4, 12, (8, 0x0010_0000)))[0x17]);
        Assert.Equal(4u, Word(Ask(Command(4, 12, (8, 0x0001_0000))), 8));
    }

    [Fact]
    public void Linuxs_mode_bundle_sets_both_heads()
    {
        Assert.Equal(new HeadMode(1920, 1080, 7680, 0xb, false), _display[1]);

        byte[] reply = Ask(
            Bundle(2, 0, 2, 0, SetMode(0, 9, 1280, 720, 5120), SetMode(1, 9, 1280, 720, 5120), ColorSpace(0), ColorSpace(0x10)));

        Assert.Equal(0u, Word(reply, 8));
        Assert.Equal(new HeadMode(1280, 720, 5120, 9, false), _display[0]);
        Assert.Equal(new HeadMode(1280, 720, 5120, 9, false), _display[1]);
    }

    [Theory]
    [InlineData(2u, 9u, 1280u, 720u, 5120u, 7u, 0x13u)]
    [InlineData(1u, 0u, 1280u, 720u, 5120u, 7u, 0x5u)]
    [InlineData(1u, 0x11u, 1280u, 720u, 5120u, 7u, 0x5u)]
    [InlineData(1u, 9u, 1281u, 720u, 8192u, 7u, 0xeu)]
    [InlineData(1u, 9u, 1280u, 721u, 5120u, 7u, 0xeu)]
    [InlineData(1u, 9u, 0u, 720u, 5120u, 7u, 0xeu)]
    [InlineData(1u, 9u, 1280u, 0u, 5120u, 7u, 0xeu)]
    [InlineData(1u, 9u, 1280u, 720u, 5116u, 7u, 0xeu)]
    [InlineData(1u, 9u, 1280u, 720u, 5122u, 7u, 0xeu)]
    [InlineData(1u, 9u, 1280u, 720u, 0xffff_fffcu, 7u, 0xeu)]
    [InlineData(1u, 9u, 1280u, 720u, 5120u, 8u, 0xeu)]
    public void A_wrong_mode_is_answered_and_changes_nothing(
        uint head, uint vid, uint width, uint height, uint pitch, uint format, uint status)
    {
        byte[] wrong = SetMode(head, vid, width, height, pitch, format);
        Assert.Equal(status, Word(Ask(wrong), 8));
        Assert.Equal(status, Word(Ask(Bundle(2, 0, 0, 0, SetMode(0, 9, 1280, 720, 5120), wrong)), 8));
        Assert.Equal(1920, _display[0].Width);
        Assert.Equal(1920, _display[1].Width);
    }

    [Fact]
    public void A_bundle_that_announces_more_than_it_holds_is_refused()
    {
        byte[] mode = SetMode(0, 9, 1280, 720, 5120);
        Assert.Equal(0xeu, Word(Ask(Bundle(2, 0, 0, 0, mode)), 8));
        Assert.Equal(0xdu, Word(Ask(Bundle(3, 0, 0, 0, mode, mode, mode)), 8));
        Assert.Equal(0xeu, Word(Ask(Bundle(1, 0, 1, 0, mode, mode)), 8));
        Assert.Equal(0xeu, Word(Ask(Command(0x0400_0001, 12)), 8));
        mode[3] = 0xff;
        Assert.Equal(0xeu, Word(Ask(Bundle(1, 0, 0, 0, mode)), 8));
        Assert.Equal(1920, _display[0].Width);
    }

    [Fact]
    public void Pitch_and_format_commands_change_one_head()
    {
        Assert.Equal(0u, Word(Ask(Command(0x0100_0005, 16, (8, 1), (0xc, 8192))), 8));
        Assert.Equal(0u, Word(Ask(Command(0x0100_0004, 20, (8, 1), (0xc, 0))), 8));
        Assert.Equal(new HeadMode(1920, 1080, 8192, 0xb, true), _display[1]);
        Assert.Equal(7680, _display[0].Pitch);
        Assert.Equal(0xeu, Word(Ask(Command(0x0100_0005, 16, (8, 1), (0xc, 4))), 8));
        Assert.Equal(0x13u, Word(Ask(Command(0x0100_0004, 20, (8, 2))), 8));
    }

    [Fact]
    public void Unknown_commands_versions_and_hdcp_are_answered_with_their_status()
    {
        Assert.Equal(0xcu, Word(Ask(Command(0x0300_0001, 8)), 8));
        byte[] old = Command(1, 12);
        old[1] = 4;
        Assert.Equal(9u, Word(Ask(old), 8));
        Assert.Equal(0x12u, Word(Ask(Command(0x0004_0001, 12, (8, 0x0100_0000))), 8));
        Assert.Equal(4u, Word(Ask(Command(0xa, 12, (8, 0x0077_0000))), 8));
        Assert.Equal(0xbu, Word(Ask(Command(0xa, 8)), 8));
    }

    [Fact]
    public void Packets_may_come_in_any_pieces()
    {
        byte[] stream =
            [.. Command(1, 12), .. Command(3, 8), .. Bundle(1, 0, 0, 0, SetMode(1, 5, 720, 480, 2880)), .. Command(0x0100_0001, 8)];
        var random = new Random(3);
        for (int round = 0; round < 50; round++)
        {
            for (int at = 0; at < stream.Length;)
            {
                int length = Math.Min(random.Next(1, 40), stream.Length - at);
                _av.Receive(stream.AsSpan(at, length));
                at += length;
            }

            Assert.Equal(12 + 20 + 12 + 12, _port.Take().Length);
        }

        Assert.Equal(480, _display[1].Height);
    }

    [Theory]
    [InlineData(0xffff)]
    [InlineData(0x01fd)]
    [InlineData(0)]
    [InlineData(3)]
    public void After_a_packet_of_impossible_size_the_next_one_is_understood(int announced)
    {
        byte[] wrong = Command(1, 8);
        wrong[2] = (byte)(announced >> 8);
        wrong[3] = (byte)announced;
        byte[] rest = new byte[Math.Max(0, announced - 4)];

        byte[] reply = Ask([.. wrong, .. rest]);

        Assert.NotEqual(0u, Word(reply, 8));
        Assert.Equal(0u, Word(Ask(Command(1, 12)), 8));
    }

    [Fact]
    public void A_guest_that_does_not_read_costs_nothing()
    {
        for (int i = 0; i < 1000; i++)
            _av.Receive(Command(1, 12));
        Assert.True(_port.Sent.Count <= 4096);
    }

    [Fact]
    public void Random_bytes_are_survived()
    {
        var random = new Random(5);
        byte[] bytes = new byte[300];
        int rounds = FuzzRounds.Or(2000);
        for (int i = 0; i < rounds; i++)
        {
            random.NextBytes(bytes);
            // Mostly plausible headers, so that the inside of packets is reached.
            if (i % 4 != 0)
                Command(new uint[] { 0x0400_0001, 0x0100_0002, 4, 0x0100_0004, 0x0100_0005, 0x0001_0001 }[i % 6], random.Next(8, 64))
                    .AsSpan(0, 8).CopyTo(bytes);
            _av.Receive(bytes.AsSpan(0, random.Next(bytes.Length)));
            _port.Take();
        }
    }

    private byte[] Ask(byte[] packet)
    {
        _av.Receive(packet);
        return _port.Take();
    }
}
