namespace Ps3Platform.Loaders.DeviceTree;

/// <summary>Numbers of the flat format that its reader and its writer share (Devicetree Specification 5.2 and 5.4.1).</summary>
internal static class FlatTreeFormat
{
    public const uint Magic = 0xd00d_feed;
    public const int HeaderBytes = 40;
    public const uint Version = 17;
    public const uint OldestReader = 16;
    public const uint BeginNode = 1;
    public const uint EndNode = 2;
    public const uint Property = 3;
    public const uint Nop = 4;
    public const uint End = 9;
}
