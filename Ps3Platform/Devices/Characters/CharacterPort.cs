using CellPpe.Core;

namespace Ps3Platform.Devices.Characters;

/// <summary>
/// The machine's end of an <see cref="ICharacterBackend"/>. All members belong to the machine's thread; news from the host gets there by
/// <see cref="EventQueue.Post"/>. One post at most is under way, so that a peer cannot fill the queue.
/// </summary>
public sealed class CharacterPort : IDisposable
{
    private readonly ICharacterBackend _backend;
    private readonly EventQueue _events;
    private readonly Action _look;
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
        _look = Look;
        backend.Changed += OnChanged;
        // What came before is news to this machine.
        OnChanged();
    }

    /// <summary>
    /// There may be input, or room, or another state. A device then reads until <see cref="Read"/> returns 0, or until it has no room
    /// itself: what it leaves makes the peer wait.
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

    /// <summary>Disconnects the machine from the back end, which goes on without it.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _backend.Changed -= OnChanged;
    }

    private void OnChanged()
    {
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
            _events.Post(_look);
    }

    private void Look()
    {
        // Before the device looks: what changes from here on is posted again.
        Interlocked.Exchange(ref _isPosted, 0);
        if (!_isDisposed)
            Ready?.Invoke();
    }
}
