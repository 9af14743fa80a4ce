using CellPpe.Core;
using Ps3Platform.Devices.Gpu.Mapping;

namespace Ps3Platform.Devices.Gpu.Fifo;

/// <summary>
/// The memory that a context's commands can address: its own GPU memory, the partition memory in its I/O map, and its notifiers.
/// </summary>
/// <param name="memory">The partition's memory.</param>
/// <param name="map">The context's I/O map.</param>
/// <param name="video">The context's GPU memory.</param>
/// <param name="reports">The context's reports area, which holds the notifiers.</param>
internal sealed class FifoWindows(GuestMemory memory, GpuIoMap map, MemoryRegion video, MemoryRegion reports)
{
    // devices.md 6.
    private const ulong NotifiersOffset = 0x1000;
    private const ulong NotifierSize = 0x40;

    /// <summary>True for the handle of a DMA object that names memory.</summary>
    public static bool IsMemory(uint handle) => handle is FifoObject.VideoMemory or FifoObject.SystemMemory;

    /// <summary>The address of a byte, and the number of contiguous bytes from there on.</summary>
    public bool TryFind(uint handle, ulong offset, out LparAddress address, out ulong run)
    {
        if (handle == FifoObject.SystemMemory)
            return map.TryTranslate(offset, out address, out run);
        bool found = handle == FifoObject.VideoMemory && offset < video.Size;
        address = found ? video.Start + offset : default;
        run = found ? video.Size - offset : 0;
        return found;
    }

    /// <summary>Reads a word of the FIFO, which is in system memory.</summary>
    public bool TryReadWord(uint ioAddress, out uint word)
    {
        word = 0;
        return map.TryTranslate(ioAddress, out LparAddress address, out _) && memory.TryReadUInt32(address, out word);
    }

    /// <summary>Writes the completion status to a notifier.</summary>
    public bool TryNotify(uint notifier) =>
        memory.TryWrite(reports.Start + NotifiersOffset + (notifier * NotifierSize), stackalloc byte[16]);
}
