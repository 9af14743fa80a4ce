namespace Ps3Platform.Devices.Characters;

/// <summary>Whether a peer is connected to an <see cref="ICharacterBackend"/>.</summary>
public enum CharacterState
{
    /// <summary>No peer is connected; one may connect.</summary>
    Waiting,

    /// <summary>A peer is connected.</summary>
    Connected,

    /// <summary>The peer has gone and none can connect: standard output was closed, for instance. Bytes written are dropped.</summary>
    Ended,

    /// <summary>The host accepts no more bytes: the disk is full, for instance. Bytes written are dropped.</summary>
    Failed,
}

/// <summary>
/// A stream of bytes in both directions between the machine and the host: a terminal, a socket, a file.
/// <see cref="Write"/> and <see cref="Read"/> never block, so that no peer can stop the machine; each may be called by one
/// thread at a time. A device does not use this directly but through a <see cref="CharacterPort"/>, on the machine's thread.
/// </summary>
public interface ICharacterBackend
{
    /// <summary>Its address, for messages: "tcp:127.0.0.1:5555", "/dev/pts/3".</summary>
    string Name { get; }

    /// <summary>Whether a peer is connected.</summary>
    CharacterState State { get; }

    /// <summary>Peers that have come so far: another number is another peer.</summary>
    long Connections { get; }

    /// <summary>Bytes that <see cref="Write"/> would accept now.</summary>
    int Room { get; }

    /// <summary>
    /// Sends bytes to the peer. While a peer is connected, bytes beyond <see cref="Room"/> are not accepted: the caller keeps them until
    /// <see cref="Changed"/>, or drops and counts them. Without a peer all are accepted, and the back end drops and counts them.
    /// </summary>
    /// <returns>Bytes accepted, from the start of <paramref name="bytes"/>.</returns>
    int Write(ReadOnlySpan<byte> bytes);

    /// <summary>Reads bytes that the peer has sent. Unread bytes make the peer wait.</summary>
    /// <returns>Bytes read; 0 when there are none now.</returns>
    int Read(Span<byte> buffer);

    /// <summary>
    /// Takes a break condition: the peer has held the line at 0 for longer than a byte. Breaks stand in order among the bytes:
    /// <see cref="Read"/> returns no byte behind a break that was not taken. Most peers cannot send one.
    /// </summary>
    /// <returns>True when the next thing on the line is a break, which is taken.</returns>
    bool TakeBreak() => false;

    /// <summary>
    /// Raised when there is input, room after a short <see cref="Write"/>, or a new <see cref="State"/>. It is raised on a host thread, so
    /// a handler must not use the machine.
    /// </summary>
    event Action? Changed;
}
