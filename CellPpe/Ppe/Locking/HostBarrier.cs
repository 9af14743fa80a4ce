using System.Runtime.CompilerServices;

namespace CellPpe.Ppe.Locking;

/// <summary>The host's counterparts of the guest's storage barriers (Book II 3.3.3).</summary>
internal static class HostBarrier
{
    /// <summary>Keeps accesses in order, but for a load that overtakes a store: no instruction at all on a host with x86's order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Order()
    {
        Volatile.ReadBarrier();
        Volatile.WriteBarrier();
    }

    /// <summary>Waits until every access before it is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Full() => Interlocked.MemoryBarrier();
}
