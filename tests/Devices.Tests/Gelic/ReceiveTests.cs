using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Gelic;
using Xunit;

namespace Devices.Tests.Gelic;

public sealed class ReceiveTests : IDisposable
{
    private static readonly byte[] Frame = Frames.Ethernet(Frames.Station, 0x0806, new byte[46]);
    private readonly GelicFixture _gelic = new();

    [Fact]
    public void A_frame_is_stored_behind_two_bytes_and_the_descriptor_given_back()
    {
        _gelic.SetReceiveRing(2);
        Start();

        _gelic.Wire.Deliver(Frame);

        Assert.Equal([0, 0, .. Frame], _gelic.Dma.At(GelicFixture.Buffers, Frame.Length + 2).ToArray());
        Assert.Equal(0x4000_0000u, _gelic.Command(0));
        Assert.Equal((uint)Frame.Length + 2, _gelic.Dma.Word(GelicFixture.Ring + 0x10));
        Assert.Equal((uint)Frame.Length + 2, _gelic.Dma.Word(GelicFixture.Ring + 0x14));
        Assert.Equal(0x4000_0000u, _gelic.Dma.Word(GelicFixture.Ring + 0x18));
        Assert.Equal(0u, _gelic.Dma.Word(GelicFixture.Ring + 0x1c));
        Assert.Equal(GelicFixture.ReceivedFrames, _gelic.Causes);
    }

    [Fact]
    public void The_last_descriptor_ends_the_chain_and_the_engine_can_be_started_again()
    {
        _gelic.SetReceiveRing(1);
        Start();

        Assert.True(_gelic.Wire.Deliver(Frame));
        Assert.False(_gelic.Wire.Deliver(Frame));

        Assert.Equal(0x4000_0002u, _gelic.Command(0));
        Assert.Equal(GelicFixture.ReceiveEnd, _gelic.Causes);
        Assert.Equal(1, _gelic.Device.FramesReceived);
        Assert.Equal(0, _gelic.Device.FramesDropped);
        _gelic.SetReceiveRing(1);
        int resumed = _gelic.Wire.Resumed;
        Assert.Equal(Lv1Status.Success, Start());
        Assert.Equal(resumed + 1, _gelic.Wire.Resumed);
        Assert.True(_gelic.Wire.Deliver(Frame));
    }

    [Fact]
    public void Starting_a_running_engine_fails_and_changes_nothing()
    {
        _gelic.SetReceiveRing(2);
        Start();
        Assert.Equal(Lv1Status.Busy, Start());
        _gelic.Wire.Deliver(Frame);
        Assert.Equal(1, _gelic.Device.FramesReceived);
    }

    [Fact]
    public void A_frame_longer_than_its_buffer_is_marked_buffer_full()
    {
        _gelic.SetReceiveRing(2, size: 32);
        Start();

        _gelic.Wire.Deliver(Frame);

        Assert.Equal(0u, _gelic.Command(0) >> 28);
        Assert.Equal(32u, _gelic.Dma.Word(GelicFixture.Ring + 0x10));
        Assert.Equal(0u, _gelic.Dma.Word(GelicFixture.Ring + 0x14));
        Assert.Equal(0, _gelic.Dma.At(GelicFixture.Buffers + 32, 1)[0]);
    }

    [Fact]
    public void A_descriptor_the_guest_still_holds_makes_the_engine_wait()
    {
        _gelic.SetReceiveRing(2);
        _gelic.Dma.SetWord(GelicFixture.Ring + 0x0c, 0xb000_0000);
        Start();

        Assert.False(_gelic.Wire.Deliver(Frame));
        Assert.Equal(0, _gelic.Device.FramesDropped);
        _gelic.Dma.SetWord(GelicFixture.Ring + 0x0c, GelicFixture.CardOwned);
        Assert.True(_gelic.Wire.Deliver(Frame));
        Assert.Equal(1, _gelic.Device.FramesReceived);
    }

    [Fact]
    public void An_unreachable_buffer_is_a_protection_error()
    {
        _gelic.SetReceiveRing(2);
        _gelic.Dma.SetWord(GelicFixture.Ring, 0x1000);
        Start();

        _gelic.Wire.Deliver(Frame);

        Assert.Equal(2u, _gelic.Command(0) >> 28);
        Assert.Equal(0, _gelic.Device.FramesReceived);
    }

    [Fact]
    public void A_ring_of_one_that_links_to_itself_takes_one_frame()
    {
        _gelic.SetReceiveRing(1);
        _gelic.Dma.SetWord(GelicFixture.Ring + 0x08, GelicFixture.Ring);
        Start();

        Assert.True(_gelic.Wire.Deliver(Frame));
        Assert.False(_gelic.Wire.Deliver(Frame));

        Assert.Equal(1, _gelic.Device.FramesReceived);
    }

    [Fact]
    public void The_prefix_is_the_vlan_the_frame_belongs_to()
    {
        using var gelic = new GelicFixture(new GelicVlans(3, 4, 0x103, 4));
        gelic.SetReceiveRing(2);
        gelic.Device.StartReceive(new IoAddress(GelicFixture.Ring));
        gelic.Wire.Deliver(Frame);
        Assert.Equal([0x01, 0x03], gelic.Dma.At(GelicFixture.Buffers, 2).ToArray());
    }

    [Fact]
    public void Checksums_are_reported_as_checked_and_wrong_ones_as_errors()
    {
        _gelic.SetReceiveRing(3);
        Start();
        byte[] right = Frames.Ethernet(Frames.Station, 0x0800, Frames.Tcp("data"u8));
        byte[] ip = right[14..];
        byte[] pseudo = [.. ip[12..20], 0, 6, 0, (byte)(ip.Length - 20), .. ip[20..]];
        int sum = ~Frames.OnesSum(pseudo) & 0xffff;
        byte[] wrong = [.. right];
        right[14 + 20 + 16] = (byte)(sum >> 8);
        right[14 + 20 + 17] = (byte)sum;

        _gelic.Wire.Deliver(right);
        _gelic.Wire.Deliver(wrong);
        right[14 + 8] ^= 1;
        _gelic.Wire.Deliver(right);

        Assert.Equal(0x7000_0000u, _gelic.Dma.Word(GelicFixture.Descriptor(0) + 0x18));
        Assert.Equal(0u, _gelic.Dma.Word(GelicFixture.Descriptor(0) + 0x1c));
        Assert.Equal(0x7000_0000u, _gelic.Dma.Word(GelicFixture.Descriptor(1) + 0x18));
        Assert.Equal(0x0400_0000u, _gelic.Dma.Word(GelicFixture.Descriptor(1) + 0x1c));
        Assert.Equal(0x7000_0000u, _gelic.Dma.Word(GelicFixture.Descriptor(2) + 0x18));
        Assert.Equal(0x0800_0000u, _gelic.Dma.Word(GelicFixture.Descriptor(2) + 0x1c));
    }

    [Fact]
    public void Broadcast_and_groups_are_received_only_when_enabled()
    {
        const ulong group = 0x0100_5e00_0001;
        _gelic.SetReceiveRing(8);
        Start();

        Assert.Equal(0, Heard(Frames.Broadcast, group, 0x0200_0000_0001));
        Assert.Equal(Lv1Status.Success, _gelic.Device.AddMulticastAddress(Frames.Broadcast, all: false));
        Assert.Equal(1, Heard(Frames.Broadcast, group));
        _gelic.Device.AddMulticastAddress(group, all: false);
        Assert.Equal(2, Heard(Frames.Broadcast, group));
        _gelic.Device.RemoveMulticastAddresses();
        Assert.Equal(0, Heard(Frames.Broadcast, group));
        _gelic.Device.AddMulticastAddress(0, all: true);
        Assert.Equal(1, Heard(group, 0x0200_0000_0001));
    }

    [Fact]
    public void The_group_list_holds_32_besides_broadcast()
    {
        Assert.Equal(Lv1Status.Success, _gelic.Device.AddMulticastAddress(Frames.Broadcast, all: false));
        for (ulong i = 0; i < 32; i++)
            Assert.Equal(Lv1Status.Success, _gelic.Device.AddMulticastAddress(0x0100_5e00_0000 + i, all: false));
        Assert.Equal(Lv1Status.ResourceShortage, _gelic.Device.AddMulticastAddress(0x0100_5eff_0000, all: false));
        Assert.Equal(Lv1Status.IllegalParameterValue, _gelic.Device.AddMulticastAddress(0x0200_0000_0000, all: false));
        Assert.Equal(Lv1Status.IllegalParameterValue, _gelic.Device.AddMulticastAddress(ulong.MaxValue, all: false));
    }

    public void Dispose() => _gelic.Dispose();

    private Lv1Status Start() => _gelic.Device.StartReceive(new IoAddress(GelicFixture.Ring));

    private long Heard(params ulong[] destinations)
    {
        long before = _gelic.Device.FramesReceived;
        foreach (ulong destination in destinations)
            _gelic.Wire.Deliver(Frames.Ethernet(destination, 0x0806, new byte[46]));
        return _gelic.Device.FramesReceived - before;
    }
}
