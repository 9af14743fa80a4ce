using System.Buffers.Binary;

using CellPpe.Core;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Usb.Bus;

namespace Ps3Platform.Devices.Usb.Ehci;

/// <summary>
/// Walks the asynchronous list and one periodic list and makes their transactions (EHCI 1.0, chapter 4). Descriptors and bytes have a
/// budget, so that no list that a guest can build keeps a microframe longer.
/// </summary>
internal sealed class EhciSchedule(IDmaPort dma, EhciRootHub hub)
{
    /// <summary>Descriptors that are checked in one walk at most: chosen; guests have some tens.</summary>
    public const int MostDescriptors = 256;

    /// <summary>Bytes that fit into a microframe: 13 packets of 512 with what surrounds them (USB 2.0, 5.8.4).</summary>
    public const int MicroframeBytes = 7500;

    private const int TransactionBytes = 55;
    private const uint Terminate = 1;
    private const uint AddressMask = ~0x1fu;
    private const uint TypeMask = 6;
    private const uint IsochronousType = 0;
    private const uint QueueType = 2;
    private const uint SplitType = 4;

    private readonly byte[] _packet = new byte[IUsbDevice.LargestPacket];
    private int _budget;

    /// <summary>A transaction of this walk was not refused.</summary>
    public bool HasMoved { get; private set; }

    /// <summary>The guest's memory could not be reached where a descriptor pointed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>What the walks have to tell the guest.</summary>
    public EhciStatus Causes { get; private set; }

    /// <summary>Transactions that were made, and those that nobody answered.</summary>
    public long Transactions { get; private set; }

    /// <inheritdoc cref="Transactions"/>
    public long Unanswered { get; private set; }

    public void Reset()
    {
        HasFailed = false;
        Causes = EhciStatus.None;
        Transactions = Unanswered = 0;
    }

    /// <summary>Begins some microframes.</summary>
    public void Begin(int microframes)
    {
        _budget = MicroframeBytes * microframes;
        HasMoved = false;
        Causes = EhciStatus.None;
    }

    /// <summary>Serves the queues of the asynchronous list, which is a ring, while they move and there is time.</summary>
    public void WalkAsync(uint start)
    {
        bool again = true;
        int left = MostDescriptors;
        while (again && _budget > 0 && left > 0 && !HasFailed)
        {
            again = false;
            uint at = start & AddressMask;
            do
            {
                if (!EhciQueue.TryRead(dma, at, out EhciQueue queue))
                {
                    HasFailed = true;
                    return;
                }

                again |= Serve(ref queue);
                left--;
                if ((queue.Link & (Terminate | TypeMask)) != QueueType)
                    return;
                at = queue.Link & AddressMask;
            }
            while (at != (start & AddressMask) && left > 0 && !HasFailed);
        }
    }

    /// <summary>Serves the periodic list of one frame.</summary>
    public void WalkPeriodic(uint link)
    {
        Span<byte> next = stackalloc byte[4];
        for (int left = MostDescriptors; (link & Terminate) == 0 && left > 0 && !HasFailed; left--)
        {
            uint at = link & AddressMask;
            if (dma.Read(new IoAddress(at), next) != DmaFault.None)
            {
                HasFailed = true;
                return;
            }

            switch (link & TypeMask)
            {
                case QueueType:
                    if (!EhciQueue.TryRead(dma, at, out EhciQueue queue))
                        HasFailed = true;
                    else if (queue.Schedule != 0)
                        Serve(ref queue);
                    break;
                case IsochronousType:
                    EndIsochronous(at);
                    break;
                case SplitType:
                    EndSplit(at);
                    break;
            }

            link = BinaryPrimitives.ReadUInt32LittleEndian(next);
        }
    }

    /// <summary>The memory could not be reached.</summary>
    public void Fail() => HasFailed = true;

    // Serves the transfer that is first in a queue, up to its end or a refusal. Returns true when anything moved.
    private bool Serve(ref EhciQueue queue)
    {
        bool moved = false;
        if ((queue.Token & EhciToken.Halted) != 0)
            return false;
        if ((queue.Token & EhciToken.Active) == 0 && !queue.TryAdvance(dma, out bool fault))
        {
            HasFailed |= fault;
            return false;
        }

        while (_budget > 0 && !HasFailed && (queue.Token & EhciToken.Active) != 0 && Transact(ref queue))
            moved = true;
        if (!queue.TryWrite(dma))
            HasFailed = true;
        HasMoved |= moved;
        return moved;
    }

    // One transaction. Returns false when it was refused.
    private bool Transact(ref EhciQueue queue)
    {
        int length = Math.Min(Math.Min(queue.Remaining, queue.PacketSize), _packet.Length);
        uint pid = queue.Pid;
        // A packet size of 0 would move nothing for ever.
        if (pid > 2 || (length == 0 && queue.Remaining > 0))
            return Fail(ref queue, EhciToken.Halted | EhciToken.TransactionError);
        if (pid != 1 && !TryMove(ref queue, length, toMemory: false, out bool isRetired))
            return isRetired;
        Transactions++;
        _budget -= TransactionBytes;
        UsbReply reply = Ask(in queue, pid, length);
        switch (reply.Handshake)
        {
            case UsbHandshake.Nak:
                return false;
            case UsbHandshake.Stall:
                return Fail(ref queue, EhciToken.Halted);
            case UsbHandshake.NoAnswer:
                Unanswered++;
                return Fail(ref queue, EhciToken.Halted | EhciToken.TransactionError);
        }

        if (pid != 1)
            return Moved(ref queue, length, isShort: false);
        if (reply.Length > queue.PacketSize || reply.Length > queue.Remaining)
            return Fail(ref queue, EhciToken.Halted | EhciToken.Babble);
        return TryMove(ref queue, reply.Length, toMemory: true, out isRetired)
            ? Moved(ref queue, reply.Length, reply.Length < queue.PacketSize) : isRetired;
    }

    private UsbReply Ask(in EhciQueue queue, uint pid, int length)
    {
        if (!queue.IsHighSpeed || hub.Find(queue.Function) is not { } device)
            return UsbReply.NoAnswer;
        ReadOnlySpan<byte> packet = _packet.AsSpan(0, length);
        return pid switch
        {
            0 => device.Out(queue.Endpoint, packet),
            1 => device.In(queue.Endpoint, _packet),
            _ when queue.Endpoint != 0 => UsbReply.NoAnswer,
            _ => device.Setup(packet),
        };
    }

    // Moves a packet's bytes. Returns false when that failed; the transfer has then ended, or the controller.
    private bool TryMove(ref EhciQueue queue, int length, bool toMemory, out bool isRetired)
    {
        (DmaFault fault, EhciToken error) = queue.Transfer(dma, _packet.AsSpan(0, length), toMemory);
        HasFailed |= fault != DmaFault.None;
        isRetired = error != EhciToken.None && Fail(ref queue, EhciToken.Halted | error);
        return fault == DmaFault.None && error == EhciToken.None;
    }

    private bool Moved(ref EhciQueue queue, int length, bool isShort)
    {
        _budget -= length;
        queue.Moved(length);
        if (queue.Remaining > 0 && !isShort)
            return true;
        if ((queue.Token & EhciToken.InterruptOnCompletion) != 0 || queue.Remaining > 0)
            Causes |= EhciStatus.Interrupt;
        HasFailed |= !queue.TryRetire(dma, EhciToken.None);
        return true;
    }

    // The transfer ends with an error. Returns true: the walk has moved on.
    private bool Fail(ref EhciQueue queue, EhciToken errors)
    {
        Causes |= EhciStatus.Error;
        if ((queue.Token & EhciToken.InterruptOnCompletion) != 0)
            Causes |= EhciStatus.Interrupt;
        HasFailed |= !queue.TryRetire(dma, errors);
        return true;
    }

    // No device here has an isochronous endpoint: what the guest asks of one is not answered (EHCI 1.0, 3.3 and 3.4).
    private void EndIsochronous(uint address)
    {
        Span<byte> words = stackalloc byte[32];
        if (dma.Read(new IoAddress(address) + 4, words) != DmaFault.None)
        {
            HasFailed = true;
            return;
        }

        bool changed = false;
        for (int i = 0; i < words.Length; i += 4)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(words[i..]);
            if (word >> 31 == 0)
                continue;
            changed = true;
            BinaryPrimitives.WriteUInt32LittleEndian(words[i..], (word & 0x0fff_ffff) | (1u << 28));
            Causes |= (word & (1 << 15)) != 0 ? EhciStatus.Interrupt | EhciStatus.Error : EhciStatus.Error;
        }

        HasFailed |= changed && dma.Write(new IoAddress(address) + 4, words) != DmaFault.None;
    }

    private void EndSplit(uint address)
    {
        Span<byte> word = stackalloc byte[4];
        var place = new IoAddress(address + 12);
        if (dma.Read(place, word) != DmaFault.None)
        {
            HasFailed = true;
            return;
        }

        uint state = BinaryPrimitives.ReadUInt32LittleEndian(word);
        if ((state & (uint)EhciToken.Active) == 0)
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(word, (state & ~(uint)EhciToken.Active) | (uint)EhciToken.TransactionError);
        Causes |= state >> 31 != 0 ? EhciStatus.Interrupt | EhciStatus.Error : EhciStatus.Error;
        HasFailed |= dma.Write(place, word) != DmaFault.None;
    }
}
