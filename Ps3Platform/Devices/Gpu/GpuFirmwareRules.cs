namespace Ps3Platform.Devices.Gpu;

/// <summary>
/// Differences of the GPU calls before and since firmware 2.10 (December 2007). Linux's ps3fb changed with them: its call sequence up to
/// about 2.6.23 works before 2.10 only, the one since 2.6.24 works with both (Lv1Hypervisor/KERNEL-HISTORY.md).
/// </summary>
public sealed record GpuFirmwareRules
{
    private GpuFirmwareRules()
    {
    }

    /// <summary>Firmware up to 2.01.</summary>
    public static GpuFirmwareRules Before210 { get; } = new() { SizeZeroMeansAllMemory = true };

    /// <summary>Firmware 2.10 and later: allocating size 0 returns -17, and so does a small command buffer.</summary>
    public static GpuFirmwareRules Since210 { get; } = new() { SmallestCommandBuffer = 2 << 20 };

    /// <summary>
    /// lv1_gpu_memory_allocate with size 0 succeeds and means the whole GPU memory (observed on consoles, ps2dev forum).
    /// </summary>
    public bool SizeZeroMeansAllMemory { get; private init; }

    /// <summary>Minimum size of the command buffer of framebuffer set-up, in bytes; 0 for any (cbe-oss-dev, December 2007).</summary>
    public ulong SmallestCommandBuffer { get; private init; }
}
