using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Partitions;

/// <summary>
/// Execution status of a logical SPE, as its shadow area shows it at 0xF00. lv1 keeps a copy for its own checks and for the
/// transition notifier. (Status 2, enabled but not ready, does not occur: an SPE is ready at once.)
/// </summary>
internal enum SpeExecution
{
    Unexecutable = 0,
    Executed = 3,
}

/// <summary>An SPE that the partition has constructed.</summary>
internal sealed class PartitionSpe(ulong id, ILogicalSpe spe, ulong vasId, IPageTableWalker table, SpeAreas areas)
{
    public const int Classes = 3;

    /// <summary>The id by which the guest names it.</summary>
    public ulong Id { get; } = id;

    public ILogicalSpe Spe { get; } = spe;

    /// <summary>The address space by which it translates. The guest cannot destruct it while the SPE uses it.</summary>
    public ulong VasId { get; } = vasId;

    /// <summary>Its page table.</summary>
    public IPageTableWalker Table { get; } = table;

    public SpeAreas Areas { get; } = areas;

    /// <summary>One outlet per interrupt class; they exist as long as the SPE.</summary>
    public Outlet[] Outlets { get; } = new Outlet[Classes];

    /// <summary>The id of the SPE reservation that it runs on, while it is enabled.</summary>
    public ulong? Resource { get; set; }

    public bool IsEnabled => Resource is not null;

    /// <summary>The event port that is signalled when the execution status changes, and for which new statuses (bit n: status n).</summary>
    public (Outlet Port, ulong Mask)? Notifier { get; set; }

    public void Notify(SpeExecution now)
    {
        if (Notifier is { } notifier && (notifier.Mask & (1UL << (int)now)) != 0)
            notifier.Port.Raise();
    }
}
