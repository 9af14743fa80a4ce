using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Microsoft.Extensions.Logging;

using Ps3Platform.Devices.Network;

namespace Ps3Platform.Devices.Gelic;

/// <summary>
/// The transmit engine: walks descriptors, gathers frames and puts them on the wire (devices.md 3.2). It sees guest memory only through its
/// DMA port. It runs on the emulation thread, so that a walk is over before the guest runs again, unless the chain is longer than one
/// burst.
/// </summary>
internal sealed class GelicTransmitter(
    IDmaPort dma, IPacketSink wire, GelicLink link, GelicInterrupts interrupts, EventQueue events, IMachineClock clock,
    GelicVlans? vlans, ILogger logger)
{
    /// <summary>Longest frame that is sent; Linux's largest MTU is 2312 with all headers.</summary>
    public const int MaxFrame = FrameQueue.LongestFrame;

    /// <summary>Descriptors that one walk takes at most before the guest runs again, so that an endless chain does not stop it.</summary>
    public const int Burst = 1024;

    /// <summary>Time base ticks between two bursts: 10 microseconds, so that a later time is always a later turn.</summary>
    public const ulong BurstPause = IMachineClock.Frequency / 100_000;

    private readonly byte[] _frame = new byte[MaxFrame];
    private int _length;
    private bool _overlong;
    private IoAddress _current;

    /// <summary>Counts runs, so that the continuation of a stopped run is recognised and ignored.</summary>
    private int _run;

    public bool IsRunning { get; private set; }

    public long FramesSent { get; private set; }

    /// <summary>Frames of the guest that were not sent: too short, too long, out of reach, or of no VLAN of this controller.</summary>
    public long FramesMalformed { get; private set; }

    /// <summary>Frames that were sent while there was no link.</summary>
    public long FramesWithoutLink { get; private set; }

    /// <summary>Descriptors that ended a walk: out of reach, not the card's, or not writable.</summary>
    public long DescriptorsMalformed { get; private set; }

    public IoAddress Current => _current;

    public Lv1Status Start(IoAddress descriptor)
    {
        if (IsRunning)
            return Lv1Status.Busy;
        if (!GelicDescriptor.IsValidAddress(descriptor))
            return Lv1Status.IllegalParameterValue;
        if (!GelicDescriptor.TryRead(dma, descriptor, out _))
            return Lv1Status.AccessViolation;

        // A guest starts again after it has seen the end of the chain before.
        interrupts.Acknowledge(GelicCauses.Transmit);
        _current = descriptor;
        IsRunning = true;
        _run++;
        DropPartialFrame();
        Walk();
        return Lv1Status.Success;
    }

    /// <summary>
    /// Goes idle. Descriptors not yet sent keep the card's mark, and the guest releases them itself. A walk that is stopped in its middle
    /// reports the end of the chain: Linux starts the engine again only after that.
    /// </summary>
    public void Stop()
    {
        bool wasRunning = IsRunning;
        IsRunning = false;
        _run++;
        DropPartialFrame();
        if (wasRunning)
            interrupts.Report(GelicCauses.TransmitChainEnd);
    }

    /// <summary>Back to the state after power-on.</summary>
    public void Reset()
    {
        Stop();
        _current = default;
        FramesSent = FramesMalformed = FramesWithoutLink = DescriptorsMalformed = 0;
    }

    private void Walk()
    {
        GelicCauses causes = GelicCauses.None;
        for (int i = 0; i < Burst; i++)
        {
            if (!GelicDescriptor.TryRead(dma, _current, out GelicDescriptor descriptor))
            {
                DescriptorsMalformed++;
                Finish(causes | GelicCauses.TransmitProtection);
                return;
            }

            if (!descriptor.IsCardOwned)
            {
                DescriptorsMalformed++;
                Finish(causes | GelicCauses.TransmitInvalidDescriptor);
                return;
            }

            DescriptorState state = Gather(descriptor) ? DescriptorState.Complete : DescriptorState.ProtectionError;
            if (state == DescriptorState.ProtectionError)
                causes |= GelicCauses.TransmitProtection;
            if (descriptor.IsFrameTail)
                causes |= SendFrame(descriptor.Command & GelicDescriptor.ChecksumMask);

            bool hasNext = descriptor.TryReadNext(dma, out IoAddress next) && next.Value != 0;
            // Linux stops with BUG() when it reclaims a frame's last descriptor without bit 0 of data_status, in error or not.
            if (!descriptor.TryComplete(dma, state, !hasNext, 0, 0, descriptor.IsFrameTail ? 1u : 0u))
            {
                // Going on would send the frame of a descriptor that cannot be given back again and again.
                DescriptorsMalformed++;
                Finish(causes | GelicCauses.TransmitProtection);
                return;
            }

            if (!hasNext)
            {
                Finish(causes);
                return;
            }

            _current = next;
        }

        if (causes != 0)
            interrupts.Report(causes);
        int run = _run;
        events.Schedule(clock.TimeBase + BurstPause, () =>
        {
            if (IsRunning && run == _run)
                Walk();
        });
    }

    /// <summary>Idle first, then the cause: the guest restarts the engine from the handler.</summary>
    private void Finish(GelicCauses causes)
    {
        IsRunning = false;
        DropPartialFrame();
        interrupts.Report(causes | GelicCauses.TransmitChainEnd);
    }

    /// <summary>Appends a descriptor's bytes to the frame. False when the memory could not be reached.</summary>
    private bool Gather(in GelicDescriptor descriptor)
    {
        if (descriptor.BufferSize > (uint)(MaxFrame - _length))
        {
            _overlong = true;
            return true;
        }

        int size = (int)descriptor.BufferSize;
        if (size == 0)
            return true;
        if (dma.Read(descriptor.Buffer, _frame.AsSpan(_length, size)) != DmaFault.None)
        {
            _overlong = true;
            return false;
        }

        _length += size;
        return true;
    }

    private GelicCauses SendFrame(uint checksum)
    {
        GelicCauses causes = GelicCauses.None;
        Span<byte> frame = _frame.AsSpan(0, _length);
        if (_overlong || frame.Length < EthernetPacket.HeaderSize)
        {
            logger.LogDebug("gelic: dropped a frame of {Length} bytes that was too long, too short or unreachable", _length);
            FramesMalformed++;
            causes = _overlong ? GelicCauses.None : GelicCauses.TransmitShortFrame;
            DropPartialFrame();
            return causes;
        }

        if (checksum is GelicDescriptor.TcpChecksum or GelicDescriptor.UdpChecksum
            && !InternetChecksum.TryInsert(frame, checksum == GelicDescriptor.TcpChecksum ? EthernetPacket.Tcp : EthernetPacket.Udp))
        {
            causes = GelicCauses.TransmitChecksum;
        }

        if (vlans is not null && !TryStripTag(ref frame, vlans.TransmitEthernet))
            FramesMalformed++;
        else if (!link.IsUp)
            FramesWithoutLink++;
        else
        {
            FramesSent++;
            wire.Send(frame);
        }

        DropPartialFrame();
        return causes;
    }

    /// <summary>Takes the internal VLAN's tag out of a frame. False when the frame belongs to another port.</summary>
    private static bool TryStripTag(ref Span<byte> frame, ushort vlan)
    {
        const int tag = 2 * EthernetPacket.AddressSize;
        if (frame.Length < EthernetPacket.HeaderSize + EthernetPacket.VlanTagSize
            || BinaryPrimitives.ReadUInt16BigEndian(frame[tag..]) != EthernetPacket.VlanType
            || (BinaryPrimitives.ReadUInt16BigEndian(frame[(tag + 2)..]) & 0xfff) != vlan)
        {
            return false;
        }

        frame[..tag].CopyTo(frame[EthernetPacket.VlanTagSize..]);
        frame = frame[EthernetPacket.VlanTagSize..];
        return true;
    }

    private void DropPartialFrame()
    {
        _length = 0;
        _overlong = false;
    }
}
