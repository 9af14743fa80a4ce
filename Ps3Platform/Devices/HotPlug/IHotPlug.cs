namespace Ps3Platform.Devices.HotPlug;

/// <summary>
/// A device to which others can be added while the machine runs: a storage bus, a USB controller. It is found beside
/// <see cref="Lv1Hypervisor.Contracts.IDevice"/> among the devices of a machine. All members are called on the machine's thread.
/// </summary>
public interface IHotPlug
{
    /// <summary>The kinds of devices that it takes: "disk", "usb-kbd".</summary>
    IReadOnlyList<string> Drivers { get; }

    /// <summary>Adds a device, and tells the guest.</summary>
    /// <param name="driver">One of <see cref="Drivers"/>.</param>
    /// <param name="properties">What the user says of it: "id", by which it can be removed, and what the kind of device takes.</param>
    /// <exception cref="DeviceOperationException">A property is missing, unknown or wrong, or there is no place.</exception>
    void Add(string driver, IReadOnlyDictionary<string, string> properties);

    /// <summary>Takes a device away, and tells the guest.</summary>
    /// <returns>False when no device of this id was added here.</returns>
    /// <exception cref="DeviceOperationException">It cannot be taken away.</exception>
    bool TryRemove(string id);
}
