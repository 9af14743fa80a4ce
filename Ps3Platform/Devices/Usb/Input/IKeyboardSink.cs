namespace Ps3Platform.Devices.Usb.Input;

/// <summary>Lights of a keyboard (HID Usage Tables, LED page).</summary>
[Flags]
public enum KeyboardLeds
{
    /// <summary>None is on.</summary>
    None = 0,

    /// <summary>Num Lock.</summary>
    NumLock = 1,

    /// <summary>Caps Lock.</summary>
    CapsLock = 2,

    /// <summary>Scroll Lock.</summary>
    ScrollLock = 4,

    /// <summary>Compose.</summary>
    Compose = 8,

    /// <summary>Kana.</summary>
    Kana = 16,
}

/// <summary>Takes keys for the guest. All members are for the machine's thread.</summary>
public interface IKeyboardSink
{
    /// <summary>The lights that the guest has switched on.</summary>
    KeyboardLeds Leds { get; }

    /// <summary>The guest has switched a light.</summary>
    event Action<KeyboardLeds>? LedsChanged;

    /// <summary>A key goes down or up.</summary>
    /// <param name="usage">Its usage on HID's keyboard page, 0x04 (A) to 0xe7 (right GUI): the place of the key, not its character.</param>
    /// <param name="isDown">It goes down. A key that is down already does not go down again: guests repeat by themselves.</param>
    void Key(byte usage, bool isDown);
}
