using CellPpe.Core;

namespace Ps3Platform.Loaders.Boot;

/// <summary>The parameters of a boot beside the kernel.</summary>
public sealed record BootRequest
{
    /// <summary>Boot memory of a retail console.</summary>
    public const ulong RetailBootMemory = 128 << 20;

    /// <summary>Boot memory (rm_size).</summary>
    public ulong BootMemorySize { get; init; } = RetailBootMemory;

    /// <summary>PPE threads: 1 or 2.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Hardware threads in the device tree, if that differs from the number that starts.</summary>
    public int? AnnouncedThreads { get; init; }

    /// <summary>Kernel command line; null keeps the image's own.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Initial RAM disk.</summary>
    public ImageFile? Initrd { get; init; }

    /// <summary>A device tree to use instead of the built one; only for <see cref="BootImageKind.Vmlinux"/>.</summary>
    public ImageFile? DeviceTree { get; init; }

    /// <summary>The os-area of which lv1 places a copy in boot memory.</summary>
    public OsArea OsArea { get; init; } = new();

    /// <summary>
    /// The first <see cref="Boot.OsArea.Bytes"/> of a flash, which lv1 copies as they are, in place of <see cref="OsArea"/>; or null.
    /// </summary>
    public ReadOnlyMemory<byte>? OsAreaCopy { get; init; }

    /// <summary>Address of the copy; null for the top of boot memory.</summary>
    public LparAddress? OsAreaAddress { get; init; }
}
