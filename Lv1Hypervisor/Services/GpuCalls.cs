using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;

namespace Lv1Hypervisor.Services;

/// <summary>The GPU's calls, passed on to the device. The policy has already refused calls that the partition may not make.</summary>
internal sealed class GpuCalls : IGpuCalls
{
    /// <summary>Null on a machine without a GPU: every call answers "no entry".</summary>
    public IGpuDevice? Device { get; private set; }

    /// <exception cref="InvalidOperationException">The machine already has a GPU.</exception>
    public void Attach(IGpuDevice device) =>
        Device = Device is null ? device : throw new InvalidOperationException("The machine already has a GPU.");

    public Lv1Status GpuOpen(ILogicalPpeThread caller, ulong zero) => Device?.Open() ?? Lv1Status.NoEntry;

    public Lv1Status GpuClose(ILogicalPpeThread caller) => Device?.Close() ?? Lv1Status.NoEntry;

    public Lv1Status GpuDeviceMap(ILogicalPpeThread caller, ulong unit, out ulong address, out ulong size)
    {
        LparAddress at = default;
        size = 0;
        Lv1Status status = Device?.DeviceMap(unit, out at, out size) ?? Lv1Status.NoEntry;
        address = at.Value;
        return status;
    }

    public Lv1Status GpuDeviceUnmap(ILogicalPpeThread caller, ulong unit) => Device?.DeviceUnmap(unit) ?? Lv1Status.NoEntry;

    public Lv1Status GpuMemoryAllocate(
        ILogicalPpeThread caller, ulong size, ulong a1, ulong a2, ulong a3, ulong a4, out ulong handle, out ulong address)
    {
        LparAddress at = default;
        handle = 0;
        Lv1Status status = Device?.MemoryAllocate(size, out handle, out at) ?? Lv1Status.NoEntry;
        address = at.Value;
        return status;
    }

    public Lv1Status GpuMemoryFree(ILogicalPpeThread caller, ulong handle) => Device?.MemoryFree(handle) ?? Lv1Status.NoEntry;

    public Lv1Status GpuContextAllocate(
        ILogicalPpeThread caller, ulong memoryHandle, ulong flags,
        out ulong context, out ulong dmaControl, out ulong driverInformation, out ulong reports, out ulong reportsSize)
    {
        GpuContextAreas areas = default;
        Lv1Status status = Device?.ContextAllocate(memoryHandle, flags, out areas) ?? Lv1Status.NoEntry;
        context = areas.Handle;
        dmaControl = areas.DmaControl.Value;
        driverInformation = areas.DriverInformation.Value;
        reports = areas.Reports.Value;
        reportsSize = areas.ReportsSize;
        return status;
    }

    public Lv1Status GpuContextFree(ILogicalPpeThread caller, ulong context) => Device?.ContextFree(context) ?? Lv1Status.NoEntry;

    public Lv1Status GpuContextIomap(
        ILogicalPpeThread caller, ulong context, ulong ioAddress, ulong address, ulong size, ulong flags) =>
        Device?.ContextIomap(context, ioAddress, new LparAddress(address), size, flags) ?? Lv1Status.NoEntry;

    public Lv1Status GpuContextAttribute(
        ILogicalPpeThread caller, ulong context, ulong operation, ulong p1, ulong p2, ulong p3, ulong p4) =>
        Device?.ContextAttribute(context, operation, p1, p2, p3, p4) ?? Lv1Status.NoEntry;

    public Lv1Status GpuContextIntr(ILogicalPpeThread caller, ulong context, out ulong causes)
    {
        causes = 0;
        return Device?.ContextInterrupt(context, out causes) ?? Lv1Status.NoEntry;
    }

    public Lv1Status GpuAttribute(ILogicalPpeThread caller, ulong p0, ulong p1, ulong p2, ulong p3, ulong p4) =>
        Device?.Attribute(p0, p1, p2, p3, p4) ?? Lv1Status.NoEntry;
}
