using System.Diagnostics.CodeAnalysis;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.Gpu;

/// <summary>One allocation of GPU-local memory by a guest.</summary>
internal sealed record GpuAllocation(ulong Handle, MemoryRegion Region);

/// <summary>
/// The GPU-local (DDR) memory and its allocations. Each allocation is a region of guest memory, so the capacity of the machine's
/// memory limits it as well.
/// </summary>
internal sealed class GpuMemory(GuestMemory memory, ILparAllocator addresses, GpuFirmwareRules rules)
{
    /// <summary>Bytes that a partition may allocate on a retail console, of 256 MiB.</summary>
    public const ulong Total = 252 << 20;

    /// <summary>
    /// Bytes allocated for size 0 by firmware before 2.10. On a console that call maps the whole memory from its start, including the
    /// allocations of others. Here it makes a separate allocation, larger than any ps3fb of that time could use.
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
        if (size == 0 && rules.SizeZeroMeansAllMemory)
            size = Math.Min(Share, Total - _used);
        // This check comes first and is cheap, because ps3vram requests 256 MiB and retries with 1 MiB less until it succeeds.
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
