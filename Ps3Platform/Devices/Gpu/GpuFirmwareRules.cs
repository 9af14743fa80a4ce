namespace Ps3Platform.Devices.Gpu;

/// <summary>
/// Where the GPU calls of firmware 2.10 (December 2007) and later differ from those before it. Linux's ps3fb changed with them: its call
/// sequence up to about 2.6.23 works before 2.10 only, the one since 2.6.24 with both (Lv1Hypervisor/KERNEL-HISTORY.md).
/// </summary>
public sealed record GpuFirmwareRules
{
    private GpuFirmwareRules()
    {
    }

    /// <summary>Firmware up to 2.01.</summary>
    public static GpuFirmwareRules Before210 { get; } = new() { NothingMeansAllMemory = true };

    /// <summary>Firmware 2.10 and later: asking for no memory is -17, and so is a small command buffer.</summary>
    public static GpuFirmwareRules Since210 { get; } = new() { SmallestCommandBuffer = 2 << 20 };

    /// <summary>
    /// lv1_gpu_memory_allocate with size 0 succeeds and stands for the whole GPU memory (seen on consoles by the people of ps2dev).
    /// </summary>
    public bool NothingMeansAllMemory { get; private init; }

    /// <summary>Bytes that the command buffer of framebuffer set-up must at least have; 0: any size will do (cbe-oss-dev, December 2007).</summary>
    public ulong SmallestCommandBuffer { get; private init; }
}
