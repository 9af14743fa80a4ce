using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices.Gpu.Fifo;
using Ps3Platform.Devices.Gpu.Mapping;

namespace Ps3Platform.Devices.Gpu;

/// <summary>Interrupt causes that lv1_gpu_context_intr returns (devices.md 5.4); bit 0 is the lowest.</summary>
[Flags]
internal enum GpuCauses : uint
{
    None = 0,
    VsyncA = 1 << 0,
    VsyncB = 1 << 1,
    FlipA = 1 << 3,
    FlipB = 1 << 4,
}

/// <summary>A guest's context on the GPU: its memory areas, its I/O map of partition memory, and its interrupt.</summary>
internal sealed class GpuContext
{
    private const ulong DmaControlSize = 64 << 10;
    private const ulong ReportsSize = 64 << 10;

    private readonly GuestMemory _memory;
    private readonly IOutletSource _outlets;
    private readonly List<MemoryRegion> _regions;
    private readonly IInterruptLine _line;
    private readonly uint _outlet;
    private GpuCauses _causes;

    private GpuContext(
        GuestMemory memory, IOutletSource outlets, ulong handle, GpuAllocation allocation, List<MemoryRegion> regions,
        IInterruptLine line, uint outlet)
    {
        _memory = memory;
        _outlets = outlets;
        _regions = regions;
        _line = line;
        _outlet = outlet;
        Allocation = allocation;
        Information = new DriverInformation(memory, regions[1].Start);
        Fifo = new CommandFifo(memory, regions[0], new FifoWindows(memory, IoMap, allocation.Region, regions[2]));
        Areas = new GpuContextAreas(handle, regions[0].Start, regions[1].Start, regions[2].Start, ReportsSize);
    }

    public ulong Handle => Areas.Handle;

    public GpuAllocation Allocation { get; }

    public GpuContextAreas Areas { get; }

    public DriverInformation Information { get; }

    public GpuIoMap IoMap { get; } = new();

    public CommandFifo Fifo { get; }

    /// <summary>True after FB setup, until FB close.</summary>
    public bool HasFramebuffer { get; set; }

    /// <summary>The last blit that was done, or null.</summary>
    public FramebufferBlit? LastBlit { get; set; }

    /// <summary>Makes a context, or null when the machine has no memory or no outlet left for it.</summary>
    public static GpuContext? TryCreate(
        GuestMemory memory, ILparAllocator addresses, IOutletSource outlets, ulong handle, uint channel, GpuAllocation allocation)
    {
        List<MemoryRegion> regions = [];
        ReadOnlySpan<(ulong Size, string Name)> areas =
        [
            (DmaControlSize, "GPU DMA control"), (DriverInformation.Size, "GPU driver information"), (ReportsSize, "GPU reports"),
        ];
        foreach ((ulong size, string name) in areas)
        {
            // The DMA control registers are plain memory, which the FIFO reads when the guest kicks it.
            if (memory.TryAddMemory(addresses.Allocate(size), size, RegionAccess.ReadWrite, name) is { } region)
                regions.Add(region);
        }

        uint outlet = 0;
        IInterruptLine? line = regions.Count == areas.Length ? outlets.Create("GPU", out outlet) : null;
        if (line is null)
        {
            regions.ForEach(memory.Remove);
            return null;
        }

        var context = new GpuContext(memory, outlets, handle, allocation, regions, line, outlet);
        context.Information.Initialize(GpuMemory.Total, channel, outlet);
        return context;
    }

    /// <summary>
    /// True when the GPU may store into the range without a further call of the guest: into an area of the context or, while the FIFO is
    /// busy, into memory in the I/O map.
    /// </summary>
    public bool MayStore(LparAddress start, ulong length) =>
        (Fifo.IsBusy && IoMap.Shows(start, length))
        || _regions.Any(region => start.Value < region.Start.Value + region.Size && region.Start.Value < start.Value + length);

    /// <summary>Latches causes and raises the outlet when the guest's mask lets one of them through.</summary>
    public void Report(GpuCauses causes)
    {
        _causes |= causes;
        Information.WriteCauses((uint)_causes);
        if (((uint)_causes & Information.Mask) != 0)
            _line.Raise();
    }

    /// <summary>Reads and clears the causes.</summary>
    public uint TakeCauses()
    {
        uint causes = (uint)_causes;
        _causes = GpuCauses.None;
        Information.WriteCauses(0);
        return causes;
    }

    public GpuContextState Inspect() =>
        new(Handle, Allocation.Handle, HasFramebuffer, (uint)_causes, Information.Mask, _outlet, IoMap.Inspect(), Fifo.Refused);

    public void Destroy()
    {
        _outlets.Destroy(_outlet);
        _regions.ForEach(_memory.Remove);
    }
}
