namespace CellPpe.Core.Ports;

/// <summary>Why a device could not reach memory.</summary>
public enum DmaFault
{
    /// <summary>It could.</summary>
    None,

    /// <summary>No DMA region maps the address.</summary>
    Unmapped,

    /// <summary>The mapping does not allow the direction.</summary>
    Protection,
}

/// <summary>A device's way into memory: bus addresses, translated by the DMA regions the guest made for that device.</summary>
public interface IDmaPort
{
    /// <summary>Reads all of <paramref name="destination"/>, or nothing.</summary>
    DmaFault Read(IoAddress address, Span<byte> destination);

    /// <summary>Writes all of <paramref name="source"/>, or nothing.</summary>
    DmaFault Write(IoAddress address, ReadOnlySpan<byte> source);
}

/// <summary>lv1's side of a virtual UART port, for the system software behind it.</summary>
public interface IVirtualUartPort
{
    /// <summary>Queues bytes for the guest to read, and interrupts it if it asked for that.</summary>
    /// <returns>False, and nothing queued, when the guest's receive buffer (4096 bytes) has no room for all of them.</returns>
    bool Send(ReadOnlySpan<byte> bytes);
}

/// <summary>System software behind a virtual UART port: AV settings (port 0), system manager (port 2).</summary>
public interface IVirtualUartPeer
{
    /// <summary>Called once, before the guest runs.</summary>
    void Attach(IVirtualUartPort port);

    /// <summary>The guest wrote these bytes; message boundaries do not follow write boundaries.</summary>
    void Receive(ReadOnlySpan<byte> bytes);
}

/// <summary>The Ethernet controller behind lv1's net calls (gelic). Every member returns a platform status.</summary>
public interface INetworkDevice
{
    /// <summary>The guest opened or closed the device; closing stops both DMA engines.</summary>
    void SetOpen(bool open);

    /// <summary>Where the device's event goes, or null when the guest disconnected it.</summary>
    void ConnectInterrupt(IInterruptLine? line);

    /// <summary>lv1_net_start_tx_dma.</summary>
    Lv1Status StartTransmit(IoAddress descriptor);

    /// <summary>lv1_net_stop_tx_dma.</summary>
    Lv1Status StopTransmit();

    /// <summary>lv1_net_start_rx_dma.</summary>
    Lv1Status StartReceive(IoAddress descriptor);

    /// <summary>lv1_net_stop_rx_dma.</summary>
    Lv1Status StopReceive();

    /// <summary>lv1_net_set_interrupt_status_indicator: where the 64-bit cause word goes; null for none.</summary>
    Lv1Status SetInterruptStatusIndicator(LparAddress? causeWord);

    /// <summary>lv1_net_set_interrupt_mask.</summary>
    Lv1Status SetInterruptMask(ulong mask);

    /// <summary>lv1_net_control: MAC address, link status, VLANs.</summary>
    Lv1Status Control(ulong command, ulong p2, ulong p3, ulong p4, out ulong v1, out ulong v2);

    /// <summary>lv1_net_add_multicast_address: one 48-bit address, or all when <paramref name="all"/>.</summary>
    Lv1Status AddMulticastAddress(ulong address, bool all);

    /// <summary>lv1_net_remove_multicast_address: forgets all.</summary>
    Lv1Status RemoveMulticastAddresses();
}

/// <summary>The graphics unit behind lv1's gpu calls, as far as a partition may use it. Arguments as in lv1-calls.</summary>
public interface IGpuDevice
{
    /// <summary>lv1_gpu_open.</summary>
    Lv1Status Open();

    /// <summary>lv1_gpu_close.</summary>
    Lv1Status Close();

    /// <summary>lv1_gpu_memory_allocate: DDR memory in MiB multiples.</summary>
    Lv1Status MemoryAllocate(ulong size, out ulong handle, out LparAddress ddr);

    /// <summary>lv1_gpu_memory_free.</summary>
    Lv1Status MemoryFree(ulong handle);

    /// <summary>lv1_gpu_context_allocate.</summary>
    Lv1Status ContextAllocate(ulong memoryHandle, ulong flags, out GpuContextAreas areas);

    /// <summary>lv1_gpu_context_free.</summary>
    Lv1Status ContextFree(ulong context);

    /// <summary>lv1_gpu_context_iomap: shows partition memory to the GPU at an I/O address, or takes it away.</summary>
    Lv1Status ContextIomap(ulong context, ulong ioAddress, LparAddress memory, ulong size, ulong flags);

    /// <summary>lv1_gpu_context_attribute.</summary>
    Lv1Status ContextAttribute(ulong context, ulong operation, ulong p1, ulong p2, ulong p3, ulong p4);

    /// <summary>lv1_gpu_context_intr: reads and clears the causes.</summary>
    Lv1Status ContextInterrupt(ulong context, out ulong causes);

    /// <summary>lv1_gpu_attribute.</summary>
    Lv1Status Attribute(ulong p0, ulong p1, ulong p2, ulong p3, ulong p4);

    /// <summary>lv1_gpu_device_map.</summary>
    Lv1Status DeviceMap(ulong unit, out LparAddress address, out ulong size);

    /// <summary>lv1_gpu_device_unmap.</summary>
    Lv1Status DeviceUnmap(ulong unit);
}

/// <summary>What lv1_gpu_context_allocate returns.</summary>
public readonly record struct GpuContextAreas(
    ulong Handle, LparAddress DmaControl, LparAddress DriverInformation, LparAddress Reports, ulong ReportsSize);
