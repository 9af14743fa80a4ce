using CellPpe.Core;

namespace Ps3Platform.Devices.Gpu.Mapping;

/// <summary>The partition memory that a context maps for the GPU: a table over the 256 MiB I/O window, one entry per MiB.</summary>
internal sealed class GpuIoMap
{
    public const ulong Granule = 1 << 20;
    public const ulong WindowSize = 256 << 20;

    private const ulong Unmapped = ulong.MaxValue;
    private readonly ulong[] _pages = new ulong[WindowSize / Granule];

    public GpuIoMap()
    {
        Array.Fill(_pages, Unmapped);
    }

    /// <summary>True when start and length are whole MiB inside the window.</summary>
    public static bool IsRange(ulong ioAddress, ulong size) =>
        size != 0 && size % Granule == 0 && ioAddress % Granule == 0 && size <= WindowSize && ioAddress <= WindowSize - size;

    public void Map(ulong ioAddress, LparAddress memory, ulong size)
    {
        for (ulong done = 0; done < size; done += Granule)
            _pages[(ioAddress + done) / Granule] = memory.Value + done;
    }

    public void Unmap(ulong ioAddress, ulong size) =>
        Array.Fill(_pages, Unmapped, (int)(ioAddress / Granule), (int)(size / Granule));

    /// <summary>The address of a byte of the window, and the number of bytes to the end of its page. Any I/O address is allowed.</summary>
    public bool TryTranslate(ulong ioAddress, out LparAddress memory, out ulong run)
    {
        memory = default;
        run = 0;
        if (ioAddress >= WindowSize || _pages[ioAddress / Granule] == Unmapped)
            return false;
        ulong within = ioAddress % Granule;
        memory = new LparAddress(_pages[ioAddress / Granule] + within);
        run = Granule - within;
        return true;
    }

    /// <summary>True when any byte of a range of partition memory is mapped.</summary>
    public bool Shows(LparAddress start, ulong length) =>
        _pages.Any(page => page != Unmapped && page < start.Value + length && start.Value < page + Granule);

    /// <summary>The mapped ranges in ascending order.</summary>
    public IReadOnlyList<GpuIoMapState> Inspect()
    {
        List<GpuIoMapState> ranges = [];
        for (int page = 0; page < _pages.Length; page++)
        {
            if (_pages[page] == Unmapped)
                continue;
            ulong start = (ulong)page * Granule;
            if (ranges.Count > 0 && ranges[^1] is var last && last.IoAddress + last.Size == start && last.Address + last.Size == _pages[page])
                ranges[^1] = last with { Size = last.Size + Granule };
            else
                ranges.Add(new GpuIoMapState(start, _pages[page], Granule));
        }

        return ranges;
    }

    /// <summary>True when every byte of the range is mapped.</summary>
    public bool IsMapped(ulong ioAddress, ulong size)
    {
        if (size == 0 || ioAddress > WindowSize || size > WindowSize - ioAddress)
            return false;
        for (ulong page = ioAddress / Granule; page <= (ioAddress + size - 1) / Granule; page++)
        {
            if (_pages[page] == Unmapped)
                return false;
        }

        return true;
    }
}
