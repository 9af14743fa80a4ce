using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>Opening, registers and events of system-bus devices (lv1-calls.md 9).</summary>
internal sealed class DeviceCalls(DeviceTable devices, OutletTable outlets, LparAddressAllocator addresses) : IDeviceCalls
{
    private const ulong SmallestPageShift = 12;
    private const ulong LargestPageShift = 24;

    public Lv1Status OpenDevice(ILogicalPpeThread caller, ulong bus, ulong dev, ulong zero)
    {
        if (!devices.TryGet(bus, dev, out SystemDevice? device))
            return Lv1Status.NoEntry;
        device.Open();
        return Lv1Status.Success;
    }

    public Lv1Status CloseDevice(ILogicalPpeThread caller, ulong bus, ulong dev)
    {
        if (!devices.TryGet(bus, dev, out SystemDevice? device))
            return Lv1Status.NoEntry;
        if (!device.IsOpen)
            return Lv1Status.WrongState;
        device.Close();
        return Lv1Status.Success;
    }

    public Lv1Status MapDeviceMmioRegion(
        ILogicalPpeThread caller, ulong bus, ulong dev, ulong busAddress, ulong size, ulong pageShift, out ulong address)
    {
        address = 0;
        if (!devices.TryGet(bus, dev, out SystemDevice? device))
            return Lv1Status.NoEntry;
        if (pageShift is < SmallestPageShift or > LargestPageShift)
            return Lv1Status.IllegalParameterValue;
        Lv1Status status = device.MapRegisters(busAddress, size, addresses, out LparAddress at);
        address = at.Value;
        return status;
    }

    public Lv1Status UnmapDeviceMmioRegion(ILogicalPpeThread caller, ulong bus, ulong dev, ulong address) =>
        devices.TryGet(bus, dev, out SystemDevice? device) ? device.UnmapRegisters(new LparAddress(address)) : Lv1Status.NoEntry;

    public Lv1Status ConnectInterruptEventReceivePort(
        ILogicalPpeThread caller, ulong bus, ulong dev, ulong outlet, ulong interruptId)
    {
        if (!devices.TryGet(bus, dev, out SystemDevice? device) || !outlets.TryGet(outlet, out Outlet? port))
            return Lv1Status.NoEntry;
        if (port.Kind != OutletKind.EventPort)
            return Lv1Status.TypeMismatch;
        // The network device has one interrupt, 0 (repository.md 3.2).
        if (device.Network is not null && interruptId != 0)
            return Lv1Status.IllegalParameterValue;
        if (device.Port is not null)
            return Lv1Status.AlreadyConnected;
        device.Connect(port, interruptId);
        return Lv1Status.Success;
    }

    public Lv1Status DisconnectInterruptEventReceivePort(
        ILogicalPpeThread caller, ulong bus, ulong dev, ulong outlet, ulong interruptId)
    {
        if (!devices.TryGet(bus, dev, out SystemDevice? device) || !device.IsConnected(outlet, interruptId))
            return Lv1Status.NoEntry;
        device.Disconnect();
        return Lv1Status.Success;
    }
}
