using Ps3Platform.Devices.Characters;

namespace Ps3Platform.Cli.Dialogues;

/// <summary>
/// The serial line of a guest with a dialogue at its other end. What the guest prints is shown; whoever shows it gives it to the dialogue.
/// </summary>
internal sealed class DialogueLine : ICharacterBackend
{
    private readonly Lock _gate = new();
    private readonly ICharacterBackend _shown;

    // A byte, or null for a break. A dialogue is a file of limited size, and each step types once.
    private readonly Queue<byte?> _typed = new();

    public DialogueLine(ICharacterBackend shown, Dialogue dialogue)
    {
        _shown = shown;
        shown.Changed += () => Changed?.Invoke();
        dialogue.Typed += text => Add([.. text.Select(static one => (byte?)one)]);
        dialogue.BreakAsked += () => Add([null]);
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public string Name => _shown.Name;

    /// <summary>The dialogue is there even when nobody reads what is shown.</summary>
    public CharacterState State => CharacterState.Connected;

    /// <inheritdoc/>
    public long Connections => 1;

    /// <inheritdoc/>
    public int Room => _shown.Room;

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes) => _shown.Write(bytes);

    /// <inheritdoc/>
    public int Read(Span<byte> buffer)
    {
        lock (_gate)
        {
            int count = 0;
            while (count < buffer.Length && _typed.TryPeek(out byte? one) && one is { } key)
            {
                buffer[count++] = key;
                _typed.Dequeue();
            }

            return count;
        }
    }

    /// <inheritdoc/>
    public bool TakeBreak()
    {
        lock (_gate)
            return _typed.TryPeek(out byte? one) && one is null && _typed.TryDequeue(out _);
    }

    private void Add(byte?[] keys)
    {
        lock (_gate)
        {
            foreach (byte? key in keys)
                _typed.Enqueue(key);
        }

        Changed?.Invoke();
    }
}
