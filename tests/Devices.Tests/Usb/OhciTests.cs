using System.Text;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Usb;
using Ps3Platform.Devices.Usb.Input;
using Xunit;

namespace Devices.Tests.Usb;

public sealed class OhciTests : IDisposable
{
    private const uint KeyboardEndpoint = 5 | (1 << 7) | (2 << 11) | (8 << 16);
    private readonly UsbFixture _usb = new();

    public void Dispose() => _usb.Dispose();

    [Fact]
    public void Both_devices_announce_two_controllers_each()
    {
        Assert.Equal([1ul, 2ul], _usb.Host.OnBus.Select(static device => device.Id));
        Assert.All(_usb.Host.OnBus, static device =>
        {
            Assert.Equal(4ul, device.Type);
            Assert.Equal([3ul, 4ul], device.Interrupts.Select(static interrupt => interrupt.Type));
            Assert.Equal([3ul, 4ul], device.Registers.Select(static block => block.Type));
        });
        Assert.Equal(4, _usb.Host.OnBus.SelectMany(static device => device.Interrupts).Select(static one => one.Id).Distinct().Count());
    }

    [Fact]
    public void Registers_have_their_values_after_a_reset()
    {
        Assert.Equal(0x10ul, _usb.Ohci.Read(0, 4));
        Assert.Equal(0x2edful, _usb.Ohci.Read(0x34, 4));
        Assert.Equal(0x628ul, _usb.Ohci.Read(0x44, 4));
        Assert.Equal(4ul, _usb.Ohci.Read(0x48, 4) & 0xff);
        _usb.Ohci.Write(0x08, 4, 1);
        Assert.Equal(0ul, _usb.Ohci.Read(0x08, 4) & 1);
        Assert.Equal(0xc0ul, _usb.Ohci.Read(0x04, 4) & 0xc0);
    }

    [Fact]
    public void A_keyboard_is_found_and_says_what_it_is()
    {
        _usb.Add("usb-kbd");
        var host = new OhciHost(_usb);
        Assert.Equal(0x0001_0101ul, _usb.Ohci.Read(0x54, 4));
        host.Configure();

        byte[] device = host.In(5, 0, 6, 0x0100, 0, 18)!;
        Assert.Equal(18, device.Length);
        byte[] configuration = host.In(5, 0, 6, 0x0200, 0, 255)!;
        Assert.Equal(configuration.Length, configuration[2] | (configuration[3] << 8));
        // HID, boot, keyboard.
        Assert.Equal([3, 1, 1], configuration[14..17]);
        byte[] product = host.In(5, 0, 6, 0x0302, 0x409, 255)!;
        Assert.Equal("USB Keyboard", Encoding.Unicode.GetString(product[2..]));
        byte[] reports = host.In(5, 1, 6, 0x2200, 0, 255)!;
        Assert.Equal(configuration[25] | (configuration[26] << 8), reports.Length);
        Assert.Equal(0xc0, reports[^1]);
        Assert.Equal([1], host.In(5, 0, 8, 0, 0, 1)!);
        Assert.Null(host.In(5, 0, 6, 0x0600, 0, 10));
    }

    [Fact]
    public void Keys_come_as_reports_and_wake_a_bus_that_is_idle()
    {
        _usb.Add("usb-kbd");
        var host = new OhciHost(_usb);
        host.Configure();
        host.Queue(OhciHost.Interrupt, KeyboardEndpoint, (2, OhciHost.Buffer, 8, 0));
        _usb.RunFor(milliseconds: 1000);
        Assert.Equal(0ul, _usb.Ohci.Read(0x0c, 4) & 2);

        _usb.Usb.Input.Key(0xe1, isDown: true);
        _usb.Usb.Input.Key(0x04, isDown: true);
        _usb.RunFor(milliseconds: 3);
        Assert.Equal(2ul, _usb.Ohci.Read(0x0c, 4) & 2);
        Assert.Equal([2, 0, 0, 0, 0, 0, 0, 0], _usb.Dma.At(OhciHost.Buffer, 8).ToArray());

        _usb.Ohci.Write(0x0c, 4, 0x7f);
        host.Submit(OhciHost.Interrupt, KeyboardEndpoint, (2, OhciHost.Buffer, 8, 0));
        Assert.Equal([2, 0, 4, 0, 0, 0, 0, 0], _usb.Dma.At(OhciHost.Buffer, 8).ToArray());
    }

    [Fact]
    public void Lights_come_back()
    {
        _usb.Add("usb-kbd");
        var host = new OhciHost(_usb);
        host.Configure();
        List<KeyboardLeds> seen = [];
        _usb.Usb.Input.LedsChanged += seen.Add;

        Assert.Equal(0u, host.Out(5, 0x21, 9, 0x0200, 0, 3));
        Assert.Equal(KeyboardLeds.NumLock | KeyboardLeds.CapsLock, _usb.Usb.Input.Leds);
        Assert.Equal([KeyboardLeds.NumLock | KeyboardLeds.CapsLock], seen);
    }

    [Fact]
    public void An_idle_bus_costs_little()
    {
        _usb.Add("usb-kbd");
        var host = new OhciHost(_usb);
        host.Configure();
        host.Queue(OhciHost.Interrupt, KeyboardEndpoint, (2, OhciHost.Buffer, 8, 0));
        _usb.RunFor(milliseconds: 100);
        int before = _usb.Dma.Reads;
        ushort frame = (ushort)_usb.Little(OhciHost.Hcca + 0x80);

        _usb.RunFor(milliseconds: 10_000);

        // A scan every 31 ms, with three reads; and guest time advances.
        Assert.InRange(_usb.Dma.Reads - before, 100, 1200);
        Assert.InRange((ushort)_usb.Little(OhciHost.Hcca + 0x80) - frame, 9_900, 10_000);
        Assert.InRange((long)_usb.Ohci.Read(0x3c, 4) - frame, 9_950, 10_050);
    }

    [Fact]
    public void Nothing_is_scheduled_for_a_controller_that_is_suspended()
    {
        var host = new OhciHost(_usb);
        _usb.RunFor(milliseconds: 100);
        _usb.Ohci.Write(0x04, 4, 0xc0);
        _usb.RunFor(milliseconds: 100);
        Assert.Equal(ulong.MaxValue, _usb.Events.NextTime);
        Assert.NotNull(host);
    }

    [Fact]
    public void A_request_that_is_not_supported_stalls_and_halts_its_endpoint()
    {
        _usb.Add("usb-kbd");
        var host = new OhciHost(_usb);
        host.Configure();

        Assert.Equal(4u, host.Out(5, 0x40, 0x77, 0, 0));
        Assert.Equal(1u, _usb.Little(OhciHost.Control + 8) & 1);
        _usb.SetLittle(OhciHost.Control + 8, 0);
        Assert.NotNull(host.In(5, 0, 6, 0x0100, 0, 18));
    }

    [Fact]
    public void An_address_without_a_device_does_not_answer()
    {
        var host = new OhciHost(_usb);
        Assert.Equal(5u, host.Out(9, 0x00, 9, 1, 0));
    }

    [Fact]
    public void A_packet_that_is_short_is_an_error_only_if_the_transfer_says_so()
    {
        _usb.Add("usb-kbd");
        var host = new OhciHost(_usb);
        host.Configure();
        foreach ((uint rounds, uint condition) in new[] { (1u << 18, 0u), (0u, 9u) })
        {
            _usb.Usb.Input.Key(0x05, isDown: rounds != 0);
            // 64 bytes are wanted, and 8 come.
            Assert.Equal(condition, host.Submit(
                OhciHost.Interrupt, 5 | (1 << 7) | (2 << 11) | (64 << 16), (2, OhciHost.Buffer, 64, rounds)));
            Assert.Equal(OhciHost.Buffer + 8, _usb.Little(OhciHost.LastTransfer(0) + 4));
            _usb.SetLittle(OhciHost.Interrupt + 8, 0);
        }

        // More comes than fits.
        _usb.Usb.Input.Key(0x06, isDown: true);
        Assert.Equal(8u, host.Submit(OhciHost.Interrupt, KeyboardEndpoint, (2, OhciHost.Buffer, 4, 1 << 18)));
    }

    [Fact]
    public void Devices_come_and_go_while_the_machine_runs()
    {
        var host = new OhciHost(_usb);
        Assert.Equal(0x100ul, _usb.Ohci.Read(0x54, 4));
        _usb.Add("usb-mouse", ("id", "m"));
        Assert.Equal(0x0001_0101ul, _usb.Ohci.Read(0x54, 4));
        Assert.True(_usb.Lines[0].Level);
        host.Configure();
        Assert.True(_usb.Usb.TryRemove("m"));
        Assert.Equal(0x0003_0100ul, _usb.Ohci.Read(0x54, 4));
        Assert.Equal(5u, host.Out(5, 0x00, 9, 1, 0));
        Assert.False(_usb.Usb.TryRemove("m"));
        Assert.Empty(_usb.State.Devices);
    }

    [Fact]
    public void Memory_that_cannot_be_reached_is_an_unrecoverable_error_until_a_reset()
    {
        var host = new OhciHost(_usb);
        _usb.Ohci.Write(0x20, 4, 0x1000);
        _usb.Ohci.Write(0x08, 4, 2);
        _usb.RunFor(milliseconds: 3);
        Assert.Equal(0x10ul, _usb.Ohci.Read(0x0c, 4) & 0x10);
        Assert.True(_usb.Lines[0].Level);
        Assert.Equal(ulong.MaxValue, _usb.Events.NextTime);
        host = new OhciHost(_usb);
        Assert.Equal(5u, host.Out(9, 0x00, 9, 1, 0));
    }

    [Fact]
    public void A_list_that_leads_to_itself_takes_a_bounded_time()
    {
        _usb.Add("usb-kbd");
        var host = new OhciHost(_usb);
        host.Configure();
        _usb.SetLittle(OhciHost.Interrupt, KeyboardEndpoint | (1 << 14), 0, 0, OhciHost.Interrupt);
        _usb.SetLittle(OhciHost.Bulk, KeyboardEndpoint | (1 << 14), 0, 0, OhciHost.Bulk);
        // A transfer that follows itself.
        uint self = OhciHost.LastTransfer(0);
        _usb.SetLittle(self, 2u << 19, OhciHost.Buffer, self, OhciHost.Buffer + 7);
        _usb.SetLittle(OhciHost.Control, 5 | (8 << 16), self + 16, self, OhciHost.Control);
        _usb.Ohci.Write(0x08, 4, 6);
        int before = _usb.Dma.Reads;
        _usb.RunFor(milliseconds: 10);
        Assert.InRange(_usb.Dma.Reads - before, 100, 12 * 3 * 520);
    }

    [Fact]
    public void It_says_where_it_may_store_while_the_guest_does_nothing()
    {
        _usb.Add("usb-kbd");
        UsbHost writer = _usb.Usb;
        bool MayStore(uint address) => writer.MayStore(new LparAddress(address - FakeDma.Start), 4);
        Assert.False(MayStore(OhciHost.Hcca + 0x80));
        var host = new OhciHost(_usb);
        host.Configure();
        host.Queue(OhciHost.Interrupt, KeyboardEndpoint, (2, OhciHost.Buffer, 8, 0));
        _usb.RunFor(milliseconds: 100);
        Assert.True(MayStore(OhciHost.Hcca + 0x80));
        Assert.True(MayStore(OhciHost.Interrupt + 8));
        Assert.True(MayStore(OhciHost.LastTransfer(0)));
        Assert.True(MayStore(OhciHost.Buffer));
        Assert.False(MayStore(OhciHost.Control));
        Assert.False(MayStore(OhciHost.Hcca));
        Assert.False(MayStore(FakeDma.Start + 0x3_0000));
        _usb.Ohci.Write(0x04, 4, 0xc0);
        Assert.False(MayStore(OhciHost.Buffer));
    }

    [Fact]
    public void All_sockets_can_be_taken_and_no_more()
    {
        for (int i = 0; i < UsbLayout.Sockets; i++)
            _usb.Add("usb-gamepad");
        Assert.Equal(Enumerable.Range(1, UsbLayout.Sockets), _usb.State.Devices.Select(static device => device.Socket).Order());
        Assert.Contains(
            "All 8 USB sockets", Assert.ThrowsAny<Exception>(() => _usb.Add("usb-mouse")).Message, StringComparison.Ordinal);
    }
}
