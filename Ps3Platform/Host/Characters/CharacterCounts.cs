namespace Ps3Platform.Host.Characters;

/// <summary>Counts of a back end's bytes and peers.</summary>
public sealed record CharacterCounts
{
    /// <summary>Bytes passed to the host for a peer.</summary>
    public long Sent { get; init; }

    /// <summary>Accepted bytes that were not sent: without a peer, after the peer had gone, or after the host had failed.</summary>
    public long Dropped { get; init; }

    /// <summary>Accepted bytes not yet sent: no peer is connected, or it is slow.</summary>
    public int Pending { get; init; }

    /// <summary>Bytes received from peers.</summary>
    public long Received { get; init; }

    /// <summary>Received bytes that were dropped: the machine reads no input, or the peer was replaced before it read them.</summary>
    public long ReceivedDropped { get; init; }

    /// <summary>Peers that were connected.</summary>
    public long Connections { get; init; }

    /// <summary>Peers that were refused because another one was connected.</summary>
    public long Refused { get; init; }
}
