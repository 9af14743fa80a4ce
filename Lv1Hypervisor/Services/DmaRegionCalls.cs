using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Dma;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>DMA regions of system-bus devices (lv1-calls.md 9.1).</summary>
internal sealed class DmaRegionCalls(DeviceTable devices, LparMemory memory) : IDmaRegionCalls
{
    // Region types: 0 other, 2 "internal" (USB).
    private const ulong TypeOther = 0;
    private const ulong TypeInternal = 2;

    public Lv1Status AllocateDeviceDmaRegion(
        ILogicalPpeThread caller, ulong bus, ulong dev, ulong size, ulong pageShift, ulong type, out ulong busAddress)
    {
        busAddress = 0;
        if (!devices.TryGet(bus, dev, out SystemDevice? device))
            return Lv1Status.NoEntry;
        if (!IsIoPage(pageShift) || type is not (TypeOther or TypeInternal)
            || size == 0 || (size & ((1UL << (int)pageShift) - 1)) != 0)
            return Lv1Status.IllegalParameterValue;
        DmaRegion? region = device.Dma.Allocate(size, (int)pageShift);
        busAddress = region?.Start ?? 0;
        return region is null ? Lv1Status.ResourceShortage : Lv1Status.Success;
    }

    public Lv1Status FreeDeviceDmaRegion(ILogicalPpeThread caller, ulong bus, ulong dev, ulong busAddress) =>
        devices.TryGet(bus, dev, out SystemDevice? device) && device.Dma.Free(busAddress) ? Lv1Status.Success : Lv1Status.NoEntry;

    public Lv1Status MapDeviceDmaRegion(
        ILogicalPpeThread caller, ulong bus, ulong dev, ulong address, ulong busAddress, ulong size, ulong flags)
    {
        if (!devices.TryGet(bus, dev, out SystemDevice? device))
            return Lv1Status.NoEntry;
        if (size == 0 || !IopteFlags.TryParse(flags, out RegionAccess access))
            return Lv1Status.IllegalParameterValue;
        if (!device.Dma.TryFindRegion(busAddress, size, out DmaRegion? region))
            return Lv1Status.NoEntry;
        if (((address | busAddress | size) & region.PageMask) != 0)
            return Lv1Status.AlignmentError;
        // A device may have no more access than the guest itself.
        return memory.IsUsable(new LparAddress(address), size, access)
            ? region.Map(busAddress, size, new LparAddress(address), access)
            : Lv1Status.AccessViolation;
    }

    public Lv1Status UnmapDeviceDmaRegion(ILogicalPpeThread caller, ulong bus, ulong dev, ulong busAddress, ulong size)
    {
        if (!devices.TryGet(bus, dev, out SystemDevice? device))
            return Lv1Status.NoEntry;
        if (size == 0)
            return Lv1Status.IllegalParameterValue;
        return device.Dma.TryFindRegion(busAddress, size, out DmaRegion? region) ? region.Unmap(busAddress, size) : Lv1Status.NoEntry;
    }

    /// <summary>The page sizes of the Cell's I/O address translation: 4 KiB, 64 KiB, 1 MiB, 16 MiB.</summary>
    internal static bool IsIoPage(ulong shift) => shift is 12 or 16 or 20 or 24;
}
