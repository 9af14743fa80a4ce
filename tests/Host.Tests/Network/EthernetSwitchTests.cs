using Ps3Platform.Devices.Network;
using Ps3Platform.Host.Network;

using Xunit;

namespace Host.Tests.Network;

public sealed class EthernetSwitchTests
{
    private readonly EthernetSwitch _switch = new();

    [Fact]
    public void Unknown_stations_are_flooded_known_ones_are_not()
    {
        (INetworkBackend a, Collector heardA) = Port();
        (INetworkBackend b, Collector heardB) = Port();
        (_, Collector heardC) = Port();

        a.Send(TestFrames.Make(TestFrames.Beta, TestFrames.Alpha));
        Assert.Equal((0, 1, 1), (heardA.Frames.Count, heardB.Frames.Count, heardC.Frames.Count));
        b.Send(TestFrames.Make(TestFrames.Alpha, TestFrames.Beta));
        a.Send(TestFrames.Make(TestFrames.Beta, TestFrames.Alpha));
        Assert.Equal((1, 2, 1), (heardA.Frames.Count, heardB.Frames.Count, heardC.Frames.Count));
        a.Send(TestFrames.Make(TestFrames.Broadcast, TestFrames.Alpha));
        Assert.Equal((1, 3, 2), (heardA.Frames.Count, heardB.Frames.Count, heardC.Frames.Count));
    }

    [Fact]
    public void A_station_that_moves_is_found_at_its_new_port_and_one_that_is_gone_is_searched()
    {
        (INetworkBackend a, Collector heardA) = Port();
        (INetworkBackend b, Collector heardB) = Port();
        (INetworkBackend c, Collector heardC) = Port();
        b.Send(TestFrames.Make(TestFrames.Broadcast, TestFrames.Beta));
        c.Send(TestFrames.Make(TestFrames.Broadcast, TestFrames.Beta));

        a.Send(TestFrames.Make(TestFrames.Beta, TestFrames.Alpha));
        Assert.Equal((1, 2), (heardB.Frames.Count, heardC.Frames.Count));
        _switch.Disconnect(c);
        a.Send(TestFrames.Make(TestFrames.Beta, TestFrames.Alpha));

        Assert.Equal((2, 2), (heardB.Frames.Count, heardC.Frames.Count));
        Assert.Equal(2, heardA.Frames.Count);
    }

    [Fact]
    public void Frames_to_a_station_on_the_same_port_go_nowhere()
    {
        (INetworkBackend a, Collector heardA) = Port();
        (_, Collector heardB) = Port();
        a.Send(TestFrames.Make(TestFrames.Broadcast, TestFrames.Gamma));
        a.Send(TestFrames.Make(TestFrames.Gamma, TestFrames.Alpha));
        Assert.Equal((0, 1), (heardA.Frames.Count, heardB.Frames.Count));
    }

    [Fact]
    public void A_port_that_shows_ever_new_stations_does_not_make_the_switch_grow()
    {
        (INetworkBackend a, _) = Port();
        (INetworkBackend b, Collector heardB) = Port();
        b.Send(TestFrames.Make(TestFrames.Broadcast, TestFrames.Beta));
        for (ulong i = 0; i < 100_000; i++)
            a.Send(TestFrames.Make(TestFrames.Gamma, 0x0200_0100_0000 + i, payload: 0));

        Assert.Equal(EthernetSwitch.MostStations, _switch.Stations);
        int before = heardB.Frames.Count;
        a.Send(TestFrames.Make(TestFrames.Beta, TestFrames.Alpha));
        Assert.Equal(before + 1, heardB.Frames.Count);
    }

    [Fact]
    public void Frames_that_are_none_are_counted_and_stopped()
    {
        (INetworkBackend a, _) = Port();
        (_, Collector heardB) = Port();
        a.Send([]);
        a.Send(new byte[13]);
        a.Send(new byte[FrameQueue.LongestFrame + 1]);
        Assert.Equal(3, _switch.Malformed);
        Assert.Empty(heardB.Frames);
        a.Send(TestFrames.Make(TestFrames.Beta, TestFrames.Alpha, payload: 0));
        a.Send(TestFrames.Make(TestFrames.Beta, TestFrames.Broadcast));
        Assert.Equal(2, heardB.Frames.Count);
        Assert.Equal(1, _switch.Stations);
    }

    private (INetworkBackend Port, Collector Heard) Port()
    {
        INetworkBackend port = _switch.Connect();
        return (port, port.Listen());
    }
}
