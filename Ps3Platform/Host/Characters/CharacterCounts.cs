namespace Ps3Platform.Host.Characters;

/// <summary>What became of the bytes of a back end.</summary>
public sealed record CharacterCounts
{
    /// <summary>Bytes given to the host for a peer.</summary>
    public long Sent { get; init; }

    /// <summary>Bytes accepted that no peer got: nobody was there, the peer went meanwhile, or the host takes no more.</summary>
    public long Dropped { get; init; }

    /// <summary>Bytes accepted that wait for a peer or for a slow one.</summary>
    public int Pending { get; init; }

    /// <summary>Bytes that came from peers.</summary>
    public long Received { get; init; }

    /// <summary>Bytes of these that were dropped: the machine takes no input, or the peer was replaced before it took them.</summary>
    public long ReceivedDropped { get; init; }

    /// <summary>Peers that were served.</summary>
    public long Connections { get; init; }

    /// <summary>Peers that were turned away because there was one already.</summary>
    public long Refused { get; init; }
}
