using System.Buffers.Binary;

using Ps3Platform.Devices.Usb.Bus;
using Ps3Platform.Devices.Usb.Input;

namespace Ps3Platform.Devices.Usb.Hid;

/// <summary>
/// A mouse, or a tablet, whose pointer goes to where it is put. Movements that the guest has not fetched are added up: nothing is lost and
/// nothing piles up.
/// </summary>
internal sealed class UsbPointer(bool isAbsolute)
    : HidDevice(isAbsolute ? TabletDescription : MouseDescription, isAbsolute ? TabletReports : MouseReports), IPointerSink
{
    private const int TabletBytes = 6;
    private const int MouseBytes = 4;
    private const PointerButtons TabletButtons = PointerButtons.Left | PointerButtons.Right | PointerButtons.Middle;

    // Five buttons, three bits nothing, then the axes. A mouse's report begins as that of the boot protocol (HID 1.11, appendix B.2).
    private static readonly byte[] MouseReports =
    [
        0x05, 0x01, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x01, 0xa1, 0x00,
        0x05, 0x09, 0x19, 0x01, 0x29, 0x05, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x05, 0x81, 0x02,
        0x75, 0x03, 0x95, 0x01, 0x81, 0x01,
        0x05, 0x01, 0x09, 0x30, 0x09, 0x31, 0x09, 0x38, 0x15, 0x81, 0x25, 0x7f, 0x75, 0x08, 0x95, 0x03, 0x81, 0x06,
        0xc0, 0xc0,
    ];

    // Three buttons: with others Linux takes it for a joystick (joydev.c: joydev_dev_is_absolute_mouse).
    private static readonly byte[] TabletReports =
    [
        0x05, 0x01, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x01, 0xa1, 0x00,
        0x05, 0x09, 0x19, 0x01, 0x29, 0x03, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x03, 0x81, 0x02,
        0x75, 0x05, 0x95, 0x01, 0x81, 0x01,
        0x05, 0x01, 0x09, 0x30, 0x09, 0x31, 0x15, 0x00, 0x26, 0xff, 0x7f, 0x35, 0x00, 0x46, 0xff, 0x7f, 0x75, 0x10, 0x95, 0x02, 0x81, 0x02,
        0x09, 0x38, 0x15, 0x81, 0x25, 0x7f, 0x35, 0x00, 0x45, 0x00, 0x75, 0x08, 0x95, 0x01, 0x81, 0x06,
        0xc0, 0xc0,
    ];

    private static readonly UsbDescriptors MouseDescription = new()
    {
        Vendor = 0x1209,
        ProductId = 0x0002,
        Manufacturer = "PS3 emulator",
        Product = "USB Mouse",
        Serial = "1",
        CanWake = true,
        Interface = Interface(bootProtocol: 2, MouseReports, MouseBytes, interval: 8),
    };

    private static readonly UsbDescriptors TabletDescription = new()
    {
        Vendor = 0x1209,
        ProductId = 0x0003,
        Manufacturer = "PS3 emulator",
        Product = "USB Tablet",
        Serial = "1",
        CanWake = true,
        Interface = Interface(bootProtocol: 0, TabletReports, TabletBytes, interval: 8),
    };

    private PointerButtons _buttons;
    private int _x;
    private int _y;
    private int _dx;
    private int _dy;
    private int _wheel;
    private bool _mayMerge;

    /// <inheritdoc/>
    public bool IsAbsolute => isAbsolute;

    /// <inheritdoc/>
    public void MoveTo(int x, int y)
    {
        if (!isAbsolute)
            return;
        x = Math.Clamp(x, 0, IPointerSink.Largest);
        y = Math.Clamp(y, 0, IPointerSink.Largest);
        if ((x, y) == (_x, _y))
            return;
        (_x, _y) = (x, y);
        // Only the last of several places matters, but a place where a button was pressed does.
        Send(merge: _mayMerge);
        _mayMerge = true;
    }

    /// <inheritdoc/>
    public void MoveBy(int dx, int dy)
    {
        if (isAbsolute || (dx, dy) == (0, 0))
            return;
        _dx = Math.Clamp(_dx + dx, -short.MaxValue, short.MaxValue);
        _dy = Math.Clamp(_dy + dy, -short.MaxValue, short.MaxValue);
        SendRest();
    }

    /// <inheritdoc/>
    public void Press(PointerButtons buttons)
    {
        buttons &= isAbsolute ? TabletButtons : (PointerButtons)0x1f;
        if (buttons == _buttons)
            return;
        _buttons = buttons;
        Send();
        _mayMerge = false;
    }

    /// <inheritdoc/>
    public void TurnWheel(int steps)
    {
        _wheel = Math.Clamp(_wheel + steps, -short.MaxValue, short.MaxValue);
        SendRest();
    }

    /// <inheritdoc/>
    protected override byte[] Report()
    {
        byte[] report = new byte[isAbsolute ? TabletBytes : MouseBytes];
        report[0] = (byte)_buttons;
        if (isAbsolute)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(1), (ushort)_x);
            BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(3), (ushort)_y);
        }
        else
        {
            report[1] = Take(ref _dx);
            report[2] = Take(ref _dy);
        }

        report[^1] = Take(ref _wheel);
        return report;
    }

    /// <inheritdoc/>
    protected override void OnSent() => SendRest();

    /// <inheritdoc/>
    protected override void OnReset()
    {
        base.OnReset();
        _buttons = PointerButtons.None;
        _dx = _dy = _wheel = 0;
        _mayMerge = false;
    }

    // Movements become a report when no other waits, so that they add up meanwhile.
    private void SendRest()
    {
        if (IsWaiting || (_dx, _dy, _wheel) == (0, 0, 0))
            return;
        Send();
        _mayMerge = false;
    }

    private static byte Take(ref int rest)
    {
        int part = Math.Clamp(rest, -127, 127);
        rest -= part;
        return (byte)part;
    }
}
