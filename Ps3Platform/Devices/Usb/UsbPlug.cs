using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Characters;

namespace Ps3Platform.Devices.Usb;

/// <summary>The kinds of devices that can be plugged in.</summary>
public enum UsbKind
{
    /// <summary>A keyboard.</summary>
    Keyboard,

    /// <summary>A pointer that reports movements.</summary>
    Mouse,

    /// <summary>A pointer that reports places on the screen.</summary>
    Tablet,

    /// <summary>A game controller.</summary>
    Gamepad,

    /// <summary>A serial adapter, connected to a character back end.</summary>
    Serial,

    /// <summary>A disk, whose bytes a block back end has.</summary>
    Disk,
}

/// <summary>One device that is plugged in.</summary>
/// <param name="Id">The name by which it is taken out: "keyboard", "stick".</param>
/// <param name="Kind">What it is.</param>
/// <param name="Disk">What holds the bytes of a <see cref="UsbKind.Disk"/>.</param>
/// <param name="Characters">What a <see cref="UsbKind.Serial"/> is connected to.</param>
public sealed record UsbPlug(string Id, UsbKind Kind, IBlockBackend? Disk = null, ICharacterBackend? Characters = null);
