using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace CellPpe.Core;

/// <summary>Is notified of every store that does not come from a PPE: hypercalls, device DMA, loaders.</summary>
public interface IWriteWatch
{
    /// <summary>
    /// Bytes have changed. The range is given as host offsets (see <see cref="GuestMemory.HostBase"/>), so that a page mapped at two
    /// partition addresses has one offset. The watch drops decoded code and breaks reservations.
    /// </summary>
    void Written(ulong hostOffset, ulong length);
}

/// <summary>
/// A partition's memory: one unmanaged host block and a map of partition addresses onto it. All numbers are big-endian, as in the
/// guest. The map changes only under the machine's lock (or on its only thread), and each change makes a new array, so that an
/// SPE's thread may search it without the lock: <see cref="TryFind"/>, <see cref="TrySlice"/> and <see cref="TryRead"/>
/// may be called on any thread. A caller that keeps their results must subscribe to <see cref="RegionRemoved"/>.
/// </summary>
public sealed unsafe class GuestMemory : IDisposable
{
    /// <summary>Granule of regions, and the smallest page.</summary>
    public const ulong PageSize = 4096;

    // Blocks from this size on use large pages. Tests use smaller ones, for which large pages would only cost time.
    private const ulong LargePageThreshold = 64 << 20;

    private readonly SortedList<ulong, ulong> _free = [];
    private readonly List<IWriteWatch> _watches = [];
    private volatile MemoryRegion[] _regions = [];
    private void* _allocation;
    private byte* _host;

    // Bytes below this were part of a region at some time.
    private ulong _everUsed;

    /// <summary>Reserves <paramref name="capacity"/> bytes for all regions together. The host commits pages as they are touched.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is zero or no multiple of 4096.</exception>
    public GuestMemory(ulong capacity)
    {
        ArgumentOutOfRangeException.ThrowIfZero(capacity);
        ArgumentOutOfRangeException.ThrowIfNotEqual(capacity % PageSize, 0UL);
        Capacity = capacity;
        // calloc of a large block is an anonymous mapping: zeroed, and committed by the host only where it is touched.
        // The allocation is one page larger than the capacity, so that the block can be aligned to a page.
        ulong page = capacity >= LargePageThreshold ? HostPages.LargeSize : PageSize;
        _allocation = NativeMemory.AllocZeroed((nuint)(capacity + page));
        _host = (byte*)(((nuint)_allocation + (nuint)(page - 1)) & ~(nuint)(page - 1));
        if (page != PageSize)
            HostPages.PreferLarge(_host, (nuint)capacity);
        _free.Add(0, capacity);
    }

    /// <summary>First byte of the host block.</summary>
    public byte* HostBase => _host;

    /// <summary>Bytes of the host block.</summary>
    public ulong Capacity { get; }

    /// <summary>The regions, by ascending partition address.</summary>
    public IReadOnlyList<MemoryRegion> Regions => _regions;

    /// <summary>
    /// Raised when a region has been removed, before its bytes can be allocated again. When the handlers return, translations to the
    /// region must have been dropped and transfers through them must have ended.
    /// </summary>
    public event Action<MemoryRegion>? RegionRemoved;

    /// <summary>Adds a watch, which is notified of stores that do not come from a PPE.</summary>
    public void AddWatch(IWriteWatch watch) => _watches.Add(watch);

    /// <summary>Removes a watch.</summary>
    public void RemoveWatch(IWriteWatch watch) => _watches.Remove(watch);

    /// <summary>Maps zeroed memory at a partition address.</summary>
    /// <returns>The region, or null when the host block has no room left or the range overlaps another region.</returns>
    public MemoryRegion? TryAddMemory(LparAddress start, ulong size, RegionAccess access, string name)
    {
        if (!IsFree(start, size) || !TryTake(size, out ulong offset))
            return null;
        // Bytes that were never allocated before are still zero. The others are zeroed here and not on removal, because a thread
        // that was executing a block could still store to them after the removal.
        if (offset < _everUsed)
            HostPages.Zero(_host + offset, (nuint)Math.Min(size, _everUsed - offset));
        _everUsed = Math.Max(_everUsed, offset + size);
        var region = new MemoryRegion(start, size, offset, access, name, null);
        Insert(region);
        return region;
    }

    /// <summary>Maps a device at a partition address.</summary>
    /// <returns>The region, or null when the range overlaps another region.</returns>
    public MemoryRegion? TryAddDevice(
        LparAddress start, ulong size, IMmioDevice device, string name, RegionAccess access = RegionAccess.ReadWrite)
    {
        if (!IsFree(start, size))
            return null;
        var region = new MemoryRegion(start, size, 0, access, name, device);
        Insert(region);
        return region;
    }

    /// <summary>Unmaps a region; its bytes can be allocated again.</summary>
    public void Remove(MemoryRegion region)
    {
        MemoryRegion[] left = [.. _regions.Where(other => other != region)];
        if (left.Length == _regions.Length)
            return;
        _regions = left;
        RegionRemoved?.Invoke(region);
        if (region.Device is not null)
            return;
        HostPages.GiveBack(_host + region.HostOffset, (nuint)region.Size);
        GiveBack(region.HostOffset, region.Size);
    }

    /// <summary>Finds the region that contains an address.</summary>
    public bool TryFind(LparAddress address, [NotNullWhen(true)] out MemoryRegion? region)
    {
        MemoryRegion[] regions = _regions;
        int low = 0;
        int high = regions.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            MemoryRegion candidate = regions[middle];
            if (candidate.Contains(address))
            {
                region = candidate;
                return true;
            }

            if (address.Value < candidate.Start.Value)
                high = middle - 1;
            else
                low = middle + 1;
        }

        region = null;
        return false;
    }

    /// <summary>
    /// The bytes at a partition address as a span over host memory, when all of them lie in one memory region that allows
    /// the access. A store through the span must be followed by <see cref="NotifyWritten"/>.
    /// </summary>
    public bool TrySlice(LparAddress address, ulong length, RegionAccess access, out Span<byte> bytes)
    {
        if (length <= int.MaxValue && TryFind(address, out MemoryRegion? region) && region.Device is null
            && (region.Access & access) == access && region.Size - (address.Value - region.Start.Value) >= length)
        {
            // In bounds: offset and length were checked against the region, and the region against the block.
            bytes = new Span<byte>(_host + region.HostOffset + (address.Value - region.Start.Value), (int)length);
            return true;
        }

        bytes = default;
        return false;
    }

    /// <summary>Copies bytes out of partition memory. False, and nothing copied, when the range is not all readable memory.</summary>
    public bool TryRead(LparAddress address, Span<byte> destination)
    {
        if (!TrySlice(address, (ulong)destination.Length, RegionAccess.Read, out Span<byte> source))
            return false;
        source.CopyTo(destination);
        return true;
    }

    /// <summary>
    /// Copies bytes into partition memory and notifies the watches. False, and nothing copied, when the range is not all
    /// memory. lv1 and devices may write memory that the guest may only read.
    /// </summary>
    public bool TryWrite(LparAddress address, ReadOnlySpan<byte> source)
    {
        if (!TrySlice(address, (ulong)source.Length, RegionAccess.None, out Span<byte> destination))
            return false;
        source.CopyTo(destination);
        NotifyWritten(address, (ulong)source.Length);
        return true;
    }

    /// <summary>Reads a big-endian 64-bit number.</summary>
    public bool TryReadUInt64(LparAddress address, out ulong value)
    {
        Span<byte> raw = stackalloc byte[8];
        bool ok = TryRead(address, raw);
        value = ok ? BinaryPrimitives.ReadUInt64BigEndian(raw) : 0;
        return ok;
    }

    /// <summary>Writes a big-endian 64-bit number.</summary>
    public bool TryWriteUInt64(LparAddress address, ulong value)
    {
        Span<byte> raw = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(raw, value);
        return TryWrite(address, raw);
    }

    /// <summary>Reads a big-endian 32-bit number.</summary>
    public bool TryReadUInt32(LparAddress address, out uint value)
    {
        Span<byte> raw = stackalloc byte[4];
        bool ok = TryRead(address, raw);
        value = ok ? BinaryPrimitives.ReadUInt32BigEndian(raw) : 0;
        return ok;
    }

    /// <summary>Writes a big-endian 32-bit number.</summary>
    public bool TryWriteUInt32(LparAddress address, uint value)
    {
        Span<byte> raw = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(raw, value);
        return TryWrite(address, raw);
    }

    /// <summary>Notifies the watches that bytes were changed through a span from <see cref="TrySlice"/>.</summary>
    public void NotifyWritten(LparAddress address, ulong length)
    {
        if (length == 0 || !TryFind(address, out MemoryRegion? region) || region.Device is not null)
            return;
        ulong offset = region.HostOffset + (address.Value - region.Start.Value);
        foreach (IWriteWatch watch in _watches)
            watch.Written(offset, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_allocation);
        _allocation = null;
        _host = null;
        _regions = [];
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the host block if <see cref="Dispose"/> was not called.</summary>
    ~GuestMemory() => NativeMemory.Free(_allocation);

    private bool IsFree(LparAddress start, ulong size)
    {
        if (size == 0 || size % PageSize != 0 || start.Value % PageSize != 0 || start.Value + size < start.Value)
            return false;
        foreach (MemoryRegion region in _regions)
        {
            if (start.Value < region.Start.Value + region.Size && region.Start.Value < start.Value + size)
                return false;
        }

        return true;
    }

    private void Insert(MemoryRegion region)
    {
        int index = Array.FindIndex(_regions, other => other.Start.Value > region.Start.Value);
        index = index < 0 ? _regions.Length : index;
        _regions = [.. _regions[..index], region, .. _regions[index..]];
    }

    private bool TryTake(ulong size, out ulong offset)
    {
        foreach ((ulong start, ulong length) in _free)
        {
            if (length < size)
                continue;
            _free.Remove(start);
            if (length > size)
                _free.Add(start + size, length - size);
            offset = start;
            return true;
        }

        offset = 0;
        return false;
    }

    private void GiveBack(ulong offset, ulong size)
    {
        _free.Add(offset, size);
        int index = _free.IndexOfKey(offset);
        if (index + 1 < _free.Count && offset + size == _free.Keys[index + 1])
        {
            size += _free.Values[index + 1];
            _free.RemoveAt(index + 1);
            _free[offset] = size;
        }

        if (index > 0 && _free.Keys[index - 1] + _free.Values[index - 1] == offset)
        {
            _free[_free.Keys[index - 1]] += size;
            _free.RemoveAt(index);
        }
    }
}
