using CellPpe.Core;

using Ps3Platform.Standalone.Assist.Files;
using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Memory;

/// <summary>
/// The mappings of mmap: regions of memory with the requested access, outside the heap, so that a DMA command to an unmapped address is
/// an error as on a console. A shared file is copied into memory. The program's changes are copied back at each of its file calls, by
/// msync and munmap, and at the end.
/// </summary>
internal sealed unsafe class MappedMemory(GuestMemory memory, ulong start, ulong size)
{
    public const ulong PageSize = GuestMemory.PageSize;

    private readonly SortedList<ulong, Mapping> _mappings = [];

    /// <summary>True when files and memory must be synchronised before and after file calls.</summary>
    public bool HasSharedFiles => _mappings.Values.Any(static one => one.IsShared && one.File is not null);

    /// <summary>Maps memory, zeros or a file's content.</summary>
    /// <param name="wanted">The required address, a multiple of a page, whose previous mapping is replaced; null for any.</param>
    /// <param name="length">Bytes, a multiple of a page.</param>
    /// <param name="access">The access that DMA may make.</param>
    /// <param name="file">The mapped file, shared with the caller; null for zeros.</param>
    /// <param name="offset">Offset in the file.</param>
    /// <param name="isShared">Whether changes are written to the file.</param>
    /// <returns>The address, or null when there is no room.</returns>
    public ulong? Map(ulong? wanted, ulong length, RegionAccess access, HostStream? file, long offset, bool isShared)
    {
        if (wanted is { } fixedAt)
        {
            if (!IsInside(fixedAt, length))
                return null;
            Unmap(fixedAt, length);
        }

        if ((wanted ?? FindRoom(length)) is not { } address || memory.TryAddMemory(new LparAddress(address), length, access, "mmap") is not { } region)
            return null;
        var mapping = new Mapping(region, file?.Share(), offset, isShared);
        _mappings.Add(address, mapping);
        Refresh(mapping, all: true);
        return address;
    }

    /// <summary>Unmaps pages; pages that are not mapped are ignored (munmap(2)).</summary>
    public void Unmap(ulong address, ulong length)
    {
        ulong end = address + length;
        foreach (Mapping mapping in _mappings.Values.Where(one => one.Start < end && one.End > address).ToArray())
        {
            Write(mapping);
            byte[] bytes = Bytes(mapping).ToArray();
            _mappings.Remove(mapping.Start);
            memory.Remove(mapping.Region);
            Keep(mapping, bytes, mapping.Start, Math.Min(address, mapping.End));
            Keep(mapping, bytes, Math.Max(end, mapping.Start), mapping.End);
            mapping.File?.Dispose();
        }
    }

    /// <summary>Grows, shrinks or moves a mapping that begins at an address.</summary>
    /// <returns>Its new address, or null with an error.</returns>
    public ulong? Remap(ulong address, ulong length, ulong wanted, bool mayMove, out int error)
    {
        error = Errno.Invalid;
        if (!_mappings.TryGetValue(address, out Mapping? mapping) || length > mapping.Region.Size)
            return null;
        error = Errno.None;
        if (wanted <= length)
        {
            Unmap(address + wanted, length - wanted);
            return address;
        }

        error = Errno.NoMemory;
        byte[] bytes = Bytes(mapping)[..(int)length].ToArray();
        bool fits = mapping.Region.Size == length && IsInside(address, wanted) && !_mappings.Values.Any(one => one != mapping && one.Start < address + wanted && one.End > address);
        if (!fits && !mayMove)
            return null;
        ulong? target = fits ? address : FindRoom(wanted);
        if (target is not { } at)
            return null;
        Write(mapping);
        HostStream? file = mapping.File?.Share();
        Unmap(address, length);
        if (Map(at, wanted, mapping.Region.Access, file, mapping.Offset, mapping.IsShared) is not { } moved)
        {
            Map(address, length, mapping.Region.Access, file, mapping.Offset, mapping.IsShared);
            moved = 0;
        }

        bytes.CopyTo(Bytes(_mappings[moved == 0 ? address : moved]));
        file?.Dispose();
        error = moved == 0 ? Errno.NoMemory : Errno.None;
        return moved == 0 ? null : moved;
    }

    /// <summary>True when all of a range is mapped.</summary>
    public bool IsMapped(ulong address, ulong length)
    {
        ulong at = address;
        foreach (Mapping mapping in _mappings.Values)
        {
            if (mapping.Start <= at && at < mapping.End)
                at = mapping.End;
        }

        return at >= address + length;
    }

    /// <summary>Writes changes in shared mappings to their files, and copies changes of the files into memory.</summary>
    public void Synchronise()
    {
        Mapping[] shared = [.. _mappings.Values.Where(static one => one.IsShared && one.File is not null)];
        foreach (Mapping mapping in shared)
            Write(mapping);
        foreach (Mapping mapping in shared)
            Refresh(mapping, all: false);
    }

    private static ulong Align(ulong length) => (length + PageSize - 1) & ~(PageSize - 1);

    private bool IsInside(ulong address, ulong length) => address % PageSize == 0 && address >= start && length <= size && address - start <= size - length;

    private ulong? FindRoom(ulong length)
    {
        ulong at = start;
        foreach (Mapping mapping in _mappings.Values)
        {
            if (mapping.Start - at >= length)
                break;
            at = mapping.End;
        }

        return IsInside(at, Align(length)) ? at : null;
    }

    // Keeps the rest of a mapping after some of its pages were unmapped.
    private void Keep(Mapping whole, byte[] bytes, ulong from, ulong to)
    {
        if (from >= to || memory.TryAddMemory(new LparAddress(from), to - from, whole.Region.Access, "mmap") is not { } region)
            return;
        var part = new Mapping(region, whole.File?.Share(), whole.Offset + (long)(from - whole.Start), whole.IsShared);
        bytes.AsSpan((int)(from - whole.Start), (int)(to - from)).CopyTo(Bytes(part));
        if (part.File is not null)
            part.Seen = Bytes(part).ToArray();
        _mappings.Add(from, part);
    }

    // In bounds: the region lies inside the host block.
    private Span<byte> Bytes(Mapping mapping) => new(memory.HostBase + mapping.Region.HostOffset, (int)mapping.Region.Size);

    private void Write(Mapping mapping)
    {
        if (mapping is not { IsShared: true, File: { } file } || (mapping.Region.Access & RegionAccess.Write) == 0)
            return;
        // Not beyond the file's end, because a mapping does not extend its file.
        Errno.Try(() =>
        {
            Span<byte> bytes = Bytes(mapping);
            long length = Math.Min(bytes.Length, (file.Length ?? 0) - mapping.Offset);
            for (long at = 0; at < length; at += (long)PageSize)
            {
                int part = (int)Math.Min((long)PageSize, length - at);
                ReadOnlySpan<byte> page = bytes.Slice((int)at, part);
                if (page.SequenceEqual(mapping.Seen.AsSpan((int)at, part)))
                    continue;
                file.WriteAt(page, mapping.Offset + at);
                page.CopyTo(mapping.Seen.AsSpan((int)at));
            }
        });
    }

    private void Refresh(Mapping mapping, bool all)
    {
        if (mapping.File is not { } file || !(all || mapping.IsShared))
            return;
        Errno.Try(() =>
        {
            byte[] now = new byte[mapping.Region.Size];
            file.ReadAt(now, mapping.Offset);
            if (!all && now.AsSpan().SequenceEqual(mapping.Seen))
                return;
            now.CopyTo(Bytes(mapping));
            mapping.Seen = now;
        });
    }

    private sealed class Mapping(MemoryRegion region, HostStream? file, long offset, bool isShared)
    {
        public MemoryRegion Region => region;

        public ulong Start => region.Start.Value;

        public ulong End => region.Start.Value + region.Size;

        public HostStream? File => file;

        public long Offset => offset;

        public bool IsShared => isShared;

        /// <summary>The contents at the last synchronisation of file and memory.</summary>
        public byte[] Seen { get; set; } = file is null ? [] : new byte[region.Size];
    }
}
