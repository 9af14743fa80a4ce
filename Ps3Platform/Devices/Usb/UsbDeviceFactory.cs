using Ps3Platform.Devices.Storage;
using Ps3Platform.Devices.Usb.Bus;
using Ps3Platform.Devices.Usb.Hid;

namespace Ps3Platform.Devices.Usb;

/// <summary>Makes the devices that are plugged in.</summary>
internal sealed class UsbDeviceFactory(StoragePorts ports)
{
    public IUsbDevice Make(UsbPlug plug) => plug.Kind switch
    {
        UsbKind.Keyboard => new UsbKeyboard(),
        UsbKind.Mouse => new UsbPointer(isAbsolute: false),
        UsbKind.Tablet => new UsbPointer(isAbsolute: true),
        UsbKind.Gamepad => new UsbGamepad(),
        UsbKind.Serial => new Serial.UsbSerialAdapter(plug.Characters!, ports.Events),
        UsbKind.Disk => new MassStorage.UsbDisk(ports, plug.Disk!, plug.Id),
        _ => throw new InvalidOperationException($"There is no USB device of kind {plug.Kind}."),
    };
}
