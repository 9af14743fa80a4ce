using Ps3Platform.Devices.Usb.Bus;
using Ps3Platform.Devices.Usb.Input;

namespace Ps3Platform.Devices.Usb.Hid;

/// <summary>A keyboard with the reports of the boot protocol (HID 1.11, appendix B.1): modifiers and six keys; lights come back.</summary>
internal sealed class UsbKeyboard() : HidDevice(Description, Reports), IKeyboardSink
{
    private const int MostKeys = 6;
    private const int ReportBytes = 2 + MostKeys;
    private const byte FirstKey = 0x04;
    private const byte FirstModifier = 0xe0;
    private const byte LastModifier = 0xe7;
    private const byte TooManyKeys = 0x01;

    // Keyboard: eight modifier bits, a reserved byte, five lights, six key codes.
    private static readonly byte[] Reports =
    [
        0x05, 0x01, 0x09, 0x06, 0xa1, 0x01,
        0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02,
        0x75, 0x08, 0x95, 0x01, 0x81, 0x01,
        0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x75, 0x01, 0x95, 0x05, 0x91, 0x02,
        0x75, 0x03, 0x95, 0x01, 0x91, 0x01,
        0x05, 0x07, 0x19, 0x00, 0x2a, 0xff, 0x00, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x06, 0x81, 0x00,
        0xc0,
    ];

    private static readonly UsbDescriptors Description = new()
    {
        // The ids are those that a free registry (pid.codes) gives for tests: no driver treats them specially.
        Vendor = 0x1209,
        ProductId = 0x0001,
        Manufacturer = "PS3 emulator",
        Product = "USB Keyboard",
        Serial = "1",
        CanWake = true,
        Interface = Interface(bootProtocol: 1, Reports, ReportBytes, interval: 8),
    };

    // In the order in which they went down.
    private readonly List<byte> _keys = [];
    private byte _modifiers;

    /// <inheritdoc/>
    public event Action<KeyboardLeds>? LedsChanged;

    /// <inheritdoc/>
    public KeyboardLeds Leds { get; private set; }

    /// <inheritdoc/>
    public void Key(byte usage, bool isDown)
    {
        if (usage is >= FirstModifier and <= LastModifier)
        {
            byte bit = (byte)(1 << (usage - FirstModifier));
            byte next = (byte)(isDown ? _modifiers | bit : _modifiers & ~bit);
            if (next == _modifiers)
                return;
            _modifiers = next;
        }
        else if (usage is < FirstKey or > LastModifier || _keys.Contains(usage) == isDown)
        {
            return;
        }
        else if (isDown)
        {
            _keys.Add(usage);
        }
        else
        {
            _keys.Remove(usage);
        }

        Send();
    }

    /// <inheritdoc/>
    protected override byte[] Report()
    {
        byte[] report = new byte[ReportBytes];
        report[0] = _modifiers;
        if (_keys.Count > MostKeys)
            report.AsSpan(2).Fill(TooManyKeys);
        else
            _keys.CopyTo(report, 2);
        return report;
    }

    /// <inheritdoc/>
    protected override bool Take(ReadOnlySpan<byte> report)
    {
        if (report.Length != 1)
            return false;
        SetLeds((KeyboardLeds)(report[0] & 0x1f));
        return true;
    }

    /// <inheritdoc/>
    protected override void OnReset()
    {
        base.OnReset();
        _keys.Clear();
        _modifiers = 0;
        SetLeds(KeyboardLeds.None);
    }

    private void SetLeds(KeyboardLeds leds)
    {
        if (leds == Leds)
            return;
        Leds = leds;
        LedsChanged?.Invoke(leds);
    }
}
