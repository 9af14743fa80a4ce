using System.Text;

using Ps3Platform.Devices.Characters;

namespace Ps3Platform.Host.Terminals;

/// <summary>
/// The monitor at a terminal in raw mode. It echoes and edits the line that is typed, as a terminal driver does, and passes it on when it
/// is complete. Whoever changes to the monitor is a new peer, who is greeted. Keys come on the thread that reads the terminal.
/// </summary>
internal sealed class TerminalMonitor(ICharacterBackend terminal) : ICharacterBackend
{
    private const int LongestLine = 1024;

    // Lines that the monitor has not read; more are not accepted from the keyboard.
    private const int MostUnread = 8 * LongestLine;
    private const byte Bell = 7;
    private const byte Backspace = 8;
    private const byte Interrupt = 3;
    private const byte EraseWord = 0x17;
    private const byte EraseLine = 0x15;
    private const byte Escape = 0x1b;
    private const byte Delete = 0x7f;

    private readonly Lock _gate = new();
    private readonly Queue<byte> _complete = new();
    private readonly List<byte> _line = [];
    private long _connections;
    private bool _isSelected;
    private int _escape;

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public string Name => "the terminal";

    /// <inheritdoc/>
    public CharacterState State
    {
        get
        {
            lock (_gate)
                return _isSelected ? CharacterState.Connected : CharacterState.Waiting;
        }
    }

    /// <inheritdoc/>
    public long Connections
    {
        get
        {
            lock (_gate)
                return _connections;
        }
    }

    /// <inheritdoc/>
    public int Room => terminal.Room;

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes) => terminal.Write(bytes);

    /// <inheritdoc/>
    public int Read(Span<byte> buffer)
    {
        lock (_gate)
        {
            int count = 0;
            while (count < buffer.Length && _complete.TryDequeue(out byte one))
                buffer[count++] = one;
            return count;
        }
    }

    /// <summary>The keys are the monitor's from now on, or no more.</summary>
    public void Select(bool isSelected)
    {
        lock (_gate)
        {
            _isSelected = isSelected;
            _line.Clear();
            _escape = 0;
            if (isSelected)
                _connections++;
        }

        terminal.Write("\r\n"u8);
        Changed?.Invoke();
    }

    /// <summary>Takes a key.</summary>
    public void Type(byte key)
    {
        if (IsOfSequence(key))
            return;
        switch (key)
        {
            case (byte)'\r' or (byte)'\n':
                Finish();
                break;
            case Backspace or Delete:
                Erase(1);
                break;
            case EraseLine or Interrupt:
                Erase(_line.Count);
                break;
            case EraseWord:
                int end = _line.FindLastIndex(static one => one != ' ');
                Erase(_line.Count - (end < 0 ? 0 : _line.FindLastIndex(end, static one => one == ' ') + 1));
                break;
            case >= (byte)' ' when _line.Count < LongestLine:
                _line.Add(key);
                terminal.Write([key]);
                break;
            default:
                terminal.Write([Bell]);
                break;
        }
    }

    // Cursor and function keys: an escape, "[" or "O", and up to a letter or tilde (ECMA-48, 5.4). There is nothing for them to do.
    private bool IsOfSequence(byte key)
    {
        (bool belongs, _escape) = (_escape, key) switch
        {
            (0, Escape) => (true, 1),
            (0, _) => (false, 0),
            (1, (byte)'[' or (byte)'O') => (true, 2),
            (1, _) => (true, 0),
            (_, >= (byte)'@' and <= (byte)'~') => (true, 0),
            _ => (true, 2),
        };
        return belongs;
    }

    private void Finish()
    {
        lock (_gate)
        {
            if (_complete.Count > MostUnread)
                return;
            foreach (byte one in _line)
                _complete.Enqueue(one);
            _complete.Enqueue((byte)'\n');
        }

        _line.Clear();
        terminal.Write("\r\n"u8);
        Changed?.Invoke();
    }

    private void Erase(int count)
    {
        for (; count > 0 && _line.Count > 0; count--)
        {
            // A character of several bytes goes as a whole: its later bytes begin with the bits 10 (UTF-8).
            while (_line.Count > 1 && (_line[^1] & 0xc0) == 0x80)
                _line.RemoveAt(_line.Count - 1);
            _line.RemoveAt(_line.Count - 1);
            terminal.Write(Encoding.ASCII.GetBytes("\b \b"));
        }
    }
}
