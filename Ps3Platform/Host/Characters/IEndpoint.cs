namespace Ps3Platform.Host.Characters;

/// <summary>What a kind of back end has of its own: how peers come. The rest is <see cref="CharacterBackend"/>'s.</summary>
internal interface IEndpoint : IDisposable
{
    /// <summary>Where it is, for messages.</summary>
    string Name { get; }

    /// <summary>After a peer has gone another may come.</summary>
    bool HasFurtherPeers { get; }

    /// <summary>
    /// How long the end of a run waits for a connected peer that takes nothing. <see cref="Timeout.InfiniteTimeSpan"/>: without limit,
    /// as any program waits that writes to a pipe.
    /// </summary>
    TimeSpan PatienceAtEnd { get; }

    /// <summary>Peers that were turned away because there was one already.</summary>
    long Refused { get; }

    /// <summary>Blocks until a peer comes. Called on the back end's reading thread only.</summary>
    /// <returns>Null when it was stopped, or nobody else can come.</returns>
    /// <exception cref="IOException">It cannot be used any more.</exception>
    IPeer? WaitForPeer();

    /// <summary>
    /// No more peers are wanted: ends <see cref="WaitForPeer"/>, from any thread. Disposing of the endpoint frees the rest, when no thread
    /// uses a peer any more.
    /// </summary>
    void Stop();
}

/// <summary>
/// Somebody at the other end. <see cref="Read"/> and <see cref="Write"/> block, each on a thread of its own; disposing of the peer ends
/// both. What they throw but <see cref="PeerGoneException"/> is a failure of the endpoint.
/// </summary>
internal interface IPeer : IDisposable
{
    /// <summary>The peer is known to have gone.</summary>
    bool IsGone { get; }

    /// <summary>Blocks until there is input. The end of input is not the end of a peer, which may go on reading.</summary>
    /// <returns>Bytes read, at least one.</returns>
    /// <exception cref="PeerGoneException">The peer has gone, or was disposed of.</exception>
    int Read(Span<byte> buffer);

    /// <summary>Blocks until all is on its way.</summary>
    /// <exception cref="PeerGoneException">The peer has gone.</exception>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Waits until the peer has taken what would be lost with the connection.</summary>
    void Linger(TimeSpan patience);
}

/// <summary>The peer has closed its end, or has died.</summary>
internal sealed class PeerGoneException : IOException
{
    public PeerGoneException()
        : base("the peer has gone")
    {
    }
}
