using CellPpe.Core.Ports;

namespace Ps3Platform.Devices.Gelic;

/// <summary>The commands of lv1_net_control (devices.md 3.5).</summary>
internal sealed class GelicControl(GelicConfig config, GelicInterrupts interrupts, GelicLink link, GelicWireless? wireless)
{
    private const ulong GetMacAddress = 1;
    private const ulong GetPortStatus = 2;
    private const ulong SetNegotiationMode = 3;
    private const ulong GetVlanId = 4;
    private const ulong SetWakeOnLan = 5;
    private const ulong GetChannels = 6;
    private const ulong PostWirelessCommand = 9;
    private const ulong GetWirelessResult = 10;
    private const ulong GetWirelessEvent = 11;

    private const ulong EthernetPhy = 2;
    private const ulong MagicPacket = 1;
    private const ulong AddMatch = 6;
    private const ulong DeleteMatch = 7;

    /// <summary>The guest has asked for wake-up by magic packet. It is remembered; a machine that is off does not run here.</summary>
    public bool WakeOnLan { get; private set; }

    public void Reset() => WakeOnLan = false;

    public Lv1Status Execute(ulong command, ulong p2, ulong p3, ulong p4, out ulong v1, out ulong v2)
    {
        v1 = v2 = 0;
        switch (command)
        {
            case GetMacAddress:
                v1 = config.MacAddress;
                return Lv1Status.Success;
            case GetPortStatus:
                v1 = link.Status;
                interrupts.Acknowledge(GelicCauses.PortStatusChanged);
                return Lv1Status.Success;
            case SetNegotiationMode:
                return p2 == EthernetPhy ? link.SetMode(p3) : Lv1Status.IllegalParameterValue;
            case GetVlanId:
                return VlanId(p2, out v1);
            case SetWakeOnLan:
                return SetWake(p2, p4);
            case GetChannels when wireless is not null:
                v1 = GelicWireless.Channels;
                return Lv1Status.Success;
            case PostWirelessCommand when wireless is not null:
                return wireless.Post(p2, p3, p4, out v1);
            case GetWirelessResult when wireless is not null:
                return wireless.Result(p2, p3, p4, out v1, out v2);
            case GetWirelessEvent when wireless is not null:
                return wireless.NextEvent(out v1);
            default:
                // NO_ENTRY to a wireless command says that there is no wireless LAN.
                return Lv1Status.NoEntry;
        }
    }

    // Magic packets off (0) or on (1); the addresses they wake are all (1) or one (0).
    private Lv1Status SetWake(ulong command, ulong argument)
    {
        if (command is not (MagicPacket or AddMatch or DeleteMatch) || argument > 1)
            return Lv1Status.IllegalParameterValue;
        if (command == MagicPacket)
            WakeOnLan = argument == 1;
        return Lv1Status.Success;
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
