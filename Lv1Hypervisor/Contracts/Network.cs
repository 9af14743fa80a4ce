using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Contracts;

/// <summary>The Ethernet controller behind lv1's net calls (gelic). Every member returns a platform status.</summary>
public interface INetworkDevice
{
    /// <summary>The guest opened or closed the device; closing stops both DMA engines.</summary>
    void SetOpen(bool open);

    /// <summary>Sets the line of the device's event; null when the guest disconnected it.</summary>
    void ConnectInterrupt(IInterruptLine? line);

    /// <summary>lv1_net_start_tx_dma.</summary>
    Lv1Status StartTransmit(IoAddress descriptor);

    /// <summary>lv1_net_stop_tx_dma.</summary>
    Lv1Status StopTransmit();

    /// <summary>lv1_net_start_rx_dma.</summary>
    Lv1Status StartReceive(IoAddress descriptor);

    /// <summary>lv1_net_stop_rx_dma.</summary>
    Lv1Status StopReceive();

    /// <summary>lv1_net_set_interrupt_status_indicator: the address of the 64-bit cause word; null for none.</summary>
    Lv1Status SetInterruptStatusIndicator(LparAddress? causeWord);

    /// <summary>lv1_net_set_interrupt_mask.</summary>
    Lv1Status SetInterruptMask(ulong mask);

    /// <summary>lv1_net_control: MAC address, link status, VLANs.</summary>
    Lv1Status Control(ulong command, ulong p2, ulong p3, ulong p4, out ulong v1, out ulong v2);

    /// <summary>lv1_net_add_multicast_address: one 48-bit address, or all when <paramref name="all"/>.</summary>
    Lv1Status AddMulticastAddress(ulong address, bool all);

    /// <summary>lv1_net_remove_multicast_address: removes all multicast addresses.</summary>
    Lv1Status RemoveMulticastAddresses();
}
