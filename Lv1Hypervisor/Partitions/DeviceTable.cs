using System.Diagnostics.CodeAnalysis;
using CellPpe.Core;

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

    /// <summary>For the machine's builder: the device, made when it is named for the first time.</summary>
    public SystemDevice GetOrAdd(ulong bus, ulong device)
    {
        if (!_devices.TryGetValue((bus, device), out SystemDevice? found))
            _devices.Add((bus, device), found = new SystemDevice(_memory));
        return found;
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
