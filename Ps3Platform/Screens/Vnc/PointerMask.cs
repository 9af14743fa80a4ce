using Ps3Platform.Devices.Usb.Input;

namespace Ps3Platform.Screens.Vnc;

/// <summary>The buttons of a pointer event (RFC 6143 7.5.5): left, middle and right, and the wheel as two more.</summary>
/// <param name="Bits">Bit 0 left, 1 middle, 2 right, 3 wheel away, 4 wheel towards the user.</param>
internal readonly record struct PointerMask(byte Bits)
{
    private const int WheelUp = 8;
    private const int WheelDown = 16;

    /// <summary>The buttons.</summary>
    public PointerButtons Buttons =>
        ((Bits & 1) != 0 ? PointerButtons.Left : 0) | ((Bits & 2) != 0 ? PointerButtons.Middle : 0)
        | ((Bits & 4) != 0 ? PointerButtons.Right : 0);

    public static PointerMask Of(byte bits) => new(bits);

    /// <summary>How far the wheel has turned: a viewer presses and releases its button for each step.</summary>
    public int WheelSince(PointerMask before)
    {
        int pressed = Bits & ~before.Bits;
        return ((pressed & WheelUp) != 0 ? 1 : 0) - ((pressed & WheelDown) != 0 ? 1 : 0);
    }
}
