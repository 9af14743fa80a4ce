using System.Buffers.Binary;

namespace Ps3Platform.Machine.KernelLog;

/// <summary>Reads big-endian numbers from a kernel's memory.</summary>
internal static class KernelMemoryReads
{
    // 64-bit Linux on PowerPC: the linear mapping begins here (PAGE_OFFSET).
    private const ulong LinearMapping = 0xc;

    public static bool TryReadUInt32(this IKernelMemory memory, ulong address, out uint value)
    {
        Span<byte> raw = stackalloc byte[sizeof(uint)];
        bool read = memory.TryRead(address, raw);
        value = read ? BinaryPrimitives.ReadUInt32BigEndian(raw) : 0;
        return read;
    }

    public static bool TryReadUInt64(this IKernelMemory memory, ulong address, out ulong value)
    {
        Span<byte> raw = stackalloc byte[sizeof(ulong)];
        bool read = memory.TryRead(address, raw);
        value = read ? BinaryPrimitives.ReadUInt64BigEndian(raw) : 0;
        return read;
    }

    /// <summary>Reads a pointer variable. False when it does not hold an aligned address of the linear mapping.</summary>
    public static bool TryReadPointer(this IKernelMemory memory, ulong address, out ulong pointer) =>
        memory.TryReadUInt64(address, out pointer) && IsPointer(pointer);

    public static bool IsPointer(ulong value) => value >> 60 == LinearMapping && value % sizeof(uint) == 0;
}
