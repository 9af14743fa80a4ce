namespace Ps3Platform.Devices.Gpu;

/// <summary>The GPU functions that a partition may use beside the framebuffer.</summary>
public enum GpuProfile
{
    /// <summary>As on a retail console: the command FIFO executes the copy objects that ps3vram uses, and refuses all others.</summary>
    Retail,

    /// <summary>No command FIFO: kicking it is denied by policy.</summary>
    Strict,
}
