using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Network;

namespace Ps3Platform.Devices.Gelic;

/// <summary>The receive engine: stores frames from the wire into the guest's descriptors, one a frame (devices.md 3.3).</summary>
internal sealed class GelicReceiver(
    IDmaPort dma, INetworkWire wire, ReceiveFilter filter, GelicInterrupts interrupts, EventQueue events, IMachineClock clock,
    GelicVlans? vlans)
{
    /// <summary>
    /// Time base ticks from the start of an idle engine to its first frame: a millisecond. Linux's gelic_card_up starts the engine
    /// before it calls napi_enable; a frame in between turns its receive interrupt off for good.
    /// </summary>
    public const ulong StartTime = IMachineClock.Frequency / 1000;

    /// <summary>Bytes of the VLAN number that is stored in front of each frame.</summary>
    private const int Prefix = 2;

    // data_status.
    private const uint LastBuffer = 0x4000_0000;
    private const uint IpChecksumDone = 0x2000_0000;
    private const uint TransportChecksumDone = 0x1000_0000;
    private const uint VlanPacket = 0x0020_0000;

    // data_error.
    private const uint IpChecksumError = 0x0800_0000;
    private const uint TransportChecksumError = 0x0400_0000;
    private const uint GroupAddress = 0x0000_4000;

    private readonly byte[] _stored = new byte[Prefix + GelicTransmitter.MaxFrame];
    private IoAddress _current;
    private ulong _firstFrameAt;

    private enum Outcome
    {
        Stored,
        NoRoom,
        Lost,
    }

    /// <summary>The engine has a chain and is not at its end.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>The guest has started the engine and not stopped it; at the end of a chain it is about to start it again.</summary>
    public bool IsStarted { get; private set; }

    public long FramesStored { get; private set; }

    public long FramesDropped { get; private set; }

    /// <summary>Frames that are no Ethernet frames by their length.</summary>
    public long FramesMalformed { get; private set; }

    public IoAddress Current => _current;

    public Lv1Status Start(IoAddress descriptor)
    {
        if (IsRunning)
        {
            // FreeBSD does this every second; it may have recycled the descriptor that the engine waits for.
            wire.Resume();
            return Lv1Status.Busy;
        }

        if (!GelicDescriptor.IsValidAddress(descriptor))
            return Lv1Status.IllegalParameterValue;
        if (!GelicDescriptor.TryRead(dma, descriptor, out _))
            return Lv1Status.AccessViolation;

        interrupts.Acknowledge(GelicCauses.ReceiveChainEnd | GelicCauses.ReceiveInvalidDescriptor | GelicCauses.ReceiveProtection);
        _current = descriptor;
        IsRunning = true;
        if (IsStarted)
        {
            wire.Resume();
            return Lv1Status.Success;
        }

        IsStarted = true;
        _firstFrameAt = clock.TimeBase + StartTime;
        if (wire.CanReceive)
            events.Schedule(_firstFrameAt, wire.Resume);
        return Lv1Status.Success;
    }

    /// <summary>The guest stops the engine: what it has not been told of yet is nothing that it waits for.</summary>
    public void Stop()
    {
        bool wasStarted = IsStarted;
        IsRunning = false;
        IsStarted = false;
        interrupts.Acknowledge(GelicCauses.Receive);
        // Frames that wait for room would be old when the engine starts again: they are offered once more, and dropped.
        if (wasStarted)
            wire.Resume();
    }

    /// <summary>Back to the state after power-on.</summary>
    public void Reset()
    {
        Stop();
        _current = default;
        FramesStored = FramesDropped = FramesMalformed = 0;
    }

    /// <summary>Counts a frame that cannot be received now.</summary>
    public void Drop() => FramesDropped++;

    /// <summary>A frame has come in. It is dropped when the guest has stopped the engine.</summary>
    /// <returns>False when it waits for a descriptor.</returns>
    public bool Receive(ReadOnlySpan<byte> frame)
    {
        if (frame.Length is < EthernetPacket.HeaderSize or > GelicTransmitter.MaxFrame)
        {
            FramesMalformed++;
            return true;
        }

        if (!filter.Accepts(frame))
            return true;
        if (!IsStarted)
        {
            FramesDropped++;
            return true;
        }

        if (!IsRunning || clock.TimeBase < _firstFrameAt)
            return false;
        Outcome outcome = Store(frame);
        if (outcome == Outcome.Lost)
            FramesDropped++;
        return outcome != Outcome.NoRoom;
    }

    private Outcome Store(ReadOnlySpan<byte> frame)
    {
        if (!GelicDescriptor.TryRead(dma, _current, out GelicDescriptor descriptor))
        {
            IsRunning = false;
            interrupts.Report(GelicCauses.ReceiveProtection | GelicCauses.ReceiveChainEnd);
            return Outcome.Lost;
        }

        // The guest has not recycled this one yet. The engine waits here: FreeBSD and Linux restart it only after a chain end.
        if (!descriptor.IsCardOwned || descriptor.Buffer.Value == 0 || descriptor.BufferSize == 0)
        {
            interrupts.Report(GelicCauses.ReceiveInvalidDescriptor);
            return Outcome.NoRoom;
        }

        int length = Prefix + frame.Length;
        BinaryPrimitives.WriteUInt16BigEndian(_stored, vlans?.ReceiveEthernet ?? 0);
        frame.CopyTo(_stored.AsSpan(Prefix));

        int stored = (int)Math.Min((uint)length, descriptor.BufferSize);
        DescriptorState state = stored == length ? DescriptorState.FrameEnd : DescriptorState.Complete;
        if (dma.Write(descriptor.Buffer, _stored.AsSpan(0, stored)) != DmaFault.None)
        {
            state = DescriptorState.ProtectionError;
            stored = 0;
        }

        bool isWhole = state == DescriptorState.FrameEnd;
        (uint status, uint error) = isWhole ? Describe(frame) : (LastBuffer, 0);
        bool hasNext = descriptor.TryReadNext(dma, out IoAddress next) && next.Value != 0;
        bool given = descriptor.TryComplete(dma, state, !hasNext, (uint)stored, isWhole ? (uint)length : 0, status, error);

        GelicCauses causes = state == DescriptorState.ProtectionError || !given ? GelicCauses.ReceiveProtection : GelicCauses.None;
        if (hasNext && given)
        {
            _current = next;
            causes |= GelicCauses.NumberOfReceivedFrames;
        }
        else
        {
            IsRunning = false;
            causes |= GelicCauses.ReceiveChainEnd;
        }

        if (isWhole)
            FramesStored++;
        interrupts.Report(causes);
        return isWhole ? Outcome.Stored : Outcome.Lost;
    }

    // A "done" bit is set only where both checksums were checked: Linux trusts the packet when any of the two bits is set.
    private static (uint Status, uint Error) Describe(ReadOnlySpan<byte> frame)
    {
        uint status = LastBuffer;
        uint error = (frame[0] & 1) != 0 ? GroupAddress : 0;
        if (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == EthernetPacket.VlanType)
            status |= VlanPacket;
        ChecksumResult checksum = InternetChecksum.Check(frame);
        if (checksum != ChecksumResult.None)
            status |= IpChecksumDone | TransportChecksumDone;
        if ((checksum & ChecksumResult.WrongHeader) != 0)
            error |= IpChecksumError;
        if ((checksum & ChecksumResult.WrongPayload) != 0)
            error |= TransportChecksumError;
        return (status, error);
    }
}
