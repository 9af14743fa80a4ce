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

    /// <summary>Frames put on the wire.</summary>
    public required long FramesSent { get; init; }

    /// <summary>Frames stored in guest memory.</summary>
    public required long FramesReceived { get; init; }

    /// <summary>Frames for this station that found no descriptor, or a stopped device.</summary>
    public required long FramesDropped { get; init; }

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
