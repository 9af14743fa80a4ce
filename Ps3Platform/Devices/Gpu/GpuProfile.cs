namespace Ps3Platform.Devices.Gpu;

/// <summary>What the GPU grants a partition beside the framebuffer.</summary>
public enum GpuProfile
{
    /// <summary>As a retail console: the command FIFO serves the copy objects that ps3vram uses, and refuses all else by name.</summary>
    Retail,

    /// <summary>No command FIFO: kicking it is denied by policy.</summary>
    Strict,
}
