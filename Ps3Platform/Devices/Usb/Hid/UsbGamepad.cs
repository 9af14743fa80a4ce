using Ps3Platform.Devices.Usb.Bus;
using Ps3Platform.Devices.Usb.Input;

namespace Ps3Platform.Devices.Usb.Hid;

/// <summary>A game controller as a plain HID joystick: two sticks, a direction pad, 16 buttons.</summary>
internal sealed class UsbGamepad() : HidDevice(Description, Reports), IGamepadSink
{
    private const int ReportBytes = 7;
    private const byte Released = 8;

    private static readonly byte[] Reports =
    [
        0x05, 0x01, 0x09, 0x05, 0xa1, 0x01,
        0x05, 0x09, 0x19, 0x01, 0x29, 0x10, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x10, 0x81, 0x02,
        0x05, 0x01, 0x09, 0x39, 0x15, 0x00, 0x25, 0x07, 0x35, 0x00, 0x46, 0x3b, 0x01, 0x65, 0x14, 0x75, 0x04, 0x95, 0x01, 0x81, 0x42,
        0x65, 0x00, 0x45, 0x00, 0x75, 0x04, 0x95, 0x01, 0x81, 0x01,
        0x09, 0x30, 0x09, 0x31, 0x09, 0x32, 0x09, 0x35, 0x15, 0x81, 0x25, 0x7f, 0x75, 0x08, 0x95, 0x04, 0x81, 0x02,
        0xc0,
    ];

    private static readonly UsbDescriptors Description = new()
    {
        Vendor = 0x1209,
        ProductId = 0x0004,
        Manufacturer = "PS3 emulator",
        Product = "USB Gamepad",
        Serial = "1",
        Interface = Interface(bootProtocol: 0, Reports, ReportBytes, interval: 8),
    };

    private GamepadState _held = GamepadState.Released;
    private bool _isStick;

    /// <inheritdoc/>
    public void Hold(GamepadState state)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(state.Hat, Released);
        if (state == _held)
            return;
        // Movements of the sticks alone may be merged; a button that was down for a moment may not.
        bool merge = state.Buttons == _held.Buttons && state.Hat == _held.Hat && _isStick;
        _isStick = state.Buttons == _held.Buttons && state.Hat == _held.Hat;
        _held = state;
        Send(merge);
    }

    /// <inheritdoc/>
    protected override byte[] Report() =>
    [
        (byte)_held.Buttons, (byte)(_held.Buttons >> 8), _held.Hat,
        Axis(_held.LeftX), Axis(_held.LeftY), Axis(_held.RightX), Axis(_held.RightY),
    ];

    /// <inheritdoc/>
    protected override void OnReset()
    {
        base.OnReset();
        _held = GamepadState.Released;
        _isStick = false;
    }

    private static byte Axis(sbyte value) => (byte)Math.Max((sbyte)-127, value);
}
