namespace Ps3Platform.Devices.Gpu;

/// <summary>Operations of lv1_gpu_context_attribute (devices.md 5.2).</summary>
internal static class GpuAttribute
{
    public const ulong DisplayModeSet = 0x100;
    public const ulong DisplaySync = 0x101;
    public const ulong DisplayFlip = 0x102;

    /// <summary>0x103 to this one exist on a console. Their effect is unknown; guests only need success as their status.</summary>
    public const ulong LastDisplay = 0x108;

    public const ulong FramebufferSetup = 0x600;
    public const ulong FramebufferBlit = 0x601;
    public const ulong FramebufferBlitSync = 0x602;
    public const ulong FramebufferClose = 0x603;

    /// <summary>Of lv1_gpu_attribute: 0x100, 7 sets the sound device's base address (devices.md 11).</summary>
    public const ulong AudioOperation = 0x100;
    public const ulong AudioBase = 7;
}
