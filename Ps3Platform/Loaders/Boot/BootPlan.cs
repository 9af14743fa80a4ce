using System.Text;
using CellPpe.Core;

namespace Ps3Platform.Loaders.Boot;

/// <summary>The memory contents and thread registers to set before the first instruction.</summary>
public sealed record BootPlan
{
    /// <summary>The segments, in the order in which they are placed: a later one overwrites an earlier one.</summary>
    public required IReadOnlyList<BootSegment> Segments { get; init; }

    /// <summary>The threads that start; one that is missing stays stopped.</summary>
    public required IReadOnlyList<ThreadEntry> Threads { get; init; }

    /// <summary>lv1's copy of the os-area: the values of bi/boot_dat/address and size.</summary>
    public required MemoryRange OsArea { get; init; }

    /// <summary>The device tree passed in r3; null when the image contains its own.</summary>
    public MemoryRange? DeviceTree { get; init; }

    /// <summary>The initial RAM disk.</summary>
    public MemoryRange? Initrd { get; init; }

    /// <summary>Warnings about properties that work here but would not on a console.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Writes all segments, zeroing the memory they claim beyond their bytes.</summary>
    /// <exception cref="BootException">The partition has no memory there.</exception>
    public void Place(GuestMemory memory)
    {
        foreach (BootSegment segment in Segments)
        {
            if (!memory.TrySlice(segment.Address, segment.MemorySize, RegionAccess.None, out Span<byte> target))
                throw new BootException($"The partition has no memory for \"{segment.Name}\" at {segment.Range}; raise --memory.");
            segment.Bytes.Span.CopyTo(target);
            target[segment.Bytes.Length..].Clear();
            memory.NotifyWritten(segment.Address, segment.MemorySize);
        }
    }

    /// <summary>The layout as lines of text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (BootSegment segment in Segments)
            text.Append(segment.Range).Append("  ").Append(segment.Name).Append('\n');
        foreach (ThreadEntry thread in Threads)
            text.Append($"thread {thread.Thread}: pc=0x{thread.Pc.Value:x} msr=0x{thread.Msr:x16} r3=0x{thread.R3:x} r4=0x{thread.R4:x} r5=0x{thread.R5:x}\n");
        return text.ToString();
    }
}
