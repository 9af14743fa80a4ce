namespace Ps3Platform.Devices.HotPlug;

/// <summary>
/// A drive whose medium a user can take out and change while the machine runs. A device implements it beside
/// <see cref="Lv1Hypervisor.Contracts.IDevice"/>, whose name it has too. All members are called on the machine's thread.
/// </summary>
public interface IRemovableMedium
{
    /// <summary>The device's name: "cdrom".</summary>
    string Name { get; }

    /// <summary>True while the tray is out, or there is no medium.</summary>
    bool IsOpen { get; }

    /// <summary>The guest itself has opened the tray (true) or closed it, and <see cref="IsOpen"/> has changed.</summary>
    event Action<bool>? MovedByGuest;

    /// <summary>Takes the medium out. Without effect when there is none.</summary>
    /// <param name="force">Also when the guest has locked the drive.</param>
    /// <exception cref="DeviceOperationException">The guest has locked the drive.</exception>
    void Eject(bool force);

    /// <summary>Puts another medium in.</summary>
    /// <param name="path">What holds it, as the option that names the first medium takes it.</param>
    /// <exception cref="DeviceOperationException">It cannot be opened, or the guest has locked the drive.</exception>
    void Change(string path);
}
