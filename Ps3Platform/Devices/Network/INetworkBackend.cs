namespace Ps3Platform.Devices.Network;

/// <summary>
/// What a machine's network cable leads to on the host: a user network, a switch, a TAP interface. <see cref="IPacketSink.Send"/> takes a
/// frame from the guest and never blocks: a back end that cannot keep up drops frames and counts them, as a switch does. It may be called
/// on any thread, by one thread at a time. <see cref="Attach"/> says where the frames for the guest go.
/// </summary>
public interface INetworkBackend : IPacketSink
{
    /// <summary>
    /// Gives every later frame for the guest to a sink, in place of the one before; null: to none. The sink is called on a thread of the
    /// host and never blocks.
    /// </summary>
    void Attach(IPacketSink? sink);
}
