using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Partitions;

/// <summary>
/// A logical SPE's areas in the partition's address space: four mapped areas, and a fifth that lv1 reports but no guest uses
/// (spe.md 1). A console saves the state of a shared SPE in the fifth; here its address is reserved and nothing is mapped there.
/// </summary>
internal sealed class SpeAreas
{
    public const ulong LocalStoreSize = 0x40000;
    public const ulong RegistersSize = 0x20000;
    public const ulong ShadowSize = 0x1000;

    private readonly GuestMemory _memory;
    private readonly LparAddressAllocator _addresses;
    private readonly List<MemoryRegion> _regions = [];

    public SpeAreas(GuestMemory memory, LparAddressAllocator addresses)
    {
        _memory = memory;
        _addresses = addresses;
    }

    public LparAddress Privilege2 { get; private set; }

    public LparAddress Problem { get; private set; }

    public LparAddress LocalStore { get; private set; }

    public LparAddress Context { get; private set; }

    public LparAddress Shadow { get; private set; }

    /// <summary>Maps memory for the local store; null when there is no room.</summary>
    public MemoryRegion? TryAddLocalStore()
    {
        LocalStore = _addresses.Allocate(LocalStoreSize);
        MemoryRegion? region = _memory.TryAddMemory(LocalStore, LocalStoreSize, RegionAccess.ReadWrite, "local store");
        if (region is not null)
            _regions.Add(region);
        return region;
    }

    /// <summary>Maps the register areas. False when there is no room; areas already mapped stay until <see cref="Unmap"/>.</summary>
    /// <param name="spe">The SPE whose registers are mapped.</param>
    /// <param name="shadowShift">log2 of the page size the guest maps the shadow area with, which may be larger than the area.</param>
    public bool TryMapRegisters(ILogicalSpe spe, int shadowShift)
    {
        ulong shadowSize = Math.Max(ShadowSize, 1UL << shadowShift);
        (Privilege2, Problem, Shadow) = (_addresses.Allocate(RegistersSize), _addresses.Allocate(RegistersSize), _addresses.Allocate(shadowSize));
        Context = _addresses.Allocate(LocalStoreSize);
        return TryMap(Privilege2, RegistersSize, spe.Privilege2, $"SPE {spe.Number} privileged state 2", RegionAccess.ReadWrite)
            && TryMap(Problem, RegistersSize, spe.ProblemState, $"SPE {spe.Number} problem state", RegionAccess.ReadWrite)
            && TryMap(Shadow, shadowSize, new MappedShadowRegisters(spe.Shadow), $"SPE {spe.Number} shadow", RegionAccess.Read);
    }

    /// <summary>
    /// Unmaps the areas. Page table entries that still name them then map nothing, as after a release of memory.
    /// </summary>
    public void Unmap()
    {
        foreach (MemoryRegion region in _regions)
            _memory.Remove(region);
        _regions.Clear();
    }

    private bool TryMap(LparAddress start, ulong size, IMmioDevice registers, string name, RegionAccess access)
    {
        if (_memory.TryAddDevice(start, size, registers, name, access) is not { } region)
            return false;
        _regions.Add(region);
        return true;
    }

    /// <summary>The shadow registers at the start of a page that may be larger; the rest of the page is empty.</summary>
    private sealed class MappedShadowRegisters(IMmioDevice registers) : IMmioDevice
    {
        public ulong Read(ulong offset, int size) => offset < ShadowSize ? registers.Read(offset, size) : 0;

        public void Write(ulong offset, int size, ulong value)
        {
            // Never called: the region is read-only, so a store faults in the processor.
        }
    }
}
