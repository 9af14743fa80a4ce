using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;

namespace Lv1Hypervisor.Services;

/// <summary>lv1's end of one virtual UART port: two byte queues and the interrupt conditions on them (devices.md 7).</summary>
internal sealed class VirtualUartPort(Action changed) : IVirtualUartPort
{
    public const int BufferSize = 4096;

    public const ulong InterruptTransmit = 1;
    public const ulong InterruptReceive = 2;
    public const ulong InterruptDisconnect = 4;

    private readonly byte[] _received = new byte[BufferSize];
    private int _first;

    /// <summary>Bytes the guest has not read yet.</summary>
    public int Waiting { get; private set; }

    /// <summary>Bytes that the guest wrote and no peer has taken: only on a port without a peer.</summary>
    public int Queued { get; private set; }

    public ulong TransmitTrigger { get; set; }

    /// <summary>Free space at or below which the receive condition holds: buffer size - 1 means "any byte".</summary>
    public ulong ReceiveTrigger { get; set; }

    public ulong Mask { get; set; }

    public IVirtualUartPeer? Peer { get; private set; }

    /// <summary>The interrupt conditions that hold now (a level), before the mask is applied.</summary>
    public ulong Status =>
        ((ulong)Queued <= TransmitTrigger ? InterruptTransmit : 0)
        | ((ulong)(BufferSize - Waiting) <= ReceiveTrigger ? InterruptReceive : 0);

    public void Attach(IVirtualUartPeer peer) => Peer = peer;

    public bool Send(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BufferSize - Waiting)
            return false;
        foreach (byte value in bytes)
            _received[(_first + Waiting++) % BufferSize] = value;
        changed();
        return true;
    }

    /// <summary>Removes waiting bytes from the queue. <paramref name="destination"/> may be shorter than the queue.</summary>
    public int Take(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, Waiting);
        for (int i = 0; i < count; i++)
            destination[i] = _received[(_first + i) % BufferSize];
        _first = (_first + count) % BufferSize;
        Waiting -= count;
        return count;
    }

    /// <summary>How many bytes the guest may write now.</summary>
    public int Room => BufferSize - Queued;

    public void Put(ReadOnlySpan<byte> bytes)
    {
        if (Peer is null)
            Queued += bytes.Length;
        else
            Peer.Receive(bytes);
    }
}
