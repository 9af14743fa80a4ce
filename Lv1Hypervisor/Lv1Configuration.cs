using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;
using Lv1Hypervisor.Policy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lv1Hypervisor;

/// <summary>The parts that the hypervisor uses, and the partition that it runs.</summary>
public sealed record Lv1Configuration
{
    /// <summary>The partition's memory. The hypervisor maps boot memory at 0 unless it is already mapped.</summary>
    public required GuestMemory Memory { get; init; }

    /// <summary>Makes and selects hashed page tables.</summary>
    public required IAddressSpaceHost AddressSpaces { get; init; }

    /// <summary>
    /// The PPE's hardware threads, by <see cref="ILogicalPpeThread.ThreadId"/>. The hypervisor reads the list only when it needs a
    /// thread, so the list may be filled after the hypervisor is made.
    /// </summary>
    public required IReadOnlyList<ILogicalPpeThread> Threads { get; init; }

    /// <summary>The machine's SPEs, or null when it has none.</summary>
    public ISpePool? Spes { get; init; }

    /// <summary>
    /// Wraps an interrupt outlet's line so that an SPE may drive it from its own host thread. An unwrapped line may be driven only
    /// on the thread that may call lv1.
    /// </summary>
    public Func<IInterruptLine, IInterruptLine> SpeInterruptLine { get; init; } = static line => line;

    /// <summary>The machine's time.</summary>
    public required IMachineClock Clock { get; init; }

    /// <summary>Ends the partition.</summary>
    public required IPartitionControl Control { get; init; }

    /// <summary>Where refused and unknown calls are reported.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>What lv1_get_version_info says.</summary>
    public FirmwareVersion Firmware { get; init; } = FirmwareVersion.Retail;

    /// <summary>Boot memory: 128 MiB on retail consoles.</summary>
    public ulong BootMemorySize { get; init; } = 128UL << 20;

    /// <summary>All memory the partition may own, boot memory included.</summary>
    public ulong TotalMemorySize { get; init; } = 256UL << 20;

    /// <summary>
    /// Repository nodes beside those that lv1 makes itself (memory sizes, PPE, clock frequency). A node given here replaces lv1's
    /// node of the same name.
    /// </summary>
    public IReadOnlyList<RepositoryNode> RepositoryNodes { get; init; } = [];

    /// <summary>The classes of hypercalls that the partition may make.</summary>
    public LparCapabilities Capabilities { get; init; } = LparCapabilities.OtherOs;

    /// <summary>Receives the bytes that the guest writes to the debug console.</summary>
    public Action<ReadOnlySpan<byte>>? ConsoleSink { get; init; }

    /// <summary>How many hypercalls the audit trail remembers.</summary>
    public int AuditCapacity { get; init; } = 4096;
}
