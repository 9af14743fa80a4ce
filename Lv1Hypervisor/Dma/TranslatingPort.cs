using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;

namespace Lv1Hypervisor.Dma;

/// <summary>A range of bus addresses that maps to one contiguous range of partition memory.</summary>
internal readonly record struct DmaMapping(ulong Bus, ulong Size, LparAddress Memory, RegionAccess Access)
{
    /// <summary>First bus address after the range. No range reaches the end of the 64-bit bus.</summary>
    public ulong End => Bus + Size;
}

/// <summary>DMA through a table of mappings. A transfer may span mappings; it is made completely or not at all.</summary>
internal abstract class TranslatingPort(GuestMemory memory) : IDmaPort
{
    public DmaFault Read(IoAddress address, Span<byte> destination)
    {
        DmaFault fault = Check(address.Value, (ulong)destination.Length, RegionAccess.Read);
        if (fault != DmaFault.None)
            return fault;
        ulong bus = address.Value;
        while (destination.Length > 0)
        {
            int run = Next(bus, (ulong)destination.Length, out LparAddress at);
            if (!memory.TryRead(at, destination[..run]))
                return DmaFault.Unmapped;
            destination = destination[run..];
            bus += (ulong)run;
        }

        return DmaFault.None;
    }

    public DmaFault Write(IoAddress address, ReadOnlySpan<byte> source)
    {
        DmaFault fault = Check(address.Value, (ulong)source.Length, RegionAccess.Write);
        if (fault != DmaFault.None)
            return fault;
        ulong bus = address.Value;
        while (source.Length > 0)
        {
            int run = Next(bus, (ulong)source.Length, out LparAddress at);
            if (!memory.TryWrite(at, source[..run]))
                return DmaFault.Unmapped;
            source = source[run..];
            bus += (ulong)run;
        }

        return DmaFault.None;
    }

    public bool Reaches(IoAddress address, ulong size, LparAddress start, ulong length)
    {
        ulong bus = address.Value;
        while (size > 0)
        {
            // A store to what is not mapped fails.
            if (!TryFindMapping(bus, out DmaMapping mapping))
                return false;
            ulong run = Math.Min(size, mapping.End - bus);
            ulong at = mapping.Memory.Value + (bus - mapping.Bus);
            if (at < start.Value + length && start.Value < at + run)
                return true;
            bus += run;
            size -= run;
        }

        return false;
    }

    protected abstract bool TryFindMapping(ulong bus, out DmaMapping mapping);

    private DmaFault Check(ulong bus, ulong length, RegionAccess access)
    {
        while (length > 0)
        {
            if (!TryFindMapping(bus, out DmaMapping mapping))
                return DmaFault.Unmapped;
            if ((mapping.Access & access) != access)
                return DmaFault.Protection;
            ulong run = Math.Min(length, mapping.End - bus);
            // The memory may have been released since it was mapped.
            if (!memory.TrySlice(mapping.Memory + (bus - mapping.Bus), run, access, out _))
                return DmaFault.Unmapped;
            bus += run;
            length -= run;
        }

        return DmaFault.None;
    }

    private int Next(ulong bus, ulong length, out LparAddress at)
    {
        // Cannot fail: Check has found the same mappings in the same turn of the emulation thread.
        TryFindMapping(bus, out DmaMapping mapping);
        at = mapping.Memory + (bus - mapping.Bus);
        return (int)Math.Min(length, mapping.End - bus);
    }
}
