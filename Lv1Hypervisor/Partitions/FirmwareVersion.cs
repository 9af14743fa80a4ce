namespace Lv1Hypervisor.Partitions;

/// <summary>The version lv1_get_version_info reports; drivers of guests choose what they use by it.</summary>
public readonly record struct FirmwareVersion(ushort Major, ushort Minor, ushort Revision)
{
    /// <summary>A console of the OtherOS years.</summary>
    public static FirmwareVersion Retail { get; } = new(2, 1, 0);

    /// <summary>True for this version and every later one. What users call 2.10 is 2.1.0 here.</summary>
    public bool IsAtLeast(ushort major, ushort minor, ushort revision) => Packed >= new FirmwareVersion(major, minor, revision).Packed;

    internal ulong Packed => ((ulong)Major << 32) | ((ulong)Minor << 16) | Revision;

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}.{Revision}";
}
