using System.Diagnostics.CodeAnalysis;
using CellPpe.Core;
using Lv1Hypervisor.Contracts;

namespace Lv1Hypervisor.Partitions;

/// <summary>The devices of the system buses by the (bus id, device id) pair of the repository.</summary>
internal sealed class DeviceTable
{
    private readonly Dictionary<(ulong Bus, ulong Device), SystemDevice> _devices = [];
    private readonly GuestMemory _memory;

    public DeviceTable(GuestMemory memory, OutletTable outlets)
    {
        _memory = memory;
        outlets.Destroyed += ReleasePort;
    }

    /// <summary>Adds a device.</summary>
    /// <exception cref="ArgumentException">The bus has a device with this id.</exception>
    public SystemDevice Add(BusDevice description)
    {
        var made = new SystemDevice(_memory, description);
        if (!_devices.TryAdd((BusNodes.IdOf(description.Bus), description.Id), made))
            throw new ArgumentException($"The {description.Bus} bus already has a device {description.Id}.", nameof(description));
        return made;
    }

    public bool TryGet(ulong bus, ulong device, [NotNullWhen(true)] out SystemDevice? found) =>
        _devices.TryGetValue((bus, device), out found);

    private void ReleasePort(Outlet outlet)
    {
        foreach (SystemDevice device in _devices.Values)
        {
            if (device.Port == outlet)
                device.Disconnect();
        }
    }
}
