namespace Lv1Hypervisor.Policy;

/// <summary>What a partition may ask of lv1. A call of a class it lacks is refused before any service sees it.</summary>
public sealed record LparCapabilities
{
    /// <summary>What a retail console gives an OtherOS.</summary>
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

    /// <summary>Writing repository nodes that are not the partition's own.</summary>
    public bool MachineRepositoryWrite { get; init; }

    /// <summary>Mapping physical memory (calls 114 and 115): registers of the GPU, other partitions, lv1 itself.</summary>
    public bool PhysicalMemory { get; init; }

    /// <summary>Regions and access lists of disks.</summary>
    public bool StorageAdministration { get; init; }

    /// <summary>Isolated SPEs.</summary>
    public bool SpeIsolation { get; init; }
}
