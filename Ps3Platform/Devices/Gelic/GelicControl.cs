using CellPpe.Core.Ports;

namespace Ps3Platform.Devices.Gelic;

/// <summary>The commands of lv1_net_control.</summary>
internal sealed class GelicControl(GelicConfig config, GelicInterrupts interrupts)
{
    private const ulong GetMacAddress = 1;
    private const ulong GetPortStatus = 2;
    private const ulong SetNegotiationMode = 3;
    private const ulong GetVlanId = 4;
    private const ulong SetWakeOnLan = 5;

    // Link up, full duplex, negotiated, 1000 Mbit/s.
    private const ulong GigabitLink = 0x1 | 0x2 | 0x4 | 0x40;

    public Lv1Status Execute(ulong command, ulong p2, out ulong value)
    {
        value = 0;
        switch (command)
        {
            case GetMacAddress:
                value = config.MacAddress;
                return Lv1Status.Success;
            case GetPortStatus:
                value = GigabitLink;
                interrupts.Acknowledge(GelicCauses.PortStatusChanged);
                return Lv1Status.Success;
            case SetNegotiationMode or SetWakeOnLan:
                // The link has one speed and nobody wakes a running machine.
                return Lv1Status.Success;
            case GetVlanId:
                return VlanId(p2, out value);
            default:
                // 6 and 9..11 are wireless commands: NO_ENTRY says that there is no wireless LAN.
                return Lv1Status.NoEntry;
        }
    }

    private Lv1Status VlanId(ulong index, out ulong value)
    {
        ushort? id = index switch
        {
            0x02 => config.Vlans?.TransmitEthernet,
            0x03 => config.Vlans?.TransmitWireless,
            0x12 => config.Vlans?.ReceiveEthernet,
            0x13 => config.Vlans?.ReceiveWireless,
            _ => null,
        };
        value = id ?? 0;
        return id is null ? Lv1Status.NoEntry : Lv1Status.Success;
    }
}
