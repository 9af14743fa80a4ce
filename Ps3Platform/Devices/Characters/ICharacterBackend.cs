namespace Ps3Platform.Devices.Characters;

/// <summary>Whether somebody is at the other end of an <see cref="ICharacterBackend"/>.</summary>
public enum CharacterState
{
    /// <summary>Nobody yet, or not any more; somebody may come.</summary>
    Waiting,

    /// <summary>Somebody is.</summary>
    Connected,

    /// <summary>Nobody is, and nobody can come: standard output's reader has gone. What is written is dropped.</summary>
    Ended,

    /// <summary>The host takes no more: a full disk, for instance. What is written is dropped.</summary>
    Failed,
}

/// <summary>
/// A stream of bytes in both directions between the machine and the host: a terminal, a socket, a file. What is behind it is the host's
/// matter. <see cref="Write"/> and <see cref="Read"/> never block, so that no peer can stop the machine; each may be called by one
/// thread at a time. A device does not use this itself but a <see cref="CharacterPort"/>, which lives on the machine's thread.
/// </summary>
public interface ICharacterBackend
{
    /// <summary>Where it is, for messages: "tcp:127.0.0.1:5555", "/dev/pts/3".</summary>
    string Name { get; }

    /// <summary>Whether somebody is at the other end.</summary>
    CharacterState State { get; }

    /// <summary>Peers that have come so far: another number is another peer.</summary>
    long Connections { get; }

    /// <summary>Bytes that <see cref="Write"/> would accept now.</summary>
    int Room { get; }

    /// <summary>
    /// Gives bytes to the peer. While one is connected this is back-pressure: what exceeds <see cref="Room"/> is left to the caller, who
    /// keeps it until <see cref="Changed"/>, or drops and counts it. Otherwise all is accepted, and the back end drops and counts.
    /// </summary>
    /// <returns>Bytes accepted, from the start of <paramref name="bytes"/>.</returns>
    int Write(ReadOnlySpan<byte> bytes);

    /// <summary>Takes bytes that the peer has sent. A peer that sends more than is taken is made to wait.</summary>
    /// <returns>Bytes read; 0 when there are none now.</returns>
    int Read(Span<byte> buffer);

    /// <summary>
    /// There is input, or room after a short <see cref="Write"/>, or another <see cref="State"/>. Raised on a thread of the host's: a
    /// handler may not use the machine.
    /// </summary>
    event Action? Changed;
}
