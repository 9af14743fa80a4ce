using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Gelic;
using Xunit;

namespace Devices.Tests.Gelic;

/// <summary>Link state and settings (lv1_net_control 2, 3 and 5), and rings that are stopped and started while frames come.</summary>
public sealed class LinkTests : IDisposable
{
    private static readonly byte[] Frame = Frames.Ethernet(Frames.Station, 0x0806, new byte[46]);
    private readonly GelicFixture _gelic = new();

    public void Dispose() => _gelic.Dispose();

    [Theory]
    [InlineData(0x04ul, 0x47ul)]
    [InlineData(0x76ul, 0x47ul)]
    [InlineData(0x10ul, 0x11ul)]
    [InlineData(0x12ul, 0x13ul)]
    [InlineData(0x20ul, 0x21ul)]
    [InlineData(0x22ul, 0x23ul)]
    [InlineData(0x42ul, 0x43ul)]
    public void A_mode_is_what_the_port_status_then_says(ulong mode, ulong status)
    {
        Assert.Equal(Lv1Status.Success, Control(3, 2, mode).Status);
        Assert.Equal(status == 0x47 ? 0ul : GelicFixture.PortStatus, _gelic.Causes);
        Assert.Equal((Lv1Status.Success, status), Control(2, 2));
        Assert.Equal(0ul, _gelic.Causes);
    }

    [Theory]
    [InlineData(2ul, 0ul)]
    [InlineData(2ul, 0x40ul)]
    [InlineData(2ul, 0x30ul)]
    [InlineData(2ul, 0x08ul)]
    [InlineData(2ul, 0x13ul)]
    [InlineData(2ul, ulong.MaxValue)]
    [InlineData(1ul, 0x04ul)]
    public void An_impossible_mode_is_refused(ulong phy, ulong mode)
    {
        Assert.Equal(Lv1Status.IllegalParameterValue, Control(3, phy, mode).Status);
        Assert.Equal((Lv1Status.Success, 0x47ul), Control(2, 2));
    }

    [Fact]
    public void A_cable_that_is_taken_out_stops_frames_both_ways_and_says_so()
    {
        Receive(4);
        _gelic.Device.IsLinkUp = false;
        Assert.Equal(GelicFixture.PortStatus, _gelic.Causes);
        Assert.Equal((Lv1Status.Success, 0ul), Control(2, 2));

        _gelic.SetTransmit(40, Frame, 0);
        _gelic.Device.StartTransmit(new IoAddress(GelicFixture.Descriptor(40)));
        Assert.True(_gelic.Wire.Deliver(Frame));

        GelicState state = Assert.IsType<GelicState>(_gelic.Device.Inspect());
        Assert.Empty(_gelic.Wire.Sent);
        Assert.Equal((0x000c_0002u, 1L, 0L, 1L),
            (_gelic.Command(40), state.FramesWithoutLink, state.FramesReceived, state.FramesDropped));
        Assert.False(state.LinkUp);
        _gelic.Device.IsLinkUp = true;
        Assert.Equal((Lv1Status.Success, 0x47ul), Control(2, 2));
        Assert.True(_gelic.Wire.Deliver(Frame));
        Assert.Equal(1, _gelic.Device.FramesReceived);
    }

    [Fact]
    public void Wake_up_by_magic_packet_is_remembered()
    {
        Assert.Equal(Lv1Status.Success, Control(5, 1, 0, 1).Status);
        Assert.True(Assert.IsType<GelicState>(_gelic.Device.Inspect()).WakeOnLan);
        Assert.Equal(Lv1Status.Success, Control(5, 6, 0, 1).Status);
        Assert.Equal(Lv1Status.Success, Control(5, 7, 0, 1).Status);
        Assert.Equal(Lv1Status.Success, Control(5, 1).Status);
        Assert.False(Assert.IsType<GelicState>(_gelic.Device.Inspect()).WakeOnLan);
        Assert.Equal(Lv1Status.IllegalParameterValue, Control(5, 2).Status);
        Assert.Equal(Lv1Status.IllegalParameterValue, Control(5, 1, 0, 2).Status);
    }

    /// <summary>Linux's gelic_card_up enables its polling after it has started the engine.</summary>
    [Fact]
    public void A_started_engine_takes_its_first_frame_a_millisecond_later()
    {
        _gelic.Wire.BeforeDelivery = null;
        Receive(4);

        Assert.False(_gelic.Wire.Deliver(Frame));
        Assert.Equal(0, _gelic.Line.Raised);
        _gelic.Clock.TimeBase = _gelic.Events.NextTime;
        int resumed = _gelic.Wire.Resumed;
        _gelic.Events.RunDue(_gelic.Clock.TimeBase);

        Assert.Equal(GelicReceiver.StartTime, _gelic.Clock.TimeBase);
        Assert.Equal(resumed + 1, _gelic.Wire.Resumed);
        Assert.True(_gelic.Wire.Deliver(Frame));
        Assert.Equal(1, _gelic.Line.Raised);
    }

    [Fact]
    public void An_engine_that_the_guest_has_stopped_drops_and_counts()
    {
        Receive(4);
        _gelic.Device.StopReceive();

        Assert.True(_gelic.Wire.Deliver(Frame));

        Assert.Equal((0L, 1L), (_gelic.Device.FramesReceived, _gelic.Device.FramesDropped));
    }

    /// <summary>A guest that masks, polls, recycles and restarts as Linux does. Its interface goes down and up under a flood.</summary>
    [Fact]
    public void No_frame_is_lost_while_there_is_room_and_two_hundred_restarts_leave_it_working()
    {
        var guest = new PollingGuest(_gelic, ring: 16);
        for (int round = 0; round < 200; round++)
        {
            guest.Up();
            for (int i = 0; i < 100; i++)
            {
                // A refused frame is offered again when the guest has polled, as the port does.
                while (!_gelic.Wire.Deliver(Frame))
                    guest.Interrupt();
                if (i % 7 == 0)
                    guest.Interrupt();
            }

            guest.Interrupt();
            guest.Down();
            Assert.True(_gelic.Wire.Deliver(Frame));
        }

        Assert.Equal(200 * 100, guest.Polled);
        Assert.Equal((200L * 100, 200L), (_gelic.Device.FramesReceived, _gelic.Device.FramesDropped));
    }

    [Fact]
    public void A_cable_that_goes_out_and_in_two_hundred_times_is_told_of_each_time_and_leaves_it_working()
    {
        var guest = new PollingGuest(_gelic, ring: 4);
        guest.Up();
        for (int round = 0; round < 200; round++)
        {
            _gelic.Device.SetInterruptMask(
                GelicFixture.TransmitEnd | GelicFixture.ReceivedFrames | GelicFixture.ReceiveEnd | GelicFixture.PortStatus);
            foreach ((bool isUp, ulong status) in ((bool, ulong)[])[(false, 0), (true, 0x47)])
            {
                _gelic.Device.IsLinkUp = isUp;
                Assert.Equal(GelicFixture.PortStatus, _gelic.Causes);
                Assert.Equal((Lv1Status.Success, status), Control(2, 2));
                Assert.Equal(0ul, _gelic.Causes);
                Assert.True(_gelic.Wire.Deliver(Frame));
            }

            guest.Interrupt();
        }

        Assert.Equal(200, guest.Polled);
        Assert.Equal((200L, 200L), (_gelic.Device.FramesReceived, _gelic.Device.FramesDropped));
    }

    private void Receive(int count)
    {
        _gelic.SetReceiveRing(count);
        _gelic.Device.StartReceive(new IoAddress(GelicFixture.Ring));
    }

    private (Lv1Status Status, ulong Value) Control(ulong command, ulong p2 = 0, ulong p3 = 0, ulong p4 = 0)
    {
        Lv1Status status = _gelic.Device.Control(command, p2, p3, p4, out ulong value, out _);
        return (status, value);
    }

    /// <summary>The receive half of ps3_gelic_net.c: gelic_card_up, gelic_card_down, the interrupt handler and the poll function.</summary>
    private sealed class PollingGuest(GelicFixture gelic, int ring)
    {
        private const ulong Receive = GelicFixture.ReceivedFrames | GelicFixture.ReceiveEnd;
        private int _head;

        public long Polled { get; private set; }

        public void Up()
        {
            gelic.SetReceiveRing(ring);
            _head = 0;
            gelic.Device.SetInterruptMask(GelicFixture.TransmitEnd | Receive);
            Assert.Equal(Lv1Status.Success, gelic.Device.StartReceive(new IoAddress(GelicFixture.Ring)));
        }

        public void Down()
        {
            gelic.Device.SetInterruptMask(0);
            gelic.Device.StopReceive();
            gelic.Device.StopTransmit();
        }

        public void Interrupt()
        {
            if ((gelic.Causes & Receive) == 0)
                return;
            gelic.Device.SetInterruptMask(GelicFixture.TransmitEnd);
            while (gelic.Command(_head) >> 28 is not 0xa)
                Recycle();
            gelic.Device.SetInterruptMask(GelicFixture.TransmitEnd | Receive);
        }

        private void Recycle()
        {
            uint command = gelic.Command(_head);
            Assert.Equal(4u, command >> 28);
            Polled++;
            uint at = GelicFixture.Descriptor(_head);
            gelic.Dma.SetWord(at + 0x08, 0);
            gelic.Dma.SetWord(at + 0x0c, GelicFixture.CardOwned);
            gelic.Dma.SetWord(GelicFixture.Descriptor((_head + ring - 1) % ring) + 0x08, at);
            _head = (_head + 1) % ring;
            if ((command & 2) != 0)
                Assert.Equal(Lv1Status.Success, gelic.Device.StartReceive(new IoAddress(GelicFixture.Descriptor(_head))));
        }
    }
}
