using System.Buffers.Binary;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.VirtualUart;
using Xunit;

namespace Devices.Tests.VirtualUart;

public sealed class SystemManagerTests : IPartitionControl
{
    private static readonly byte[] RequestShutdown = Message(1, [1, 1, 0]);
    private static readonly byte[] Acknowledge = Message(2, [1, 0, 0, 0, 0]);
    private static readonly byte[] AllAttributes = Message(8, [1, 0, 0, 0, 0, 0, 0, 0xf]);
    private static readonly byte[] NoAttributes = Message(8, [1, 0, 0, 0, 0, 0, 0, 0]);

    private readonly FakeUartPort _port = new();
    private readonly SystemManager _manager;
    private readonly List<PartitionEnd> _ends = [];

    public SystemManagerTests()
    {
        _manager = new SystemManager(new FakeHost { Port = _port }, this);
    }

    [Theory]
    [InlineData(1, PartitionEnd.PowerOff)]
    [InlineData(2, PartitionEnd.Restart)]
    [InlineData(0x82, PartitionEnd.Restart)]
    public void The_partition_ends_as_requested_once_the_guest_has_acknowledged(byte operation, PartitionEnd expected)
    {
        _manager.Receive(NextOperation(operation));
        _manager.Receive(RequestShutdown);
        byte[] command = _port.Take();
        Assert.Equal(Message(3, [1, 1]), command);
        Assert.Empty(_ends);

        _manager.Receive(Acknowledge);

        Assert.Equal([expected], _ends);
    }

    [Fact]
    public void Messages_may_come_in_any_pieces()
    {
        byte[] stream = [.. AllAttributes, .. NextOperation(2), .. RequestShutdown, .. Acknowledge];
        var random = new Random(11);
        for (int round = 1; round <= 200; round++)
        {
            for (int at = 0; at < stream.Length;)
            {
                int length = Math.Min(random.Next(1, 24), stream.Length - at);
                _manager.Receive(stream.AsSpan(at, length));
                at += length;
            }

            Assert.Equal(32, _port.Take().Length);
            Assert.Equal(round, _ends.Count);
            Assert.Equal(0xfu, _manager.Attributes);
        }
    }

    [Fact]
    public void The_power_button_reaches_a_guest_that_listens()
    {
        Assert.False(_manager.PressPowerButton());
        _manager.Receive(AllAttributes);
        Assert.True(_manager.PressPowerButton());
        Assert.Equal(Message(4, [1, 3]), _port.Take());
        _manager.Receive(NoAttributes);
        Assert.False(_manager.PressPowerButton());
        Assert.Empty(_port.Sent);
    }

    /// <summary>Types and values of drivers/ps3/ps3-sys-manager.c; each kind has its own bit among the attributes.</summary>
    [Fact]
    public void Buttons_and_temperatures_reach_a_guest_that_listens_for_them()
    {
        (byte Attribute, byte[] Payload, Func<bool> Act)[] events =
        [
            (1, [1, 3, 0, 0, 0, 0, 0, 0], _manager.PressPowerButton),
            (1, [1, 4, 0, 0, 0, 0, 0x13, 0x88], () => _manager.ReleasePowerButton(5000)),
            (2, [1, 5, 0, 0, 0, 0, 0, 0], _manager.PressResetButton),
            (2, [1, 6, 0, 0, 0, 0, 0, 100], () => _manager.ReleaseResetButton(100)),
            (4, [1, 7, 0, 0, 0, 0, 0, 3], () => _manager.ReportTemperature(3, isHot: true)),
            (4, [1, 8, 0, 0, 0, 0, 0, 3], () => _manager.ReportTemperature(3, isHot: false)),
        ];
        foreach ((byte attribute, byte[] payload, Func<bool> act) in events)
        {
            _manager.Receive(Message(8, [1, 0, 0, 0, 0, 0, 0, (byte)(0xf & ~attribute)]));
            Assert.False(act());
            Assert.Empty(_port.Sent);
            _manager.Receive(Message(8, [1, 0, 0, 0, 0, 0, 0, attribute]));
            Assert.True(act());
            Assert.Equal(Message(4, payload), _port.Take());
            _manager.Stop();
            Assert.False(act());
            _manager.Continue();
        }
    }

    [Fact]
    public void A_payload_of_eight_bytes_is_accepted()
    {
        byte[] message = Message(8, [1, 0, 0, 0, 0, 0, 0, 1])[..24];
        message[7] = 8;
        _manager.Receive([.. message, .. AllAttributes]);
        Assert.Equal(0xfu, _manager.Attributes);
    }

    [Fact]
    public void An_unrequested_acknowledgement_or_a_refusal_ends_nothing()
    {
        _manager.Receive(Acknowledge);
        _manager.Receive(RequestShutdown);
        _manager.Receive(Message(2, [1, 0, 0, 0, 1]));
        _manager.Receive(Acknowledge);
        Assert.Empty(_ends);
    }

    [Fact]
    public void An_unknown_request_gets_an_error_message()
    {
        _manager.Receive(Message(1, [1, 9, 0]));
        byte[] reply = _port.Take();
        Assert.Equal(32, reply.Length);
        Assert.Equal(6, reply[9]);
        Assert.Equal(16, reply[7]);
    }

    [Fact]
    public void After_something_that_is_no_message_the_next_write_is_understood()
    {
        byte[] wrong = Message(8, [1]);
        wrong[0] = 2;
        _manager.Receive(wrong);
        byte[] huge = Message(8, [1]);
        huge[4] = 0x7f;
        _manager.Receive(huge);
        _manager.Receive(AllAttributes);
        Assert.Equal(0xfu, _manager.Attributes);
    }

    [Fact]
    public void Random_bytes_are_survived()
    {
        var random = new Random(13);
        byte[] bytes = new byte[100];
        int rounds = FuzzRounds.Or(5000);
        for (int i = 0; i < rounds; i++)
        {
            random.NextBytes(bytes);
            byte[] message = Message((byte)random.Next(10), bytes.AsSpan(0, 16).ToArray());
            _manager.Receive(i % 3 == 0 ? bytes.AsSpan(0, random.Next(bytes.Length)) : message);
            _port.Take();
        }
    }

    void IPartitionControl.End(PartitionEnd how, string reason) => _ends.Add(how);

    private static byte[] NextOperation(byte operation) => Message(5, [3, operation, 3]);

    internal static byte[] Message(byte service, byte[] payload)
    {
        byte[] message = new byte[32];
        message[0] = 1;
        message[1] = 16;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), 16);
        message[9] = service;
        payload.CopyTo(message, 16);
        return message;
    }
}
