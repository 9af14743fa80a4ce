using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.Gelic;

/// <summary>What the Ethernet controller remembers.</summary>
/// <param name="Stopped">True between stop and continue.</param>
public sealed record GelicState(bool Stopped) : DeviceState(Stopped)
{
    /// <summary>In the low 48 bits.</summary>
    public required ulong MacAddress { get; init; }

    /// <summary>The guest has opened the device.</summary>
    public required bool Open { get; init; }

    /// <summary>The transmit engine walks descriptors.</summary>
    public required bool Transmitting { get; init; }

    /// <summary>The receive engine has a ring.</summary>
    public required bool Receiving { get; init; }

    /// <summary>Bus address of the descriptor the transmit engine is at, or was last.</summary>
    public required ulong TransmitDescriptor { get; init; }

    /// <summary>Bus address of the descriptor that gets the next frame.</summary>
    public required ulong ReceiveDescriptor { get; init; }

    /// <summary>The cable is connected.</summary>
    public required bool LinkUp { get; init; }

    /// <summary>What lv1_net_control 2 answers: link, duplex, negotiation, speed.</summary>
    public required ulong PortStatus { get; init; }

    /// <summary>The guest has asked for wake-up by magic packet.</summary>
    public required bool WakeOnLan { get; init; }

    /// <summary>Frames put on the wire.</summary>
    public required long FramesSent { get; init; }

    /// <summary>Frames stored in guest memory.</summary>
    public required long FramesReceived { get; init; }

    /// <summary>Frames for this station that came while the engine or device was stopped, or did not fit into their descriptor.</summary>
    public required long FramesDropped { get; init; }

    /// <summary>Frames of the guest that were not sent: too short, too long, out of reach, or of no VLAN of this controller.</summary>
    public required long FramesMalformed { get; init; }

    /// <summary>Frames of the guest that were sent while there was no link.</summary>
    public required long FramesWithoutLink { get; init; }

    /// <summary>Transmit descriptors that ended a walk: out of reach, not the card's, or not writable.</summary>
    public required long DescriptorsMalformed { get; init; }

    /// <summary>Frames from the wire that are no Ethernet frames by their length.</summary>
    public required long ReceivedMalformed { get; init; }

    /// <summary>Partition address of the interrupt status word, or null.</summary>
    public required ulong? CauseWord { get; init; }

    /// <summary>Causes that raise the event.</summary>
    public required ulong InterruptMask { get; init; }

    /// <summary>Causes that have come and are not shown yet.</summary>
    public required ulong CausesLatched { get; init; }

    /// <summary>Causes that stand in the status word.</summary>
    public required ulong CausesPublished { get; init; }

    /// <summary>Group addresses that are received, in ascending order.</summary>
    public required IReadOnlyList<ulong> Groups { get; init; }
}
