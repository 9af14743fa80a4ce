using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Memory;

/// <summary>
/// Allocation of memory outside local store (stop code 0x2105), which a program accesses by DMA. First fit from a list of free
/// blocks, over all of that memory, because nothing else uses it without a PPE.
/// </summary>
internal sealed class HeapCalls
{
    private const ulong Granule = 128;

    private readonly SortedList<ulong, ulong> _free = [];
    private readonly Dictionary<ulong, ulong> _taken = [];
    private readonly Func<ulong, ulong, Span<byte>> _bytes;
    private readonly bool _hasLongPointers;

    /// <param name="start">Address of the first byte of the memory.</param>
    /// <param name="size">Bytes of the memory.</param>
    /// <param name="bytes">Returns the host's view of an address and a length inside it.</param>
    /// <param name="hasLongPointers">Whether the program's pointers to this memory have 64 bits (-mea64).</param>
    public HeapCalls(ulong start, ulong size, Func<ulong, ulong, Span<byte>> bytes, bool hasLongPointers)
    {
        _free.Add(start, size);
        _hasLongPointers = hasLongPointers;
        _bytes = bytes;
    }

    /// <summary>The name of an operation, or null.</summary>
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
    /// <returns>Null, or what is not implemented.</returns>
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
            case "posix_memalign_ea":
                call.Return(TakeAligned(call));
                return null;
            default:
                return $"operation {operation}";
        }
    }

    // Returns an error number and does not change errno; stores the pointer at the address in the first parameter.
    private int TakeAligned(AssistCall call)
    {
        const ulong PointerSize = 8;
        ulong alignment = call.DoubleWord(1);
        if (!System.Numerics.BitOperations.IsPow2(alignment) || alignment < PointerSize)
            return Errno.Invalid;
        ulong address = Take(call.DoubleWord(2), alignment);
        if (address == 0)
            return Errno.NoMemory;
        if (_hasLongPointers)
            call.WriteDoubleWord(call.Word(0), address);
        else
            call.WriteWord(call.Word(0), (uint)address);
        return 0;
    }

    private static void Answer(AssistCall call, ulong address) =>
        call.Return((uint)(address >> 32), (uint)address, address == 0 ? Errno.NoMemory : Errno.None);

    private ulong Take(ulong wanted, ulong alignment = Granule)
    {
        ulong size = Math.Max(Granule, (Math.Min(wanted, ulong.MaxValue - Granule) + Granule - 1) & ~(Granule - 1));
        ulong mask = Math.Max(alignment, Granule) - 1;
        foreach ((ulong start, ulong room) in _free)
        {
            if (start > ulong.MaxValue - mask)
                break;
            ulong at = (start + mask) & ~mask;
            if (at - start > room || room - (at - start) < size)
                continue;
            _free.Remove(start);
            if (at > start)
                _free.Add(start, at - start);
            if (start + room > at + size)
                _free.Add(at + size, start + room - at - size);
            _taken.Add(at, size);
            _bytes(at, size).Clear();
            return at;
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
