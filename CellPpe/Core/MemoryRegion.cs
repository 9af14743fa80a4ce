namespace CellPpe.Core;

/// <summary>What a partition may do with a range of its memory.</summary>
[Flags]
public enum RegionAccess
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Loads and instruction fetches.</summary>
    Read = 1,

    /// <summary>Stores.</summary>
    Write = 2,

    /// <summary>Loads and stores.</summary>
    ReadWrite = Read | Write,
}

/// <summary>A device that answers loads and stores instead of memory. Offsets are relative to its region.</summary>
public interface IMmioDevice
{
    /// <summary>Reads <paramref name="size"/> bytes (1, 2, 4 or 8) as one big-endian number.</summary>
    ulong Read(ulong offset, int size);

    /// <summary>Writes the low <paramref name="size"/> bytes (1, 2, 4 or 8) of <paramref name="value"/>.</summary>
    void Write(ulong offset, int size, ulong value);
}

/// <summary>One contiguous range of a partition's address space, backed by host memory or by a device.</summary>
public sealed class MemoryRegion
{
    internal MemoryRegion(LparAddress start, ulong size, ulong hostOffset, RegionAccess access, string name, IMmioDevice? device)
    {
        Start = start;
        Size = size;
        HostOffset = hostOffset;
        Access = access;
        Name = name;
        Device = device;
    }

    /// <summary>First partition address.</summary>
    public LparAddress Start { get; }

    /// <summary>Length in bytes, a multiple of 4096.</summary>
    public ulong Size { get; }

    /// <summary>Offset of the first byte from <see cref="GuestMemory.HostBase"/>; meaningless for a device.</summary>
    public ulong HostOffset { get; }

    /// <summary>The accesses that the guest may make. lv1 refuses page table entries that allow more.</summary>
    public RegionAccess Access { get; }

    /// <summary>For messages and listings: "boot memory", "GPU DDR".</summary>
    public string Name { get; }

    /// <summary>The device that answers, or null for memory.</summary>
    public IMmioDevice? Device { get; }

    /// <summary>True when the address lies inside.</summary>
    public bool Contains(LparAddress address) => address.Value - Start.Value < Size;
}
