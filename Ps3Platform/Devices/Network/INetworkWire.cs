namespace Ps3Platform.Devices.Network;

/// <summary>Takes Ethernet frames (without frame check sequence).</summary>
public interface IPacketSink
{
    /// <summary>One frame from its destination address on. The bytes are only valid during the call.</summary>
    void Send(ReadOnlySpan<byte> frame);
}

/// <summary>Is handed one Ethernet frame; the bytes are only valid during the call.</summary>
public delegate void FrameHandler(ReadOnlySpan<byte> frame);

/// <summary>
/// The far end of the network cable. <see cref="Received"/> is raised on the machine's emulation thread only: a wire that
/// hears frames on another thread brings them over with <c>EventQueue.Post</c>.
/// </summary>
public interface INetworkWire : IPacketSink
{
    /// <summary>A frame has come in for the guest.</summary>
    event FrameHandler? Received;

    /// <summary>False when there is nobody who could send the guest a frame without being asked.</summary>
    bool CanReceive => true;
}
