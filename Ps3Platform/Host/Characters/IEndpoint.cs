namespace Ps3Platform.Host.Characters;

/// <summary>The part that differs between kinds of back ends: how peers connect. <see cref="CharacterBackend"/> has the rest.</summary>
internal interface IEndpoint : IDisposable
{
    /// <summary>Its address, for messages.</summary>
    string Name { get; }

    /// <summary>True when another peer may connect after one has gone.</summary>
    bool HasFurtherPeers { get; }

    /// <summary>
    /// How long the end of a run waits for a connected peer that reads nothing. <see cref="Timeout.InfiniteTimeSpan"/>: without limit,
    /// like any program that writes to a pipe.
    /// </summary>
    TimeSpan DrainLimit { get; }

    /// <summary>Peers that were refused because another one was connected.</summary>
    long Refused { get; }

    /// <summary>Blocks until a peer connects. Called on the back end's reading thread only.</summary>
    /// <returns>Null after <see cref="Stop"/>, or when no other peer can connect.</returns>
    /// <exception cref="IOException">It cannot be used any more.</exception>
    IPeer? WaitForPeer();

    /// <summary>
    /// Accepts no more peers, and ends <see cref="WaitForPeer"/>; from any thread. The endpoint is disposed of later, when no thread uses a
    /// peer any more.
    /// </summary>
    void Stop();
}

/// <summary>
/// A connected peer. <see cref="Read"/> and <see cref="Write"/> block, each on its own thread; disposing of the peer ends
/// both. Any exception other than <see cref="PeerGoneException"/> is a failure of the endpoint.
/// </summary>
internal interface IPeer : IDisposable
{
    /// <summary>The peer is known to have gone.</summary>
    bool IsGone { get; }

    /// <summary>Blocks until there is input. A peer that has ended its input may continue to read.</summary>
    /// <returns>Bytes read, at least one.</returns>
    /// <exception cref="PeerGoneException">The peer has gone, or was disposed of.</exception>
    int Read(Span<byte> buffer);

    /// <summary>Blocks until the host has accepted all bytes.</summary>
    /// <exception cref="PeerGoneException">The peer has gone.</exception>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Waits until the peer has read the bytes that closing the connection would discard, but not longer than a limit.</summary>
    void WaitUntilRead(TimeSpan limit);
}

/// <summary>A peer that can send a break.</summary>
internal interface IBreakingPeer : IPeer
{
    /// <summary>
    /// Called within <see cref="IPeer.Read"/> when there is a break behind all that the earlier calls have returned. Set before the first.
    /// </summary>
    Action? BreakReceived { get; set; }
}

/// <summary>The peer has closed its end, or has died.</summary>
internal sealed class PeerGoneException : IOException
{
    public PeerGoneException()
        : base("the peer has gone")
    {
    }
}
