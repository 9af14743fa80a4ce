using Lv1Hypervisor.Contracts;
using System.Diagnostics.CodeAnalysis;
using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Ps3Platform.Devices.Gpu;

/// <summary>One piece of GPU-local memory a guest has allocated.</summary>
internal sealed record GpuAllocation(ulong Handle, MemoryRegion Region);

/// <summary>
/// The GPU-local (DDR) memory: what may be allocated, and what is. The bytes are a region of guest memory, so the machine's
/// memory capacity bounds it as well.
/// </summary>
internal sealed class GpuMemory(GuestMemory memory, ILparAllocator addresses, GpuFirmwareRules rules)
{
    /// <summary>What a retail console has to give away of its 256 MiB.</summary>
    public const ulong Total = 252 << 20;

    /// <summary>
    /// What stands for "all of it" where firmware before 2.10 is asked for nothing. On a console that is the whole memory from its start,
    /// shared with whoever has a part of it; here it is a piece of its own, larger than any ps3fb of that time could use of it.
    /// </summary>
    public const ulong Share = 64 << 20;

    private const ulong Granule = 1 << 20;
    private const ulong FirstHandle = 0x5a5a_5a5b;
    private readonly Dictionary<ulong, GpuAllocation> _allocations = [];
    private ulong _nextHandle = FirstHandle;
    private ulong _used;

    public IEnumerable<GpuAllocation> Allocations => _allocations.Values;

    public bool TryAllocate(ulong size, [NotNullWhen(true)] out GpuAllocation? allocation)
    {
        allocation = null;
        if (size == 0 && rules.NothingMeansAllMemory)
            size = Math.Min(Share, Total - _used);
        // Looked at first and without cost: ps3vram asks for 256 MiB and goes down by one until it is given.
        if (size == 0 || size % Granule != 0 || size > Total - _used)
            return false;
        MemoryRegion? region = memory.TryAddMemory(addresses.Allocate(size), size, RegionAccess.ReadWrite, "GPU DDR");
        if (region is null)
            return false;
        allocation = new GpuAllocation(_nextHandle++, region);
        _allocations.Add(allocation.Handle, allocation);
        _used += size;
        return true;
    }

    public bool TryFind(ulong handle, [NotNullWhen(true)] out GpuAllocation? allocation) =>
        _allocations.TryGetValue(handle, out allocation);

    public void Free(GpuAllocation allocation)
    {
        if (!_allocations.Remove(allocation.Handle))
            return;
        _used -= allocation.Region.Size;
        memory.Remove(allocation.Region);
    }

    public void FreeAll()
    {
        foreach (GpuAllocation allocation in _allocations.Values.ToArray())
            Free(allocation);
    }
}
