using Ps3Platform.Devices.Characters;

namespace Devices.Tests.Usb;

/// <summary>The host's end of a serial line in memory.</summary>
internal sealed class FakeTerminal : ICharacterBackend
{
    // Null is a break.
    private readonly Queue<byte?> _input = new();

    public event Action? Changed;

    public string Name => "fake";

    public CharacterState State { get; private set; } = CharacterState.Connected;

    public long Connections => 1;

    public int Room { get; set; } = 1 << 20;

    public List<byte> Written { get; } = [];

    public int Write(ReadOnlySpan<byte> bytes)
    {
        int taken = Math.Min(Room, bytes.Length);
        Written.AddRange(bytes[..taken]);
        Room -= taken;
        return taken;
    }

    public int Read(Span<byte> buffer)
    {
        int read = 0;
        while (read < buffer.Length && _input.TryPeek(out byte? one) && one is { } key)
        {
            buffer[read++] = key;
            _input.Dequeue();
        }

        return read;
    }

    public bool TakeBreak() => _input.TryPeek(out byte? one) && one is null && _input.TryDequeue(out _);

    public void SendBreak()
    {
        _input.Enqueue(null);
        Changed?.Invoke();
    }

    public void Type(string text)
    {
        foreach (char letter in text)
            _input.Enqueue((byte)letter);
        Changed?.Invoke();
    }

    public void Grow(int room)
    {
        Room += room;
        Changed?.Invoke();
    }

    public void SetState(CharacterState state)
    {
        State = state;
        Changed?.Invoke();
    }
}
