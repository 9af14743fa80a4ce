using System.Text;

using Ps3Platform.Devices.Characters;

namespace Monitor.Tests;

/// <summary>A client that the test plays.</summary>
internal sealed class FakeBackend : ICharacterBackend
{
    private readonly Lock _gate = new();
    private readonly Queue<byte> _input = new();
    private readonly StringBuilder _output = new();
    private CharacterState _state = CharacterState.Waiting;
    private long _connections;
    private int _room = int.MaxValue;

    public event Action? Changed;

    public string Name => "fake";

    public CharacterState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    public long Connections
    {
        get
        {
            lock (_gate)
                return _connections;
        }
    }

    public int Room
    {
        get
        {
            lock (_gate)
                return _room;
        }
    }

    public string Output
    {
        get
        {
            lock (_gate)
                return _output.ToString();
        }
    }

    public int Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            int count = Math.Min(bytes.Length, _room);
            _room -= count;
            _output.Append(Encoding.UTF8.GetString(bytes[..count]));
            return count;
        }
    }

    public int Read(Span<byte> buffer)
    {
        lock (_gate)
        {
            int count = 0;
            while (count < buffer.Length && _input.TryDequeue(out byte next))
                buffer[count++] = next;
            return count;
        }
    }

    public void Connect(int room = int.MaxValue) => Change(() =>
    {
        _output.Clear();
        (_state, _room) = (CharacterState.Connected, room);
        _connections++;
    });

    public void Leave() => Change(() => _state = CharacterState.Waiting);

    public void MakeRoom(int room) => Change(() => _room = room);

    public void Send(string text) => Change(() =>
    {
        foreach (byte one in Encoding.UTF8.GetBytes(text))
            _input.Enqueue(one);
    });

    public void WaitFor(string text) => Xunit.Assert.True(
        SpinWait.SpinUntil(() => Output.Contains(text, StringComparison.Ordinal), TimeSpan.FromSeconds(30)), $"'{text}' is not in: {Output}");

    private void Change(Action change)
    {
        lock (_gate)
            change();
        Changed?.Invoke();
    }
}
