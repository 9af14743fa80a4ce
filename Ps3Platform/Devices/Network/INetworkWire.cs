namespace Ps3Platform.Devices.Network;

/// <summary>Takes Ethernet frames (without frame check sequence).</summary>
public interface IPacketSink
{
    /// <summary>One frame from its destination address on. The bytes are only valid during the call.</summary>
    void Send(ReadOnlySpan<byte> frame);
}

/// <summary>Is given one Ethernet frame; the bytes are only valid during the call.</summary>
/// <returns>
/// False when there is no room for it now: the wire may keep the frame and offer it again after <see cref="INetworkWire.Resume"/>.
/// </returns>
public delegate bool FrameHandler(ReadOnlySpan<byte> frame);

/// <summary>
/// The network cable as the controller sees it. All members belong to the machine's emulation thread. A wire that gets frames on another
/// thread brings them over with <c>EventQueue.Post</c>, as <see cref="NetworkPort"/> does.
/// </summary>
public interface INetworkWire : IPacketSink
{
    /// <summary>Where frames for the guest go; null: nowhere.</summary>
    FrameHandler? Receiver { get; set; }

    /// <summary>False when no frame can come for the guest, because nothing is connected behind this wire.</summary>
    bool CanReceive => true;

    /// <summary>The receiver may have room again after it has refused a frame.</summary>
    void Resume()
    {
    }
}
