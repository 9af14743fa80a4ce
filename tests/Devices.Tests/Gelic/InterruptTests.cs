using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Gelic;
using Xunit;

namespace Devices.Tests.Gelic;

public sealed class InterruptTests : IDisposable
{
    private const ulong Receive = GelicFixture.ReceivedFrames | GelicFixture.ReceiveEnd;
    private static readonly byte[] Frame = Frames.Ethernet(Frames.Station, 0x0806, new byte[46]);
    private readonly GelicFixture _gelic = new();

    [Fact]
    public void A_cause_that_comes_before_the_handler_does_not_hide_the_one_before()
    {
        Transmit();
        ReceiveOne();
        Assert.Equal(GelicFixture.TransmitEnd | GelicFixture.ReceivedFrames, _gelic.Causes);
        Assert.Equal(2, _gelic.Line.Raised);
    }

    [Fact]
    public void Frames_that_come_while_the_guest_polls_interrupt_when_it_unmasks()
    {
        ReceiveOne();
        _gelic.Device.SetInterruptMask(GelicFixture.TransmitEnd);
        Assert.Equal(0ul, _gelic.Causes);
        _gelic.Wire.Deliver(Frame);
        Assert.Equal(1, _gelic.Line.Raised);

        _gelic.Device.SetInterruptMask(GelicFixture.TransmitEnd | Receive);

        Assert.Equal(2, _gelic.Line.Raised);
        Assert.Equal(GelicFixture.ReceivedFrames, _gelic.Causes);
    }

    [Fact]
    public void The_end_of_a_transmission_that_is_masked_before_it_was_seen_is_reported_again()
    {
        Transmit();
        Assert.Equal(GelicFixture.TransmitEnd, _gelic.Causes);

        // As Linux takes the interface down and up, before its handler has run.
        _gelic.Device.SetInterruptMask(0);
        Assert.Equal(0ul, _gelic.Causes);
        _gelic.Device.StopTransmit();
        _gelic.Device.SetInterruptMask(GelicFixture.TransmitEnd | Receive);

        Assert.Equal(GelicFixture.TransmitEnd, _gelic.Causes);
        Assert.Equal(2, _gelic.Line.Raised);
    }

    [Fact]
    public void Stopping_the_receive_engine_takes_its_causes_back()
    {
        _gelic.Device.SetInterruptMask(GelicFixture.TransmitEnd);
        ReceiveOne();
        _gelic.Device.StopReceive();

        _gelic.Device.SetInterruptMask(GelicFixture.TransmitEnd | Receive);

        Assert.Equal(0, _gelic.Line.Raised);
        Assert.Equal(0ul, _gelic.Causes);
    }

    [Fact]
    public void Unmasking_without_a_new_cause_raises_nothing()
    {
        ReceiveOne();
        _gelic.Device.SetInterruptMask(GelicFixture.TransmitEnd);
        _gelic.Device.SetInterruptMask(GelicFixture.TransmitEnd | Receive);
        Assert.Equal(1, _gelic.Line.Raised);
    }

    [Fact]
    public void The_debug_console_works_without_word_and_line()
    {
        _gelic.Device.ConnectInterrupt(null);
        _gelic.Device.SetInterruptStatusIndicator(null);
        Transmit();
        Assert.Single(_gelic.Wire.Sent);
        Assert.Equal(0, _gelic.Line.Raised);
    }

    [Theory]
    [InlineData(0x101ul, Lv1Status.AlignmentError)]
    [InlineData(0x10_0000ul, Lv1Status.IllegalParameterValue)]
    public void The_word_must_be_aligned_memory(ulong word, Lv1Status expected) =>
        Assert.Equal(expected, _gelic.Device.SetInterruptStatusIndicator(new LparAddress(word)));

    [Fact]
    public void Closing_forgets_mask_word_and_causes()
    {
        _gelic.Device.SetInterruptMask(0);
        Transmit();
        _gelic.Device.SetOpen(false);
        _gelic.Device.SetOpen(true);
        _gelic.Device.SetInterruptStatusIndicator(GelicFixture.Word);
        _gelic.Device.SetInterruptMask(ulong.MaxValue);
        Assert.Equal(0, _gelic.Line.Raised);
    }

    [Fact]
    public void Control_answers_as_a_machine_without_wireless_and_vlans()
    {
        Assert.Equal((Lv1Status.Success, Frames.Station), Control(1));
        Assert.Equal((Lv1Status.Success, 0x47ul), Control(2, 2));
        Assert.Equal(Lv1Status.Success, Control(3, 2, 4).Status);
        Assert.Equal(Lv1Status.Success, Control(5, 1).Status);
        foreach (ulong index in new ulong[] { 2, 3, 0x12, 0x13 })
            Assert.Equal((Lv1Status.NoEntry, 0ul), Control(4, index));
        foreach (ulong command in new ulong[] { 0, 6, 7, 9, 10, 11, ulong.MaxValue })
            Assert.Equal(Lv1Status.NoEntry, Control(command).Status);
    }

    [Fact]
    public void Configured_vlans_are_reported()
    {
        using var gelic = new GelicFixture(new GelicVlans(3, 4, 5, 6));
        Assert.Equal(Lv1Status.Success, gelic.Device.Control(4, 0x12, 0, 0, out ulong id, out _));
        Assert.Equal(5ul, id);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(0x0100_0000_0001ul)]
    [InlineData(0x1_0000_0000_0000ul)]
    public void A_wrong_station_address_is_a_wrong_configuration(ulong address)
    {
        using var memory = new GuestMemory(4096);
        Assert.Throws<ArgumentException>(() => new GelicDevice(
            new FakeHost(), new GelicConfig { MacAddress = address }, memory, new EventQueue(), new FakeClock(), new FakeWire()));
    }

    public void Dispose() => _gelic.Dispose();

    private void Transmit()
    {
        _gelic.SetTransmit(40, Frame, 0);
        _gelic.Device.StartTransmit(new IoAddress(GelicFixture.Descriptor(40)));
    }

    private void ReceiveOne()
    {
        _gelic.SetReceiveRing(4);
        _gelic.Device.StartReceive(new IoAddress(GelicFixture.Ring));
        _gelic.Wire.Deliver(Frame);
    }

    private (Lv1Status Status, ulong Value) Control(ulong command, ulong p2 = 0, ulong p3 = 0)
    {
        Lv1Status status = _gelic.Device.Control(command, p2, p3, 0, out ulong value, out _);
        return (status, value);
    }
}
