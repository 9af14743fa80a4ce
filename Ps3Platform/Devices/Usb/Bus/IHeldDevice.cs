namespace Ps3Platform.Devices.Usb.Bus;

/// <summary>A device with a way to the host that is closed while the machine stands still.</summary>
internal interface IHeldDevice
{
    /// <summary>Closes or opens the way.</summary>
    void SetHeld(bool held);
}
