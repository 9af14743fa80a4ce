namespace Ps3Platform.Devices.Usb.Input;

/// <summary>Buttons of a pointer (HID Usage Tables, Button page).</summary>
[Flags]
public enum PointerButtons
{
    /// <summary>None is down.</summary>
    None = 0,

    /// <summary>The first, left.</summary>
    Left = 1,

    /// <summary>The second, right.</summary>
    Right = 2,

    /// <summary>The third, middle.</summary>
    Middle = 4,

    /// <summary>The fourth, at the side.</summary>
    Back = 8,

    /// <summary>The fifth, at the side.</summary>
    Forward = 16,
}

/// <summary>Takes the movements of a pointer for the guest. All members are for the machine's thread.</summary>
public interface IPointerSink
{
    /// <summary>The largest coordinate of <see cref="MoveTo"/>: the right or lower edge.</summary>
    const int Largest = 32767;

    /// <summary>It takes places on the screen; a mouse takes movements only.</summary>
    bool IsAbsolute { get; }

    /// <summary>Puts the pointer at a place. Without effect on a mouse.</summary>
    /// <param name="x">0 (left) to <see cref="Largest"/> (right).</param>
    /// <param name="y">0 (top) to <see cref="Largest"/> (bottom).</param>
    void MoveTo(int x, int y);

    /// <summary>Moves the pointer. Without effect on a tablet.</summary>
    void MoveBy(int dx, int dy);

    /// <summary>Says which buttons are down now.</summary>
    void Press(PointerButtons buttons);

    /// <summary>Turns the wheel.</summary>
    /// <param name="steps">Away from the user is positive.</param>
    void TurnWheel(int steps);
}
