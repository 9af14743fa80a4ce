namespace Lv1Hypervisor;

/// <summary>The version lv1_get_version_info reports; drivers of guests choose what they use by it.</summary>
public readonly record struct FirmwareVersion(ushort Major, ushort Minor, ushort Revision)
{
    /// <summary>A console of the OtherOS years.</summary>
    public static FirmwareVersion Retail { get; } = new(2, 1, 0);

    internal ulong Packed => ((ulong)Major << 32) | ((ulong)Minor << 16) | Revision;

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}.{Revision}";
}
