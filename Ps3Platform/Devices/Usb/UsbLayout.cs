namespace Ps3Platform.Devices.Usb;

/// <summary>How many controllers and sockets the console has.</summary>
internal static class UsbLayout
{
    /// <summary>Devices of the south bridge, each with an OHCI and an EHCI (devices.md 10).</summary>
    public const int Controllers = 2;

    /// <summary>Chosen: consoles have two. With four there is room for a keyboard, a pointer and all else that a user may want.</summary>
    public const int SocketsPerController = 4;

    /// <summary>Sockets of the whole console.</summary>
    public const int Sockets = Controllers * SocketsPerController;
}
