using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Gelic;
using Xunit;

namespace Devices.Tests.Gelic;

public sealed class TransmitTests : IDisposable
{
    private readonly GelicFixture _gelic = new();

    [Fact]
    public void A_chain_is_sent_in_order_and_given_back_with_tail_and_chain_end_marks()
    {
        byte[] first = Frames.Console("one");
        byte[] second = Frames.Console("two");
        _gelic.SetTransmit(0, first, GelicFixture.Descriptor(1));
        _gelic.SetTransmit(1, second, 0);

        Assert.Equal(Lv1Status.Success, Start(0));

        Assert.Equal([first, second], _gelic.Wire.Sent);
        Assert.Equal(0x000c_0000u, _gelic.Command(0));
        Assert.Equal(0x000c_0002u, _gelic.Command(1));
        Assert.Equal(1u, _gelic.Dma.Word(GelicFixture.Descriptor(0) + 0x18));
        Assert.Equal(1u, _gelic.Dma.Word(GelicFixture.Descriptor(1) + 0x18));
        Assert.Equal(GelicFixture.TransmitEnd, _gelic.Causes);
        Assert.Equal(1, _gelic.Line.Raised);
    }

    [Fact]
    public void Fragments_are_one_frame_and_only_the_last_is_a_tail()
    {
        byte[] frame = Frames.Console("fragmented");
        _gelic.SetTransmit(0, frame[..20], GelicFixture.Descriptor(1), GelicFixture.CardOwned);
        _gelic.SetTransmit(1, frame[20..], 0);

        Start(0);

        Assert.Equal(frame, Assert.Single(_gelic.Wire.Sent));
        Assert.Equal(0u, _gelic.Dma.Word(GelicFixture.Descriptor(0) + 0x18));
        Assert.Equal(1u, _gelic.Dma.Word(GelicFixture.Descriptor(1) + 0x18));
    }

    [Fact]
    public void The_link_is_read_after_the_frame_was_sent()
    {
        byte[] frame = Frames.Console("x");
        _gelic.SetTransmit(0, frame, 0);
        _gelic.SetTransmit(1, frame, 0);
        _gelic.Wire.WhileSending = () => _gelic.Dma.SetWord(GelicFixture.Descriptor(0) + 0x08, GelicFixture.Descriptor(1));

        Start(0);

        Assert.Equal(2, _gelic.Wire.Sent.Count);
    }

    [Fact]
    public void Starting_while_the_engine_runs_is_refused()
    {
        Lv1Status second = Lv1Status.Success;
        _gelic.SetTransmit(0, Frames.Console("x"), 0);
        _gelic.Wire.WhileSending = () => second = Start(0);

        Start(0);

        Assert.Equal(Lv1Status.Busy, second);
        Assert.Single(_gelic.Wire.Sent);
    }

    [Fact]
    public void A_descriptor_that_links_to_itself_is_sent_once()
    {
        _gelic.SetTransmit(0, Frames.Console("loop"), GelicFixture.Descriptor(0));

        Start(0);

        Assert.Single(_gelic.Wire.Sent);
        Assert.Equal(GelicFixture.TransmitEnd, _gelic.Causes);
    }

    [Fact]
    public void A_descriptor_that_cannot_be_written_back_is_not_sent_for_ever()
    {
        byte[] frame = Frames.Console("read only");
        frame.CopyTo(_gelic.Dma.At(GelicFixture.Buffers, frame.Length));
        _gelic.Dma.SetDescriptor(
            FakeDma.ReadOnlyStart, GelicFixture.Buffers, (uint)frame.Length, FakeDma.ReadOnlyStart,
            GelicFixture.CardOwned | GelicFixture.Tail);

        _gelic.Device.StartTransmit(new IoAddress(FakeDma.ReadOnlyStart));

        Assert.Single(_gelic.Wire.Sent);
        Assert.Equal(Lv1Status.Success, _gelic.Device.StartTransmit(new IoAddress(FakeDma.ReadOnlyStart)));
    }

    [Theory]
    [InlineData(0x1234_5678u, 64u)]
    [InlineData(FakeDma.Start + FakeDma.Size - 8, 64u)]
    public void An_unreachable_buffer_is_a_protection_error_with_the_tail_mark(uint buffer, uint size)
    {
        _gelic.Dma.SetDescriptor(GelicFixture.Ring, buffer, size, 0, GelicFixture.CardOwned | GelicFixture.Tail);

        Start(0);

        Assert.Empty(_gelic.Wire.Sent);
        Assert.Equal(2u, _gelic.Command(0) >> 28);
        Assert.Equal(1u, _gelic.Dma.Word(GelicFixture.Ring + 0x18));
        Assert.Equal(GelicFixture.TransmitEnd, _gelic.Causes);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(13u)]
    [InlineData(2561u)]
    [InlineData(uint.MaxValue)]
    public void A_frame_of_an_impossible_size_is_completed_but_not_sent(uint size)
    {
        _gelic.Dma.SetDescriptor(GelicFixture.Ring, GelicFixture.Buffers, size, 0, GelicFixture.CardOwned | GelicFixture.Tail);

        Start(0);

        Assert.Empty(_gelic.Wire.Sent);
        Assert.Equal(0u, _gelic.Command(0) >> 28);
        Assert.Equal(1u, _gelic.Dma.Word(GelicFixture.Ring + 0x18));
    }

    [Theory]
    [InlineData(0ul, Lv1Status.IllegalParameterValue)]
    [InlineData(FakeDma.Start + 4ul, Lv1Status.IllegalParameterValue)]
    [InlineData(0x1_8000_0000ul, Lv1Status.IllegalParameterValue)]
    [InlineData(0x4000_0000ul, Lv1Status.AccessViolation)]
    public void Bad_descriptor_addresses_are_refused_at_start(ulong address, Lv1Status expected) =>
        Assert.Equal(expected, _gelic.Device.StartTransmit(new IoAddress(address)));

    [Theory]
    [InlineData(0x4000_0000u)]
    [InlineData(FakeDma.Start + 5)]
    public void A_link_to_nowhere_stops_the_engine(uint next)
    {
        _gelic.SetTransmit(0, Frames.Console("x"), next);

        Start(0);

        Assert.Equal(GelicFixture.TransmitEnd, _gelic.Causes);
        Assert.Equal(Lv1Status.Success, Start(0));
    }

    [Fact]
    public void A_very_long_chain_lets_the_guest_run_in_between()
    {
        const int count = 3000;
        for (int i = 0; i < count; i++)
        {
            uint descriptor = FakeDma.Start + 0x20000 + ((uint)i * 32);
            _gelic.Dma.SetDescriptor(descriptor, 0, 0, i == count - 1 ? 0 : descriptor + 32, GelicFixture.CardOwned);
        }

        var first = new IoAddress(FakeDma.Start + 0x20000);
        _gelic.Device.StartTransmit(first);

        Assert.Equal(0, _gelic.Line.Raised);
        Assert.Equal(Lv1Status.Busy, _gelic.Device.StartTransmit(first));
        for (int turn = 0; turn < 2; turn++)
        {
            Assert.Equal(0, _gelic.Line.Raised);
            _gelic.Clock.TimeBase = _gelic.Events.NextTime;
            _gelic.Events.RunDue(_gelic.Clock.TimeBase);
        }

        Assert.Equal(1, _gelic.Line.Raised);
        Assert.Equal(GelicFixture.TransmitEnd, _gelic.Causes);
    }

    [Fact]
    public void Stopping_ends_a_long_chain()
    {
        for (int i = 0; i < 2000; i++)
        {
            uint descriptor = FakeDma.Start + 0x20000 + ((uint)i * 32);
            _gelic.Dma.SetDescriptor(descriptor, 0, 0, descriptor + 32, GelicFixture.CardOwned);
        }

        _gelic.Device.StartTransmit(new IoAddress(FakeDma.Start + 0x20000));
        Assert.Equal(Lv1Status.Success, _gelic.Device.StopTransmit());
        int reads = _gelic.Dma.Reads;
        _gelic.Events.RunDue(ulong.MaxValue - 1);

        Assert.Equal(reads, _gelic.Dma.Reads);
        Assert.Equal(GelicFixture.TransmitEnd, _gelic.Causes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData((ushort)3)]
    public void The_tcp_checksum_is_filled_in_on_request(ushort? vlan)
    {
        byte[] frame = Frames.Ethernet(Frames.Broadcast, 0x0800, Frames.Tcp("odd"u8), vlan);
        _gelic.SetTransmit(0, frame, 0, GelicFixture.CardOwned | GelicFixture.Tail | 0x0002_0000);

        Start(0);

        ReadOnlySpan<byte> ip = Assert.Single(_gelic.Wire.Sent).AsSpan(vlan is null ? 14 : 18);
        byte[] pseudo = [.. ip[12..20], 0, 6, 0, (byte)(ip.Length - 20), .. ip[20..]];
        Assert.Equal(0xffff, Frames.OnesSum(pseudo));
    }

    [Fact]
    public void A_checksum_request_on_something_else_leaves_the_frame_alone()
    {
        byte[] frame = Frames.Ethernet(Frames.Broadcast, 0x0806, new byte[46]);
        _gelic.SetTransmit(0, frame, 0, GelicFixture.CardOwned | GelicFixture.Tail | 0x0003_0000);

        Start(0);

        Assert.Equal(frame, Assert.Single(_gelic.Wire.Sent));
    }

    [Fact]
    public void The_internal_vlan_is_taken_off_and_other_ports_frames_are_not_sent()
    {
        using var gelic = new GelicFixture(new GelicVlans(3, 4, 3, 4));
        byte[] plain = Frames.Console("vlan");
        gelic.SetTransmit(0, Frames.Console("vlan", vlan: 3), GelicFixture.Descriptor(1));
        gelic.SetTransmit(1, Frames.Console("wireless", vlan: 4), GelicFixture.Descriptor(2));
        gelic.SetTransmit(2, plain, 0);

        gelic.Device.StartTransmit(new IoAddress(GelicFixture.Ring));

        Assert.Equal(plain, Assert.Single(gelic.Wire.Sent));
    }

    /// <summary>The controller does not send an invalid frame or descriptor, counts it, and raises its cause where there is one.</summary>
    [Theory]
    [InlineData(GelicFixture.Buffers, 13u, 0u, 1, 0, 0x4ul)]
    [InlineData(GelicFixture.Buffers, 2561u, 0u, 1, 0, 0ul)]
    [InlineData(0x1234_5678u, 64u, 0u, 1, 0, 0x40_0000ul)]
    [InlineData(GelicFixture.Buffers, 64u, 0x0002_0000u, 0, 0, 0x0800_0000ul)]
    public void What_is_malformed_is_counted(uint buffer, uint size, uint checksum, int frames, int descriptors, ulong cause)
    {
        _gelic.Device.SetInterruptMask(ulong.MaxValue);
        _gelic.Dma.SetDescriptor(
            GelicFixture.Ring, buffer, size, 0, GelicFixture.CardOwned | GelicFixture.Tail | checksum);

        Start(0);

        GelicState state = Assert.IsType<GelicState>(_gelic.Device.Inspect());
        Assert.Equal((frames, descriptors), (state.FramesMalformed, state.DescriptorsMalformed));
        Assert.Equal(1 - frames, _gelic.Wire.Sent.Count);
        Assert.Equal(GelicFixture.TransmitEnd | cause, _gelic.Causes);
    }

    [Fact]
    public void Descriptors_that_are_not_the_cards_or_out_of_reach_are_counted()
    {
        _gelic.SetTransmit(0, Frames.Console("x"), 0x4000_0000);
        Start(0);
        _gelic.Dma.SetWord(GelicFixture.Ring + 0x0c, 0xb000_0000);
        Start(0);

        Assert.Equal(2, Assert.IsType<GelicState>(_gelic.Device.Inspect()).DescriptorsMalformed);
    }

    [Fact]
    public void A_closed_device_does_not_start()
    {
        _gelic.Device.SetOpen(false);
        Assert.Equal(Lv1Status.WrongState, Start(0));
    }

    /// <summary>For any contents of the descriptors, each call returns and the engine can be stopped.</summary>
    [Fact]
    public void Random_rings_never_hang()
    {
        var random = new Random(7);
        Span<byte> raw = stackalloc byte[0x800];
        for (int round = 0; round < 500; round++)
        {
            random.NextBytes(raw);
            raw.CopyTo(_gelic.Dma.At(GelicFixture.Ring, raw.Length));
            for (int i = 0; i < 32; i++)
            {
                uint descriptor = GelicFixture.Descriptor(i);
                _gelic.Dma.SetWord(descriptor + 0x04, (uint)random.Next(0, 3000));
                _gelic.Dma.SetWord(descriptor + 0x08, GelicFixture.Descriptor(random.Next(0, 32)) + (uint)(random.Next(8) == 0 ? 4 : 0));
                _gelic.Dma.SetWord(descriptor + 0x0c, GelicFixture.CardOwned | ((uint)random.Next() & 0x000f_ffff));
            }

            Assert.Equal(Lv1Status.Success, Start(random.Next(0, 32)));
            _gelic.Device.StopTransmit();
        }
    }

    public void Dispose() => _gelic.Dispose();

    private Lv1Status Start(int index) => _gelic.Device.StartTransmit(new IoAddress(GelicFixture.Descriptor(index)));
}
