namespace Ps3Platform.Devices.Usb.Input;

/// <summary>All that is held on a game controller.</summary>
/// <param name="Buttons">A bit a button; the lowest is button 1 of at most 16.</param>
/// <param name="LeftX">-127 (left) to 127.</param>
/// <param name="LeftY">-127 (up) to 127.</param>
/// <param name="RightX">-127 (left) to 127.</param>
/// <param name="RightY">-127 (up) to 127.</param>
/// <param name="Hat">The direction pad: 0 up, clockwise to 7 up-left, 8 released.</param>
public readonly record struct GamepadState(ushort Buttons, sbyte LeftX, sbyte LeftY, sbyte RightX, sbyte RightY, byte Hat)
{
    /// <summary>Nothing is held.</summary>
    public static GamepadState Released => new(0, 0, 0, 0, 0, 8);
}

/// <summary>Takes the state of a game controller for the guest. For the machine's thread.</summary>
public interface IGamepadSink
{
    /// <summary>Says what is held now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The direction pad has no such direction.</exception>
    void Hold(GamepadState state);
}
