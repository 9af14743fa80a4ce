namespace Ps3Platform.Devices.Gpu.Fifo;

/// <summary>Methods of the copy object (devices.md 6): byte offsets of the words that a guest sends it.</summary>
internal static class CopyMethod
{
    public const uint Object = 0x000;
    public const uint NoOperation = 0x100;
    public const uint Notify = 0x104;
    public const uint NotifierMemory = 0x180;
    public const uint SourceMemory = 0x184;
    public const uint TargetMemory = 0x188;
    public const uint SourceOffset = 0x30C;
    public const uint TargetOffset = 0x310;
    public const uint SourcePitch = 0x314;
    public const uint TargetPitch = 0x318;
    public const uint LineLength = 0x31C;
    public const uint LineCount = 0x320;
    public const uint Format = 0x324;

    /// <summary>Starts the copy.</summary>
    public const uint Start = 0x328;
}
