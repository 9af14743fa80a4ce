namespace Lv1Hypervisor.Contracts;

/// <summary>lv1's side of a virtual UART port, for the system software behind it.</summary>
public interface IVirtualUartPort
{
    /// <summary>Queues bytes for the guest to read, and raises an interrupt if the guest has enabled it.</summary>
    /// <returns>False, and nothing queued, when the guest's receive buffer (4096 bytes) has no room for all of them.</returns>
    bool Send(ReadOnlySpan<byte> bytes);
}

/// <summary>System software behind a virtual UART port: AV settings (port 0), system manager (port 2).</summary>
public interface IVirtualUartPeer
{
    /// <summary>The guest wrote these bytes; message boundaries do not follow write boundaries.</summary>
    void Receive(ReadOnlySpan<byte> bytes);
}
