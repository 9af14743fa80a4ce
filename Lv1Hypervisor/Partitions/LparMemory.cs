using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Partitions;

/// <summary>An allocation of lv1_allocate_memory, as lv1_query_logical_partition_address_region_info reports it.</summary>
internal readonly record struct LparAllocation(MemoryRegion Region, ulong Flags, int PageShift);

/// <summary>The partition's RAM: boot memory at 0 and what the guest allocates, within a budget.</summary>
internal sealed class LparMemory
{
    // A limit chosen here: the map of regions is searched on every access that takes the slow path.
    private const int MaxAllocations = 256;

    private readonly GuestMemory _memory;
    private readonly LparAddressAllocator _addresses;
    private readonly ulong _budget;
    private readonly Dictionary<ulong, LparAllocation> _allocations = [];
    private ulong _allocated;

    /// <exception cref="InvalidOperationException">Boot memory cannot be mapped at 0.</exception>
    public LparMemory(GuestMemory memory, LparAddressAllocator addresses, ulong bootSize, ulong totalSize)
    {
        _memory = memory;
        _addresses = addresses;
        BootSize = bootSize;
        TotalSize = totalSize;
        _budget = totalSize > bootSize ? totalSize - bootSize : 0;
        // A loader may already have mapped it, to place an image there.
        if (!memory.TryFind(new LparAddress(0), out MemoryRegion? boot))
            boot = memory.TryAddMemory(new LparAddress(0), bootSize, RegionAccess.ReadWrite, "boot memory");
        if (boot is null || boot.Start.Value != 0 || boot.Size != bootSize)
            throw new InvalidOperationException($"Cannot map 0x{bootSize:x} bytes of boot memory at partition address 0.");
    }

    public ulong BootSize { get; }

    public ulong TotalSize { get; }

    /// <summary>True when the whole range is RAM that allows the guest this access.</summary>
    public bool IsUsable(LparAddress address, ulong length, RegionAccess access) =>
        _memory.TryFind(address, out MemoryRegion? region) && region.Device is null && (region.Access & access) == access
        && region.Size - (address.Value - region.Start.Value) >= length;

    public Lv1Status Allocate(ulong size, int pageShift, ulong flags, out LparAddress address)
    {
        address = default;
        if (size > _budget - _allocated || _allocations.Count >= MaxAllocations)
            return Lv1Status.ResourceShortage;
        // One try more than there can be allocations, so that a free address is found even after the size class has wrapped.
        for (int attempt = 0; attempt <= MaxAllocations; attempt++)
        {
            LparAddress candidate = _addresses.Allocate(size);
            if (_memory.TryFind(candidate, out _))
                continue;
            MemoryRegion? region = _memory.TryAddMemory(candidate, size, RegionAccess.ReadWrite, "allocated memory");
            if (region is null)
                return Lv1Status.ResourceShortage;
            _allocations.Add(candidate.Value, new LparAllocation(region, flags, pageShift));
            _allocated += size;
            address = candidate;
            return Lv1Status.Success;
        }

        return Lv1Status.ResourceShortage;
    }

    public Lv1Status Release(LparAddress address)
    {
        if (!_allocations.Remove(address.Value, out LparAllocation allocation))
            return Lv1Status.NoEntry;
        _allocated -= allocation.Region.Size;
        _memory.Remove(allocation.Region);
        return Lv1Status.Success;
    }

    /// <summary>Finds the region that contains an address, and its allocation if the guest allocated it.</summary>
    public bool TryQuery(LparAddress address, out MemoryRegion region, out LparAllocation? allocation)
    {
        allocation = null;
        if (!_memory.TryFind(address, out MemoryRegion? found))
        {
            region = null!;
            return false;
        }

        region = found;
        if (_allocations.TryGetValue(found.Start.Value, out LparAllocation made))
            allocation = made;
        return true;
    }
}
