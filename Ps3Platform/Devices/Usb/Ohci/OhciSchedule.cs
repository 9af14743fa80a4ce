using System.Buffers.Binary;

using CellPpe.Core;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Usb.Bus;

namespace Ps3Platform.Devices.Usb.Ohci;

/// <summary>
/// Walks the lists of endpoint descriptors of one frame and makes their transactions (OHCI 1.0a, 6.4). A frame has a budget of descriptors
/// and of bytes, so that no list that a guest can build keeps it longer.
/// </summary>
internal sealed class OhciSchedule(IDmaPort dma, OhciRootHub hub)
{
    /// <summary>Descriptors that are checked in a list and a frame at most: chosen; guests have some tens.</summary>
    public const int MostDescriptors = 256;

    // Bytes that fit into a frame of 1 ms at 12 Mbit/s, and what a transaction needs beside its data (USB 2.0, 5.8.4).
    private const int FrameBytes = 1500;
    private const int TransactionBytes = 13;

    private readonly byte[] _packet = new byte[IUsbDevice.LargestPacket];
    private int _budget;

    /// <summary>The transfers that have ended and were not reported yet, the latest first.</summary>
    public uint DoneHead { get; set; }

    /// <summary>Frames until these are to be reported; 7: not for their own sake.</summary>
    public int DoneDelay { get; set; } = 7;

    /// <summary>A transaction since the frame began was not refused.</summary>
    public bool HasMoved { get; private set; }

    /// <summary>The guest's memory could not be reached where a descriptor pointed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Transactions that were made, and those that nobody answered.</summary>
    public long Transactions { get; private set; }

    /// <inheritdoc cref="Transactions"/>
    public long Unanswered { get; private set; }

    public void Reset()
    {
        DoneHead = 0;
        DoneDelay = 7;
        HasFailed = false;
        Transactions = Unanswered = 0;
    }

    public void BeginFrame()
    {
        _budget = FrameBytes;
        HasMoved = false;
    }

    /// <summary>Gives each endpoint of a list one transaction, and those of control and bulk lists more while there is time.</summary>
    /// <returns>True when transfers are left.</returns>
    public bool Walk(uint head, bool isPeriodic, bool allowsIsochronous, ushort frame)
    {
        bool isLeft = false;
        int left = MostDescriptors;
        bool again = true;
        while (again && !HasFailed)
        {
            again = false;
            isLeft = false;
            for (uint at = head; at != 0 && left > 0 && !HasFailed; left--)
            {
                if (!EndpointDescriptor.TryRead(dma, at, out EndpointDescriptor endpoint))
                {
                    HasFailed = true;
                    break;
                }

                at = endpoint.Next;
                if (endpoint.IsSkipped || endpoint.IsHalted || !endpoint.HasTransfers)
                    continue;
                if (endpoint.IsIsochronous)
                {
                    // No device here has such an endpoint: what the guest asks of one ends in its time, without an answer.
                    if (isPeriodic && allowsIsochronous)
                        OhciIsochronous.Retire(this, dma, ref endpoint, frame);
                    continue;
                }

                bool moved = _budget > 0 && Serve(ref endpoint);
                isLeft |= endpoint.HasTransfers && !endpoint.IsHalted;
                again |= moved && !isPeriodic && endpoint.HasTransfers && !endpoint.IsHalted;
            }
        }

        return isLeft;
    }

    /// <summary>Puts a descriptor at the head of the done queue; its memory was written.</summary>
    public void Retired(uint address, int delay)
    {
        DoneHead = address;
        DoneDelay = Math.Min(DoneDelay, delay);
        HasMoved = true;
    }

    /// <summary>The memory could not be reached.</summary>
    public void Fail() => HasFailed = true;

    // One transaction. Returns true when it was not refused.
    private bool Serve(ref EndpointDescriptor endpoint)
    {
        if (!TransferDescriptor.TryRead(dma, endpoint.Head, out TransferDescriptor transfer))
        {
            HasFailed = true;
            return false;
        }

        uint pid = endpoint.Direction is 1 or 2 ? endpoint.Direction : transfer.Direction;
        if (pid > 2)
            return Retire(ref endpoint, ref transfer, OhciCondition.UnexpectedPid, endpoint.Toggle);
        bool toggle = transfer.Toggle ?? endpoint.Toggle;
        int length = Math.Min(Math.Min(transfer.Remaining, TransferDescriptor.MostBytes), Math.Min(endpoint.PacketSize, _packet.Length));
        // A packet size of 0 would move nothing for ever.
        if (length == 0 && transfer.Remaining > 0)
            return Retire(ref endpoint, ref transfer, OhciCondition.DataOverrun, toggle);
        if (pid != 2 && length > 0 && transfer.Transfer(dma, _packet.AsSpan(0, length), toMemory: false) != DmaFault.None)
        {
            HasFailed = true;
            return false;
        }

        Transactions++;
        _budget -= TransactionBytes;
        UsbReply reply = Ask(in endpoint, pid, length);
        switch (reply.Handshake)
        {
            case UsbHandshake.Nak:
                return false;
            case UsbHandshake.Stall:
                return Retire(ref endpoint, ref transfer, OhciCondition.Stall, toggle);
            case UsbHandshake.NoAnswer:
                Unanswered++;
                return Retire(ref endpoint, ref transfer, OhciCondition.NotResponding, toggle);
            default:
                _budget -= pid == 2 ? reply.Length : length;
                return pid == 2 ? Take(ref endpoint, ref transfer, reply.Length, toggle) : Sent(ref endpoint, ref transfer, length, toggle);
        }
    }

    private UsbReply Ask(in EndpointDescriptor endpoint, uint pid, int length)
    {
        if (hub.Find(endpoint.Function) is not { } device)
            return UsbReply.NoAnswer;
        ReadOnlySpan<byte> packet = _packet.AsSpan(0, length);
        return pid switch
        {
            0 when endpoint.Endpoint != 0 => UsbReply.NoAnswer,
            0 => device.Setup(packet),
            1 => device.Out(endpoint.Endpoint, packet),
            _ => device.In(endpoint.Endpoint, _packet),
        };
    }

    private bool Sent(ref EndpointDescriptor endpoint, ref TransferDescriptor transfer, int length, bool toggle)
    {
        transfer.Advance(length);
        return transfer.Remaining == 0 ? Retire(ref endpoint, ref transfer, OhciCondition.NoError, !toggle)
            : GoOn(ref endpoint, ref transfer, !toggle);
    }

    // The device has sent a packet.
    private bool Take(ref EndpointDescriptor endpoint, ref TransferDescriptor transfer, int length, bool toggle)
    {
        int room = transfer.Remaining;
        if (length > endpoint.PacketSize || length > room)
            return Retire(ref endpoint, ref transfer, OhciCondition.DataOverrun, toggle);
        if (length > 0 && transfer.Transfer(dma, _packet.AsSpan(0, length), toMemory: true) != DmaFault.None)
        {
            HasFailed = true;
            return false;
        }

        if (length > 0)
            transfer.Advance(length);
        if (length == room)
            return Retire(ref endpoint, ref transfer, OhciCondition.NoError, !toggle);
        if (length == endpoint.PacketSize)
            return GoOn(ref endpoint, ref transfer, !toggle);
        return Retire(ref endpoint, ref transfer, transfer.Rounds ? OhciCondition.NoError : OhciCondition.DataUnderrun, !toggle);
    }

    private bool GoOn(ref EndpointDescriptor endpoint, ref TransferDescriptor transfer, bool toggle)
    {
        HasMoved = true;
        transfer.SetToggle(toggle);
        if (!transfer.TryWrite(dma) || !endpoint.TrySetHead(dma, endpoint.Head, endpoint.Toggle, halted: false))
            HasFailed = true;
        return !HasFailed;
    }

    private bool Retire(ref EndpointDescriptor endpoint, ref TransferDescriptor transfer, OhciCondition condition, bool toggle)
    {
        bool isError = condition != OhciCondition.NoError;
        if (!transfer.TryRetire(dma, DoneHead, condition) || !endpoint.TrySetHead(dma, transfer.Next, toggle, isError))
        {
            HasFailed = true;
            return false;
        }

        // An error is reported at once (OHCI 1.0a, 4.3.1.3.4).
        Retired(transfer.Address, isError ? 0 : transfer.Delay);
        return !isError;
    }
}
