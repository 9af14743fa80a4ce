using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Partitions;

/// <summary>
/// Execution status of a logical SPE, as its shadow area shows it at 0xF00. lv1 keeps it here only for its own checks and for the
/// transition notifier. (2, enabled and not ready, is not seen: an SPE is ready at once.)
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

    /// <summary>What the guest calls it.</summary>
    public ulong Id { get; } = id;

    public ILogicalSpe Spe { get; } = spe;

    /// <summary>The address space it translates by, which cannot be destructed meanwhile.</summary>
    public ulong VasId { get; } = vasId;

    /// <summary>Its page table.</summary>
    public IPageTableWalker Table { get; } = table;

    public SpeAreas Areas { get; } = areas;

    /// <summary>One a class; they live as long as the SPE.</summary>
    public Outlet[] Outlets { get; } = new Outlet[Classes];

    /// <summary>The reservation it runs on, while it is enabled.</summary>
    public ulong? Resource { get; set; }

    public bool IsEnabled => Resource is not null;

    /// <summary>The event port that hears of changes of the execution status, and of which (bit n: to status n).</summary>
    public (Outlet Port, ulong Mask)? Notifier { get; set; }

    public void Notify(SpeExecution now)
    {
        if (Notifier is { } notifier && (notifier.Mask & (1UL << (int)now)) != 0)
            notifier.Port.Raise();
    }
}
