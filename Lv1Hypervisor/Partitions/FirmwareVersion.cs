namespace Lv1Hypervisor.Partitions;

/// <summary>The version that lv1_get_version_info reports. Guest drivers select features by it.</summary>
public readonly record struct FirmwareVersion(ushort Major, ushort Minor, ushort Revision)
{
    /// <summary>A console of the OtherOS years.</summary>
    public static FirmwareVersion Retail { get; } = new(2, 1, 0);

    /// <summary>True when this version is the given one or later. Firmware "2.10" is 2.1.0 here.</summary>
    public bool IsAtLeast(ushort major, ushort minor, ushort revision) => Packed >= new FirmwareVersion(major, minor, revision).Packed;

    internal ulong Packed => ((ulong)Major << 32) | ((ulong)Minor << 16) | Revision;

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}.{Revision}";
}
