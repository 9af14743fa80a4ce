using CellPpe.Core;

namespace Ps3Platform.Devices.Characters;

/// <summary>
/// The machine's end of an <see cref="ICharacterBackend"/>. All members are for the machine's thread; changes on the host reach it by
/// <see cref="EventQueue.Post"/>. At most one post is pending, so that a peer cannot fill the queue.
/// </summary>
public sealed class CharacterPort : IDisposable
{
    private readonly ICharacterBackend _backend;
    private readonly EventQueue _events;
    private readonly Action _raiseReady;
    private int _isPosted;
    private bool _isDisposed;

    /// <summary>
    /// Connects a back end to a machine. The back end outlives the port: a guest that restarts gets a new port to the same one.
    /// </summary>
    public CharacterPort(ICharacterBackend backend, EventQueue events)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(events);
        _backend = backend;
        _events = events;
        _raiseReady = RaiseReady;
        backend.Changed += OnChanged;
        // Input that arrived before this port was made must be reported to this machine.
        OnChanged();
    }

    /// <summary>
    /// Raised when there may be input, room, or a new state. The device then reads until <see cref="Read"/> returns 0, or until it has no
    /// room itself; unread input makes the peer wait.
    /// </summary>
    public event Action? Ready;

    /// <inheritdoc cref="ICharacterBackend.State"/>
    public CharacterState State => _backend.State;

    /// <inheritdoc cref="ICharacterBackend.Room"/>
    public int Room => _backend.Room;

    /// <inheritdoc cref="ICharacterBackend.Write"/>
    public int Write(ReadOnlySpan<byte> bytes) => _backend.Write(bytes);

    /// <inheritdoc cref="ICharacterBackend.Read"/>
    public int Read(Span<byte> buffer) => _backend.Read(buffer);

    /// <inheritdoc cref="ICharacterBackend.TakeBreak"/>
    public bool TakeBreak() => _backend.TakeBreak();

    /// <summary>Disconnects the machine from the back end, which stays open.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _backend.Changed -= OnChanged;
    }

    private void OnChanged()
    {
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
            _events.Post(_raiseReady);
    }

    private void RaiseReady()
    {
        // Cleared before the device reads, so that a later change is posted again.
        Interlocked.Exchange(ref _isPosted, 0);
        if (!_isDisposed)
            Ready?.Invoke();
    }
}
