namespace Ps3Platform.Devices.Gelic;

/// <summary>The VLAN numbers lv1 uses to tell Ethernet and wireless frames of one controller apart (net_control 4).</summary>
public sealed record GelicVlans(ushort TransmitEthernet, ushort TransmitWireless, ushort ReceiveEthernet, ushort ReceiveWireless);

/// <summary>What the Ethernet controller is told at machine start.</summary>
public sealed record GelicConfig
{
    /// <summary>The address in the low 48 bits. The default is a locally administered one.</summary>
    public ulong MacAddress { get; init; } = 0x0200_5053_3301;

    /// <summary>Internal VLANs as on retail firmware 1.60 and later; null: net_control 4 answers that there are none.</summary>
    public GelicVlans? Vlans { get; init; }
}
