namespace Ps3Platform.Devices.Gpu.Fifo;

/// <summary>Object handles in the command FIFO (devices.md 6).</summary>
internal static class FifoObject
{
    /// <summary>The copy object that ps3vram uses from system to video memory.</summary>
    public const uint Upload = 0x3133_7303;

    /// <summary>The copy object that ps3vram uses from video to system memory.</summary>
    public const uint Download = 0x3137_C0DE;

    /// <summary>DMA object of the context's own GPU memory.</summary>
    public const uint VideoMemory = 0xFEED_0000;

    /// <summary>DMA object of the partition memory in the context's I/O map.</summary>
    public const uint SystemMemory = 0xFEED_0001;

    /// <summary>DMA object of the first notifier; add the notifier's number.</summary>
    public const uint FirstNotifier = 0x6660_4200;

    /// <summary>Notifiers of a context.</summary>
    public const uint Notifiers = 16;

    /// <summary>A name for messages: the object's use where it is known.</summary>
    public static string Describe(uint handle) => handle switch
    {
        Upload => "copy (upload)",
        Download => "copy (download)",
        0x3133_71C3 => "2D surface (0x313371c3)",
        0x3133_7808 => "image from CPU (0x31337808)",
        0x3133_7A73 => "2D object 0x31337a73",
        0x3137_AF00 => "scaled image (0x3137af00)",
        0x3133_7000 => "3D (0x31337000)",
        _ => $"object 0x{handle:x8}",
    };
}
