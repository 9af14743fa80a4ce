namespace Ps3Platform.Machine.Spu.Assist;

/// <summary>
/// Memory outside local store (stop code 0x2105), which a program reaches by DMA. First fit from a list of free pieces; a program
/// without a PPE has no other use for that memory.
/// </summary>
internal sealed class HeapCalls
{
    private const ulong Granule = 128;

    private readonly SortedList<ulong, ulong> _free = [];
    private readonly Dictionary<ulong, ulong> _taken = [];
    private readonly Func<ulong, ulong, Span<byte>> _bytes;

    /// <param name="start">First byte of the memory that is given out.</param>
    /// <param name="size">How much there is.</param>
    /// <param name="bytes">The host's view of an address and a length inside.</param>
    public HeapCalls(ulong start, ulong size, Func<ulong, ulong, Span<byte>> bytes)
    {
        _free.Add(start, size);
        _bytes = bytes;
    }

    /// <summary>Names by operation; null: there is none.</summary>
    public static string? NameOf(uint operation) => operation switch
    {
        1 => "calloc_ea",
        2 => "free_ea",
        3 => "malloc_ea",
        4 => "realloc_ea",
        5 => "posix_memalign_ea",
        _ => null,
    };

    /// <summary>Serves a call.</summary>
    /// <returns>Null, or what is not served.</returns>
    public string? Serve(uint operation, AssistCall call)
    {
        switch (NameOf(operation))
        {
            case "malloc_ea":
                Answer(call, Take(call.DoubleWord(0)));
                return null;
            case "calloc_ea":
                UInt128 product = (UInt128)call.DoubleWord(0) * call.DoubleWord(1);
                Answer(call, product > ulong.MaxValue ? 0 : Take((ulong)product));
                return null;
            case "free_ea":
                Free(call.DoubleWord(0));
                call.Return(0);
                return null;
            case "realloc_ea":
                Answer(call, Resize(call.DoubleWord(0), call.DoubleWord(1)));
                return null;
            default:
                return NameOf(operation) ?? $"operation {operation}";
        }
    }

    private static void Answer(AssistCall call, ulong address) =>
        call.Return((uint)(address >> 32), (uint)address, address == 0 ? Errno.NoMemory : Errno.None);

    private ulong Take(ulong wanted)
    {
        ulong size = Math.Max(Granule, (Math.Min(wanted, ulong.MaxValue - Granule) + Granule - 1) & ~(Granule - 1));
        foreach ((ulong start, ulong room) in _free)
        {
            if (room < size)
                continue;
            _free.Remove(start);
            if (room > size)
                _free.Add(start + size, room - size);
            _taken.Add(start, size);
            _bytes(start, size).Clear();
            return start;
        }

        return 0;
    }

    private void Free(ulong address)
    {
        if (!_taken.Remove(address, out ulong size))
            return;
        if (_free.Remove(address + size, out ulong above))
            size += above;
        foreach ((ulong start, ulong room) in _free)
        {
            if (start + room != address)
                continue;
            _free[start] = room + size;
            return;
        }

        _free.Add(address, size);
    }

    private ulong Resize(ulong address, ulong wanted)
    {
        if (address == 0)
            return Take(wanted);
        if (!_taken.TryGetValue(address, out ulong size))
            return 0;
        ulong moved = Take(wanted);
        if (moved == 0)
            return 0;
        ulong kept = Math.Min(size, _taken[moved]);
        _bytes(address, kept).CopyTo(_bytes(moved, kept));
        Free(address);
        return moved;
    }
}
