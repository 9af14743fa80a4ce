namespace Ps3Platform.Host.Network;

/// <summary>The header of an Ethernet frame.</summary>
internal static class EthernetFrame
{
    public const int AddressSize = 6;
    public const int HeaderSize = 14;

    private const ulong GroupBit = 1UL << 40;

    /// <summary>The address at an offset, in the low 48 bits.</summary>
    public static ulong AddressAt(ReadOnlySpan<byte> frame, int offset)
    {
        ulong address = 0;
        foreach (byte part in frame.Slice(offset, AddressSize))
            address = (address << 8) | part;
        return address;
    }

    /// <summary>The address is broadcast or multicast.</summary>
    public static bool IsGroup(ulong address) => (address & GroupBit) != 0;
}
