using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>The Ethernet controller's calls, checked and passed on to the device (lv1-calls.md 11).</summary>
internal sealed class NetworkCalls(DeviceTable devices, LparMemory memory) : INetworkCalls
{
    private const ulong AddressMask = 0xffff_ffff_ffff;
    private const ulong CauseWordSize = 8;

    public Lv1Status NetAddMulticastAddress(ILogicalPpeThread caller, ulong bus, ulong dev, ulong address, ulong all)
    {
        if (Find(bus, dev) is not { } network)
            return Lv1Status.NoEntry;
        return all > 1 || address > AddressMask
            ? Lv1Status.IllegalParameterValue
            : network.AddMulticastAddress(address, all != 0);
    }

    public Lv1Status NetRemoveMulticastAddress(ILogicalPpeThread caller, ulong bus, ulong dev, ulong zero, ulong one) =>
        Find(bus, dev)?.RemoveMulticastAddresses() ?? Lv1Status.NoEntry;

    public Lv1Status NetStartTxDma(ILogicalPpeThread caller, ulong bus, ulong dev, ulong descriptor, ulong zero)
    {
        if (Find(bus, dev) is not { } network)
            return Lv1Status.NoEntry;
        // Descriptors are linked by 32-bit bus addresses.
        return descriptor > uint.MaxValue ? Lv1Status.IllegalParameterValue : network.StartTransmit(new IoAddress(descriptor));
    }

    public Lv1Status NetStopTxDma(ILogicalPpeThread caller, ulong bus, ulong dev) =>
        Find(bus, dev)?.StopTransmit() ?? Lv1Status.NoEntry;

    public Lv1Status NetStartRxDma(ILogicalPpeThread caller, ulong bus, ulong dev, ulong descriptor, ulong zero)
    {
        if (Find(bus, dev) is not { } network)
            return Lv1Status.NoEntry;
        return descriptor > uint.MaxValue ? Lv1Status.IllegalParameterValue : network.StartReceive(new IoAddress(descriptor));
    }

    public Lv1Status NetStopRxDma(ILogicalPpeThread caller, ulong bus, ulong dev) =>
        Find(bus, dev)?.StopReceive() ?? Lv1Status.NoEntry;

    public Lv1Status NetSetInterruptStatusIndicator(ILogicalPpeThread caller, ulong bus, ulong dev, ulong address, ulong zero)
    {
        if (Find(bus, dev) is not { } network)
            return Lv1Status.NoEntry;
        if (address == 0)
            return network.SetInterruptStatusIndicator(null);
        if (address % CauseWordSize != 0)
            return Lv1Status.AlignmentError;
        return memory.IsUsable(new LparAddress(address), CauseWordSize, RegionAccess.ReadWrite)
            ? network.SetInterruptStatusIndicator(new LparAddress(address))
            : Lv1Status.AccessViolation;
    }

    public Lv1Status NetSetInterruptMask(ILogicalPpeThread caller, ulong bus, ulong dev, ulong mask, ulong zero) =>
        Find(bus, dev)?.SetInterruptMask(mask) ?? Lv1Status.NoEntry;

    public Lv1Status NetControl(
        ILogicalPpeThread caller, ulong bus, ulong dev, ulong command, ulong p2, ulong p3, ulong p4, out ulong v1, out ulong v2)
    {
        v1 = v2 = 0;
        return Find(bus, dev)?.Control(command, p2, p3, p4, out v1, out v2) ?? Lv1Status.NoEntry;
    }

    private INetworkDevice? Find(ulong bus, ulong dev) => devices.TryGet(bus, dev, out SystemDevice? device) ? device.Network : null;
}
