using Ps3Platform.Devices.HotPlug;
using Ps3Platform.Devices.Usb.Input;
using Xunit;

namespace Devices.Tests.Usb;

/// <summary>Pointers, game controllers, names of keys and chords.</summary>
public sealed class InputTests : IDisposable
{
    private readonly UsbFixture _usb = new();

    public void Dispose() => _usb.Dispose();

    [Fact]
    public void A_mouse_adds_up_what_the_guest_has_not_fetched()
    {
        OhciHost host = Start("usb-mouse");
        InputRouter input = _usb.Usb.Input;
        Assert.False(input.IsAbsolute);
        for (int i = 0; i < 300; i++)
            input.MoveBy(1, -1);
        input.TurnWheel(-2);
        (int x, int y, int wheel) = (0, 0, 0);
        for (int i = 0; i < 4; i++)
        {
            byte[] report = Receive(host, 4);
            x += (sbyte)report[1];
            y += (sbyte)report[2];
            wheel += (sbyte)report[3];
        }

        Assert.Equal((300, -300, -2), (x, y, wheel));
        input.Press(PointerButtons.Left | PointerButtons.Middle);
        Assert.Equal([5, 0, 0, 0], Receive(host, 4));
    }

    [Fact]
    public void A_tablet_reports_the_last_place_and_every_press()
    {
        OhciHost host = Start("usb-tablet");
        InputRouter input = _usb.Usb.Input;
        Assert.True(input.IsAbsolute);
        input.MoveTo(1, 2);
        input.MoveTo(0x1234, 0x5678);
        input.Press(PointerButtons.Left);
        input.MoveTo(99_999, -5);
        input.Press(PointerButtons.None);
        Assert.Equal([0, 0x34, 0x12, 0x78, 0x56, 0], Receive(host, 6));
        Assert.Equal([1, 0x34, 0x12, 0x78, 0x56, 0], Receive(host, 6));
        Assert.Equal([1, 0xff, 0x7f, 0, 0, 0], Receive(host, 6));
        Assert.Equal([0, 0xff, 0x7f, 0, 0, 0], Receive(host, 6));
        input.TurnWheel(3);
        input.MoveTo(7, 7);
        Assert.Equal(3, Receive(host, 6)[5]);
        Assert.Equal([0, 7, 0, 7, 0, 0], Receive(host, 6));
    }

    [Fact]
    public void A_gamepad_reports_what_is_held()
    {
        OhciHost host = Start("usb-gamepad");
        _usb.Usb.Input.Hold(new GamepadState(0x8001, -128, 127, 5, -5, 2));
        Assert.Equal([0x01, 0x80, 2, 0x81, 127, 5, 0xfb], Receive(host, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => _usb.Usb.Input.Hold(new GamepadState(0, 0, 0, 0, 0, 9)));
    }

    [Fact]
    public void Seven_keys_are_too_many_for_a_report_and_the_last_state_is_never_lost()
    {
        OhciHost host = Start("usb-kbd");
        for (byte key = 4; key < 11; key++)
            _usb.Usb.Input.Key(key, isDown: true);
        byte[] last = [];
        for (int i = 0; i < 7; i++)
            last = Receive(host, 8);
        Assert.Equal([0, 0, 1, 1, 1, 1, 1, 1], last);
        for (int i = 0; i < 1000; i++)
            _usb.Usb.Input.Key(4, isDown: i % 2 != 0);
        for (byte key = 4; key < 11; key++)
            _usb.Usb.Input.Key(key, isDown: false);
        for (int i = 0; i < 64; i++)
            last = Receive(host, 8);
        Assert.Equal(new byte[8], last);
    }

    [Theory]
    [InlineData("ctrl-alt-f1", new byte[] { 0xe0, 0xe2, 0x3a })]
    [InlineData("a", new byte[] { 4 })]
    [InlineData("shift-minus", new byte[] { 0xe1, 0x2d })]
    [InlineData("ret", new byte[] { 0x28 })]
    [InlineData("kp_0", new byte[] { 0x62 })]
    [InlineData("0x65", new byte[] { 0x65 })]
    public void Names_are_those_of_QEMU(string text, byte[] usages)
    {
        Assert.True(KeyNames.TryParse(text, out IReadOnlyList<byte>? read, out _));
        Assert.Equal(usages, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ctrl-")]
    [InlineData("enter")]
    [InlineData("0x1ff")]
    public void Other_names_are_refused(string text)
    {
        Assert.False(KeyNames.TryParse(text, out _, out string? problem));
        Assert.StartsWith("there is no key", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Chords_come_one_after_the_other()
    {
        Assert.Throws<DeviceOperationException>(() => _usb.Usb.Keys.Press([4], TimeSpan.FromMilliseconds(10)));
        OhciHost host = Start("usb-kbd");
        _usb.Usb.Keys.Press([0xe1, 4], TimeSpan.FromMilliseconds(100));
        _usb.Usb.Keys.Press([5], TimeSpan.FromMilliseconds(100));
        Assert.Equal(2, Receive(host, 8)[0]);
        Assert.Equal([2, 0, 4], Receive(host, 8)[..3]);
        ulong pressed = _usb.Clock.TimeBase;
        Assert.Equal([2, 0, 0], Receive(host, 8)[..3]);
        Assert.InRange(_usb.Clock.TimeBase - pressed, 90 * 79_800ul, 110 * 79_800ul);
        Assert.Equal(0, Receive(host, 8)[0]);
        Assert.Equal([0, 0, 5], Receive(host, 8)[..3]);
        Assert.Equal([0, 0, 0], Receive(host, 8)[..3]);
    }

    private OhciHost Start(string driver)
    {
        _usb.Add(driver);
        var host = new OhciHost(_usb);
        host.Configure();
        return host;
    }

    private byte[] Receive(OhciHost host, int length)
    {
        Assert.Equal(0u, host.Submit(OhciHost.Interrupt, 5 | (1 << 7) | (2 << 11) | ((uint)length << 16), (2, OhciHost.Buffer, length, 0)));
        return _usb.Dma.At(OhciHost.Buffer, length).ToArray();
    }
}
