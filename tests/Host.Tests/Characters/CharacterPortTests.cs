using System.Text;

using CellPpe.Core;

using Ps3Platform.Devices.Characters;

using Xunit;

namespace Host.Tests.Characters;

/// <summary>The machine's end of a back end, with a test device that reads input; no device of the guest does yet.</summary>
public sealed class CharacterPortTests
{
    private readonly EventQueue _events = new();
    private readonly FakeBackend _backend = new();

    [Fact]
    public void Changes_are_reported_on_the_machines_thread_only()
    {
        using var device = new EchoDevice(_backend, _events, room: 100);
        _events.RunDue(0);
        var host = new Thread(() => _backend.Deliver("typed"u8));
        host.Start();
        host.Join();
        Assert.Equal("", device.Text);

        _events.RunDue(0);

        Assert.Equal(("typed", "typed"), (device.Text, _backend.Written));
        Assert.Equal(Environment.CurrentManagedThreadId, device.LastThread);
    }

    [Fact]
    public void A_peer_cannot_fill_the_queue()
    {
        using var device = new EchoDevice(_backend, _events, room: 100_000);
        int posts = 0;
        _events.Posted += () => posts++;
        _events.RunDue(0);
        for (int i = 0; i < 1000; i++)
            _backend.Deliver("x"u8);
        Assert.Equal(1, posts);

        _events.RunDue(0);

        Assert.Equal(1000, device.Text.Length);
        _backend.Deliver("y"u8);
        Assert.Equal(2, posts);
    }

    [Fact]
    public void What_a_device_has_no_room_for_waits()
    {
        using var device = new EchoDevice(_backend, _events, room: 3);
        _backend.Deliver("abcdef"u8);
        _events.RunDue(0);
        Assert.Equal(("abc", 3), (device.Text, _backend.Waiting));

        device.Empty();

        Assert.Equal(("def", 0), (device.Text, _backend.Waiting));
    }

    [Fact]
    public void Input_from_before_the_port_is_reported_and_input_after_its_disposal_is_not()
    {
        _backend.Deliver("early"u8);
        var device = new EchoDevice(_backend, _events, room: 100);
        _events.RunDue(0);
        Assert.Equal("early", device.Text);

        _backend.Deliver("late"u8);
        device.Dispose();
        _events.RunDue(0);
        _backend.Deliver("later"u8);
        Assert.False(_events.HasPosted);
        Assert.Equal("early", device.Text);

        // The guest has restarted: the next machine gets the input that this one has not read.
        using var next = new EchoDevice(_backend, _events, room: 100);
        _events.RunDue(0);
        Assert.Equal("latelater", next.Text);
    }

    /// <summary>Reads a limited number of bytes, and sends them back.</summary>
    private sealed class EchoDevice : IDisposable
    {
        private readonly CharacterPort _port;
        private readonly int _room;
        private readonly StringBuilder _text = new();

        public EchoDevice(ICharacterBackend backend, EventQueue events, int room)
        {
            _room = room;
            _port = new CharacterPort(backend, events);
            _port.Ready += Take;
        }

        public string Text => _text.ToString();

        public int LastThread { get; private set; }

        public void Empty()
        {
            _text.Clear();
            Take();
        }

        public void Dispose() => _port.Dispose();

        private void Take()
        {
            LastThread = Environment.CurrentManagedThreadId;
            byte[] piece = new byte[_room - _text.Length];
            int count = _port.Read(piece);
            _text.Append(Encoding.UTF8.GetString(piece, 0, count));
            _port.Write(piece.AsSpan(0, count));
        }
    }

    private sealed class FakeBackend : ICharacterBackend
    {
        private readonly Queue<byte> _input = new();
        private readonly StringBuilder _written = new();

        public event Action? Changed;

        public string Name => "fake";

        public CharacterState State => CharacterState.Connected;

        public long Connections => 1;

        public int Room => int.MaxValue;

        public string Written => _written.ToString();

        public int Waiting => _input.Count;

        public void Deliver(ReadOnlySpan<byte> bytes)
        {
            foreach (byte one in bytes)
                _input.Enqueue(one);
            Changed?.Invoke();
        }

        public int Write(ReadOnlySpan<byte> bytes)
        {
            _written.Append(Encoding.UTF8.GetString(bytes));
            return bytes.Length;
        }

        public int Read(Span<byte> buffer)
        {
            int count = 0;
            while (count < buffer.Length && _input.TryDequeue(out byte one))
                buffer[count++] = one;
            return count;
        }
    }
}
