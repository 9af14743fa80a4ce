namespace Lv1Hypervisor.Policy;

/// <summary>The classes of hypercalls that a partition may make. <see cref="HypercallPolicy"/> refuses all others.</summary>
public sealed record LparCapabilities
{
    /// <summary>The capabilities that a retail console grants to an OtherOS.</summary>
    public static LparCapabilities OtherOs { get; } = new();

    /// <summary>Network calls.</summary>
    public bool Network { get; init; } = true;

    /// <summary>Storage reads, writes and device commands.</summary>
    public bool Storage { get; init; } = true;

    /// <summary>SPE calls.</summary>
    public bool Spe { get; init; } = true;

    /// <summary>The framebuffer subset of the GPU calls.</summary>
    public bool Gpu { get; init; } = true;

    /// <summary>Virtual UART calls.</summary>
    public bool VirtualUart { get; init; } = true;

    /// <summary>The undocumented debug console.</summary>
    public bool DebugConsole { get; init; } = true;

    /// <summary>The logical performance monitor and the periodic tracer.</summary>
    public bool PerformanceMonitor { get; init; } = true;

    /// <summary>Writing repository nodes that do not belong to the partition.</summary>
    public bool MachineRepositoryWrite { get; init; }

    /// <summary>Mapping physical memory (calls 114 and 115): registers of the GPU, other partitions, lv1 itself.</summary>
    public bool PhysicalMemory { get; init; }

    /// <summary>Regions and access lists of disks.</summary>
    public bool StorageAdministration { get; init; }

    /// <summary>Isolated SPEs.</summary>
    public bool SpeIsolation { get; init; }
}
