using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>Memory of the partition beyond boot memory (lv1-calls.md 4.1).</summary>
internal sealed class MemoryCalls(LparMemory memory, HtabWindows windows) : IMemoryCalls
{
    private const ulong SmallestPageShift = 12;
    private const ulong LargestPageShift = 27;

    // Requests partition address 0, where boot memory is.
    private const ulong FlagAtZero = 0x08;
    private const ulong EndOfFlags = 0x400;

    // The unit of memory that a region is in. A console has one unit and reports 1 (psdevwiki).
    private const ulong MemoryUnit = 1;

    public Lv1Status AllocateMemory(
        ILogicalPpeThread caller, ulong size, ulong pageShift, ulong unit, ulong flags, out ulong address, out ulong muid)
    {
        address = 0;
        muid = 0;
        // In the order of a console: a page size that is too small is an error whatever the other arguments are; the third argument may be
        // 0 or 1 (psdevwiki).
        if (pageShift is < SmallestPageShift or > LargestPageShift)
            return Lv1Status.IllegalParameterValue;
        if (unit > 1)
            return Lv1Status.NoEntry;
        if (flags >= EndOfFlags)
            return Lv1Status.IllegalParameterValue;
        if ((flags & FlagAtZero) != 0)
            return Lv1Status.DuplicateEntry;
        if (size == 0 || (size & ((1UL << (int)pageShift) - 1)) != 0)
            return Lv1Status.IllegalParameterValue;
        Lv1Status status = memory.Allocate(size, (int)pageShift, flags, out LparAddress at);
        if (status != Lv1Status.Success)
            return status;
        address = at.Value;
        muid = MemoryUnit;
        return Lv1Status.Success;
    }

    public Lv1Status ReleaseMemory(ILogicalPpeThread caller, ulong address) => memory.Release(new LparAddress(address));

    public Lv1Status QueryLogicalPartitionAddressRegionInfo(
        ILogicalPpeThread caller, ulong address,
        out ulong start, out ulong size, out ulong accessRight, out ulong maxPageShift, out ulong flags)
    {
        start = size = accessRight = maxPageShift = flags = 0;
        if (!memory.TryQuery(new LparAddress(address), out MemoryRegion region, out LparAllocation? allocation))
            return Lv1Status.NoEntry;
        start = region.Start.Value;
        size = region.Size;
        accessRight = (ulong)region.Access;
        if (allocation is { } made)
        {
            maxPageShift = (ulong)made.PageShift;
            flags = made.Flags;
        }
        else if (windows.Contains(region.Start))
        {
            maxPageShift = SmallestPageShift;
            flags = HtabWindows.RegionFlags;
        }
        else if (start == 0)
        {
            // The value that a retail console returns for boot memory.
            maxPageShift = LargestPageShift;
            flags = FlagAtZero;
        }
        else
        {
            maxPageShift = SmallestPageShift;
        }

        return Lv1Status.Success;
    }
}
