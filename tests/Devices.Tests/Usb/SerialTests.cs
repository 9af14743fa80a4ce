using System.Text;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Devices.Usb;
using Xunit;

namespace Devices.Tests.Usb;

public sealed class SerialTests : IDisposable
{
    private const uint In = 5 | (1 << 7) | (2 << 11) | (64 << 16);
    private const uint Out = 5 | (2 << 7) | (1 << 11) | (64 << 16);
    private readonly FakeTerminal _terminal = new();
    private readonly UsbFixture _usb;
    private readonly OhciHost _host;

    public SerialTests()
    {
        _usb = new UsbFixture(new UsbPlugs(_ => (null, _terminal)));
        _usb.Add("usb-serial", ("chardev", "null"));
        _host = new OhciHost(_usb);
        _host.Configure();
    }

    public void Dispose() => _usb.Dispose();

    [Fact]
    public void It_is_the_adapter_that_guests_know()
    {
        byte[] device = _host.In(5, 0, 6, 0x0100, 0, 18)!;
        Assert.Equal([0x03, 0x04, 0x01, 0x60, 0x00, 0x04], device[8..14]);
        Assert.Equal([16], _host.In(5, 0x40, 10, 0, 0, 1)!);
        Assert.Equal(0u, _host.Out(5, 0x40, 9, 1, 0));
        Assert.Equal([1], _host.In(5, 0x40, 10, 0, 0, 1)!);
        Assert.Equal([0xb1, 0x60], _host.In(5, 0x40, 5, 0, 0, 2)!);
    }

    [Fact]
    public void Bytes_go_out_and_come_in_behind_the_status()
    {
        byte[] text = Encoding.ASCII.GetBytes("hello, host");
        text.CopyTo(_usb.Dma.At(OhciHost.Buffer, text.Length));
        Assert.Equal(0u, _host.Submit(OhciHost.Bulk, Out, (1, OhciHost.Buffer, text.Length, 0)));
        Assert.Equal(text, _terminal.Written);

        Assert.Equal([0xb1, 0x60], Receive());
        _terminal.Type("hi");
        Assert.Equal([0xb1, 0x60, (byte)'h', (byte)'i'], Receive());
        _terminal.SetState(CharacterState.Waiting);
        Assert.Equal([0x31, 0x60], Receive());
    }

    [Fact]
    public void A_break_is_a_NUL_with_its_bit_in_the_status_and_keeps_its_place()
    {
        Receive();
        _terminal.Type("ab");
        _terminal.SendBreak();
        _terminal.Type("h");

        Assert.Equal([0xb1, 0x60, (byte)'a', (byte)'b'], Receive());
        Assert.Equal([0xb1, 0x70, 0], Receive());
        Assert.Equal([0xb1, 0x60, (byte)'h'], Receive());
    }

    [Fact]
    public void A_guest_that_purges_its_receiver_drops_breaks_too()
    {
        Receive();
        _terminal.Type("ab");
        _terminal.SendBreak();
        Assert.Equal(0u, _host.Out(5, 0x40, 0, 1, 0));
        _terminal.Type("c");

        Assert.Equal([0xb1, 0x60, (byte)'c'], Receive());
    }

    [Fact]
    public void A_quiet_line_refuses_and_a_full_one_waits()
    {
        Receive();
        _host.Queue(OhciHost.Bulk, In, (2, OhciHost.Buffer, 64, 1 << 18));
        _usb.RunFor(milliseconds: 500);
        Assert.Equal(0ul, _usb.Ohci.Read(0x0c, 4) & 2);
        _terminal.Type("x");
        _usb.RunFor(milliseconds: 3);
        Assert.Equal(2ul, _usb.Ohci.Read(0x0c, 4) & 2);
        _usb.Ohci.Write(0x0c, 4, 0x7f);

        _terminal.Room = 0;
        _host.Queue(OhciHost.Bulk, Out, (1, OhciHost.Buffer, 1000, 0));
        _usb.RunFor(milliseconds: 500);
        Assert.Equal(0ul, _usb.Ohci.Read(0x0c, 4) & 2);
        _terminal.Grow(10_000);
        _usb.RunFor(milliseconds: 50);
        Assert.Equal(2ul, _usb.Ohci.Read(0x0c, 4) & 2);
        Assert.Equal(1000, _terminal.Written.Count);
    }

    [Fact]
    public void Nothing_comes_from_the_host_while_the_machine_stands_still()
    {
        Receive();
        _usb.Usb.Stop();
        _terminal.Type("x");
        _host.Queue(OhciHost.Bulk, In, (2, OhciHost.Buffer, 64, 1 << 18));
        _usb.RunFor(milliseconds: 100);
        Assert.Equal(0ul, _usb.Ohci.Read(0x0c, 4) & 2);
        _usb.Usb.Continue();
        _usb.RunFor(milliseconds: 3);
        Assert.Equal((byte)'x', _usb.Dma.At(OhciHost.Buffer + 2, 1)[0]);
    }

    private byte[] Receive()
    {
        Assert.Equal(0u, _host.Submit(OhciHost.Bulk, In, (2, OhciHost.Buffer, 64, 1 << 18)));
        return _usb.Dma.At(OhciHost.Buffer, (int)(_usb.Little(OhciHost.LastTransfer(0) + 4) - OhciHost.Buffer)).ToArray();
    }
}
