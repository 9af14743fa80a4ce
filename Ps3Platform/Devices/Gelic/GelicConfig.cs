using System.Security.Cryptography;
using System.Text;

namespace Ps3Platform.Devices.Gelic;

/// <summary>
/// The VLAN numbers that lv1 uses to tell Ethernet and wireless frames of one controller apart (lv1_net_control 4). Retail firmware has
/// some since 1.60.
/// </summary>
public sealed record GelicVlans(ushort TransmitEthernet, ushort TransmitWireless, ushort ReceiveEthernet, ushort ReceiveWireless)
{
    /// <summary>Numbers as a console has them; chosen, as the drivers take any that are not zero.</summary>
    public static GelicVlans Console { get; } = new(2, 3, 2, 3);
}

/// <summary>What the Ethernet controller is told when it is made.</summary>
public sealed record GelicConfig
{
    /// <summary>The address in the low 48 bits. The default is a locally administered one.</summary>
    public ulong MacAddress { get; init; } = 0x0200_5053_3301;

    /// <summary>
    /// Internal VLANs, and with them a wireless LAN whose scan finds nothing; null: lv1_net_control answers that there are none.
    /// </summary>
    public GelicVlans? Vlans { get; init; }

    /// <summary>A locally administered address that is always the same for the same name.</summary>
    public static ulong MacAddressOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ulong address = 0x02;
        foreach (byte part in SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 5))
            address = (address << 8) | part;
        return address;
    }
}
