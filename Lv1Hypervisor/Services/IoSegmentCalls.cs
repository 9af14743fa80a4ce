using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Dma;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>I/O address space segments and their page table entries, which sound uses (lv1-calls.md 9, devices.md 11).</summary>
internal sealed class IoSegmentCalls(IoSegments segments, LparMemory memory) : IIoSegmentCalls
{
    // The only I/O address space there is.
    private const ulong AddressSpaceId = 0;
    private const ulong LastIoId = 0x7ff;

    public Lv1Status AllocateIoSegment(ILogicalPpeThread caller, ulong ioas, ulong size, ulong pageShift, out ulong busAddress)
    {
        busAddress = 0;
        if (ioas != AddressSpaceId || !DmaRegionCalls.IsIoPage(pageShift)
            || size == 0 || (size & ((1UL << (int)pageShift) - 1)) != 0)
            return Lv1Status.IllegalParameterValue;
        if (!segments.TryAllocate(size, (int)pageShift, out ulong bus))
            return Lv1Status.ResourceShortage;
        busAddress = bus;
        return Lv1Status.Success;
    }

    public Lv1Status ReleaseIoSegment(ILogicalPpeThread caller, ulong ioas, ulong busAddress) =>
        ioas == AddressSpaceId ? segments.Release(busAddress) : Lv1Status.IllegalParameterValue;

    public Lv1Status PutIopte(ILogicalPpeThread caller, ulong ioas, ulong busAddress, ulong address, ulong ioid, ulong flags)
    {
        if (ioas != AddressSpaceId || ioid > LastIoId)
            return Lv1Status.IllegalParameterValue;
        if (!segments.TryGetPageShift(busAddress, out int pageShift))
            return Lv1Status.NoEntry;
        ulong mask = (1UL << pageShift) - 1;
        if ((busAddress & mask) != 0)
            return Lv1Status.AlignmentError;
        if (flags == 0)
        {
            segments.ClearPage(busAddress);
            return Lv1Status.Success;
        }

        if (!IopteFlags.TryParse(flags, out RegionAccess access))
            return Lv1Status.IllegalParameterValue;
        if ((address & mask) != 0)
            return Lv1Status.AlignmentError;
        if (!memory.IsUsable(new LparAddress(address), mask + 1, access))
            return Lv1Status.AccessViolation;
        segments.SetPage(busAddress, pageShift, new LparAddress(address), access);
        return Lv1Status.Success;
    }
}
