using System.Numerics;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;

namespace Lv1Hypervisor.Partitions;

/// <summary>
/// Allocates partition addresses by size class, as retail lv1 does: <c>(ceil_log2(size) &lt;&lt; 42) | (n &lt;&lt; ceil_log2(size))</c>.
/// All of them are far above RAM. Linux relies on that: it relocates addresses below its total memory size.
/// </summary>
internal sealed class LparAddressAllocator : ILparAllocator
{
    private const int ClassShift = 42;
    private const int SmallestClass = 12;

    private readonly ulong[] _next = new ulong[ClassShift + 1];

    public LparAddress Allocate(ulong size)
    {
        int log2 = Math.Max(SmallestClass, size <= 1 ? 0 : BitOperations.Log2(size - 1) + 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(log2, ClassShift, nameof(size));
        ulong n = _next[log2];
        // The number wraps within the class, so an address repeats after 2^(42-log2) allocations. If it is still in use by then, the
        // caller tries the next one.
        _next[log2] = (n + 1) & ((1UL << (ClassShift - log2)) - 1);
        return new LparAddress(((ulong)log2 << ClassShift) | (n << log2));
    }
}
