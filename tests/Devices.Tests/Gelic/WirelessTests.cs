using CellPpe.Core;
using CellPpe.Core.Ports;
using Ps3Platform.Devices.Gelic;
using Xunit;

namespace Devices.Tests.Gelic;

/// <summary>The wireless LAN that a controller with VLANs has (lv1_net_control 6 and 9 to 11).</summary>
public sealed class WirelessTests : IDisposable
{
    private const ulong Completed = 0x8000_0000;
    private const ulong EventReceived = 0x4000_0000;
    private readonly GelicFixture _gelic = new(GelicVlans.Console);

    public WirelessTests() => _gelic.Device.SetInterruptMask(Completed | EventReceived);

    public void Dispose() => _gelic.Dispose();

    [Fact]
    public void A_scan_completes_and_finds_nothing()
    {
        Assert.Equal((Lv1Status.Success, 1ul, 0ul), Control(9, 3));
        Assert.Equal(Completed, _gelic.Causes);
        Assert.Equal((Lv1Status.Success, 0ul, 0ul), Control(10, 1));
        Assert.Equal(0ul, _gelic.Causes);
        Assert.Equal(Lv1Status.NoEntry, Control(11).Status);

        _gelic.Events.RunDue(GelicWireless.ScanTime);

        Assert.Equal(EventReceived, _gelic.Causes);
        Assert.Equal((Lv1Status.Success, 2ul, 0ul), Control(11));
        Assert.Equal((Lv1Status.NoEntry, 0ul, 0ul), Control(11));
        Assert.Equal(0ul, _gelic.Causes);
        Assert.Equal((Lv1Status.Success, 2ul, 0ul), Control(9, 4));
        Assert.Equal((Lv1Status.Success, 0ul, 0ul), Control(10, 2, 0x1000, 4096));
    }

    [Fact]
    public void A_configuration_is_given_back_as_it_was_set()
    {
        byte[] wpa = [.. Enumerable.Range(1, 68).Select(static value => (byte)value)];
        _gelic.Memory.TryWrite(new LparAddress(0x2000), wpa);

        Assert.Equal((Lv1Status.Success, 1ul, 0ul), Control(9, 9, 0x2000, 68));
        Assert.Equal((Lv1Status.Success, 0ul, 0ul), Control(10, 1));
        Assert.Equal((Lv1Status.Success, 2ul, 0ul), Control(9, 10));
        Assert.Equal((Lv1Status.Success, 0ul, 68ul), Control(10, 2, 0x3000, 4096));

        var read = new byte[68];
        Assert.True(_gelic.Memory.TryRead(new LparAddress(0x3000), read));
        Assert.Equal(wpa, read);
    }

    [Theory]
    [InlineData(0ul, 0ul, 0ul)]
    [InlineData(12ul, 0ul, 0ul)]
    [InlineData(ulong.MaxValue, 0ul, 0ul)]
    [InlineData(5ul, 0xffff_0000ul, 8ul)]
    [InlineData(5ul, 0xfff8ul, 16ul)]
    [InlineData(3ul, 0x1000ul, ulong.MaxValue)]
    public void Commands_that_do_not_exist_and_buffers_that_are_no_memory_are_refused(ulong command, ulong buffer, ulong size)
    {
        Assert.Equal((Lv1Status.IllegalParameterValue, 0ul, 0ul), Control(9, command, buffer, size));
        Assert.Equal(0ul, _gelic.Causes);
    }

    [Fact]
    public void A_result_needs_its_tag_and_a_buffer_that_can_be_written()
    {
        Assert.Equal(Lv1Status.NoEntry, Control(10).Status);
        Control(9, 6);
        Assert.Equal(Lv1Status.NoEntry, Control(10, 7).Status);
        Assert.Equal(Lv1Status.IllegalParameterValue, Control(10, 1, 0xffff_0000, 8).Status);
    }

    [Fact]
    public void There_is_no_signal_and_there_are_thirteen_channels()
    {
        Control(9, 11);
        Assert.Equal((Lv1Status.Success, 1ul, 0ul), Control(10, 1, 0x1000, 2));
        Assert.Equal((Lv1Status.Success, 0x1fff_0000_0000_0000ul, 0ul), Control(6));
    }

    [Fact]
    public void Closing_ends_a_scan()
    {
        Control(9, 3);
        _gelic.Device.SetOpen(false);
        _gelic.Device.SetOpen(true);
        _gelic.Device.SetInterruptStatusIndicator(GelicFixture.Word);
        _gelic.Device.SetInterruptMask(ulong.MaxValue);
        _gelic.Events.RunDue(GelicWireless.ScanTime);
        Assert.Equal((Lv1Status.NoEntry, 0ul, 0ul), Control(11));
    }

    private (Lv1Status Status, ulong V1, ulong V2) Control(ulong command, ulong p2 = 0, ulong p3 = 0, ulong p4 = 0)
    {
        Lv1Status status = _gelic.Device.Control(command, p2, p3, p4, out ulong v1, out ulong v2);
        return (status, v1, v2);
    }
}
