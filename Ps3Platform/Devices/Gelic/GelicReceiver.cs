using Lv1Hypervisor.Contracts;
using System.Buffers.Binary;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Ps3Platform.Devices.Network;

namespace Ps3Platform.Devices.Gelic;

/// <summary>The receive engine: stores frames from the wire into the guest's descriptors, one descriptor a frame.</summary>
internal sealed class GelicReceiver(IDmaPort dma, ReceiveFilter filter, GelicInterrupts interrupts, GelicVlans? vlans)
{
    /// <summary>The VLAN number stored in front of each frame.</summary>
    private const int Prefix = 2;

    private const uint LastBuffer = 0x4000_0000;
    private const uint IpChecksumDone = 0x2000_0000;
    private const uint TransportChecksumDone = 0x1000_0000;

    private readonly byte[] _stored = new byte[Prefix + GelicTransmitter.MaxFrame];
    private IoAddress _current;

    public bool IsRunning { get; private set; }

    public long FramesStored { get; private set; }

    public long FramesDropped { get; private set; }

    public IoAddress Current => _current;

    public Lv1Status Start(IoAddress descriptor)
    {
        if (IsRunning)
            return Lv1Status.Busy;
        if (!GelicDescriptor.IsValidAddress(descriptor))
            return Lv1Status.IllegalParameterValue;
        if (!GelicDescriptor.TryRead(dma, descriptor, out _))
            return Lv1Status.AccessViolation;

        interrupts.Acknowledge(GelicCauses.ReceiveChainEnd | GelicCauses.ReceiveProtection);
        _current = descriptor;
        IsRunning = true;
        return Lv1Status.Success;
    }

    public void Stop() => IsRunning = false;

    /// <summary>Back to the state after power-on.</summary>
    public void Reset()
    {
        Stop();
        _current = default;
        FramesStored = FramesDropped = 0;
    }

    /// <summary>Counts a frame that cannot be received now.</summary>
    public void Drop() => FramesDropped++;

    /// <summary>A frame has come in. It is dropped when no descriptor waits for it.</summary>
    public void Receive(ReadOnlySpan<byte> frame)
    {
        if (frame.Length is < EthernetPacket.HeaderSize or > GelicTransmitter.MaxFrame || !filter.Accepts(frame))
            return;
        if (!IsRunning || !TryStore(frame))
            FramesDropped++;
    }

    private bool TryStore(ReadOnlySpan<byte> frame)
    {
        if (!GelicDescriptor.TryRead(dma, _current, out GelicDescriptor descriptor))
        {
            Stop();
            interrupts.Report(GelicCauses.ReceiveProtection | GelicCauses.ReceiveChainEnd);
            return false;
        }

        // The guest has not recycled this one yet. The engine waits here: FreeBSD and Linux restart it only after a chain end.
        if (!descriptor.IsCardOwned || descriptor.Buffer.Value == 0 || descriptor.BufferSize == 0)
            return false;

        int length = Prefix + frame.Length;
        BinaryPrimitives.WriteUInt16BigEndian(_stored, vlans?.ReceiveEthernet ?? 0);
        frame.CopyTo(_stored.AsSpan(Prefix));

        int stored = (int)Math.Min((uint)length, descriptor.BufferSize);
        bool fits = stored == length;
        DescriptorState state = fits ? DescriptorState.FrameEnd : DescriptorState.Complete;
        if (dma.Write(descriptor.Buffer, _stored.AsSpan(0, stored)) != DmaFault.None)
        {
            state = DescriptorState.ProtectionError;
            stored = 0;
        }

        // Claiming nothing is always safe; Linux trusts the transport checksum when any "done" bit stands.
        uint status = LastBuffer;
        if (state == DescriptorState.FrameEnd && InternetChecksum.Verifies(frame))
            status |= IpChecksumDone | TransportChecksumDone;

        bool hasNext = descriptor.TryReadNext(dma, out IoAddress next) && next.Value != 0;
        uint valid = state == DescriptorState.FrameEnd ? (uint)length : 0;
        bool given = descriptor.TryComplete(dma, state, !hasNext, (uint)stored, valid, status);

        GelicCauses causes = state == DescriptorState.ProtectionError || !given ? GelicCauses.ReceiveProtection : GelicCauses.None;
        if (hasNext && given)
        {
            _current = next;
            causes |= GelicCauses.NumberOfReceivedFrames;
        }
        else
        {
            Stop();
            causes |= GelicCauses.ReceiveChainEnd;
        }

        if (state == DescriptorState.FrameEnd)
            FramesStored++;
        interrupts.Report(causes);
        return state == DescriptorState.FrameEnd;
    }
}
