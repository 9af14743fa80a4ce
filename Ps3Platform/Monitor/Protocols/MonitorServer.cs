using System.Collections.Concurrent;
using System.Text;

using Ps3Platform.Devices.Characters;
using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Monitor.Protocols;

/// <summary>
/// Serves the clients of one back end, one after the other, on a thread of its own: that thread waits for a slow client, and no other does.
/// </summary>
public sealed class MonitorServer : IDisposable
{
    private const int StackSize = 512 << 10;
    private const int Piece = 4096;

    // Events that a client has not read; later ones are dropped.
    private const int MostEvents = 1000;

    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PatienceAtEnd = TimeSpan.FromSeconds(2);

    private readonly ICharacterBackend _backend;
    private readonly IMachineControl _machine;
    private readonly Func<IMonitorSession> _open;
    private readonly Action<string> _fail;
    private readonly AutoResetEvent _wake = new(false);
    private readonly ConcurrentQueue<MachineEvent> _events = new();
    private readonly LineReader _lines = new();
    private readonly Thread _thread;
    private volatile bool _isClosing;
    private volatile bool _isGivenUp;
    private IMonitorSession? _session;
    private long _connection;

    /// <summary>Starts to serve.</summary>
    /// <param name="backend">Where clients come. The caller's; it takes input and keeps no output.</param>
    /// <param name="machine">The service.</param>
    /// <param name="open">Makes the session of a new client.</param>
    /// <param name="fail">Told of a fault of this program, in a command that has then failed.</param>
    public MonitorServer(ICharacterBackend backend, IMachineControl machine, Func<IMonitorSession> open, Action<string> fail)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(machine);
        _backend = backend;
        _machine = machine;
        _open = open;
        _fail = fail;
        _thread = new Thread(Serve, StackSize) { IsBackground = true, Name = $"monitor {backend.Name}" };
        backend.Changed += OnChanged;
        machine.Happened += OnHappened;
        _thread.Start();
    }

    /// <summary>
    /// Tells the client of what has happened, and ends. A client that takes nothing is waited for two seconds. The service is to be closed
    /// before, because a command may wait for the machine.
    /// </summary>
    public void Dispose()
    {
        _machine.Happened -= OnHappened;
        _isClosing = true;
        _wake.Set();
        bool isDone = _thread.Join(PatienceAtEnd);
        _isGivenUp = true;
        _wake.Set();
        _backend.Changed -= OnChanged;
        if (isDone || _thread.Join(PatienceAtEnd))
            _wake.Dispose();
    }

    private void OnChanged() => Wake();

    // On the machine's thread.
    private void OnHappened(MachineEvent happened)
    {
        if (_events.Count >= MostEvents)
            return;
        _events.Enqueue(happened);
        Wake();
    }

    private void Wake()
    {
        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // A back end's thread that was on its way here when the server ended.
        }
    }

    private void Serve()
    {
        byte[] piece = new byte[Piece];
        while (true)
        {
            // Before the queue is read: what was raised until the end is told.
            bool isLast = _isClosing;
            Meet();
            TellEvents();
            int count = _isClosing ? 0 : _backend.Read(piece);
            // A client that has come since the check above may have sent these bytes: its session must exist before they are read.
            Meet();
            ReadOnlySpan<byte> bytes = piece.AsSpan(0, count);
            while (!bytes.IsEmpty && _session is { } session)
            {
                if (_lines.TryTake(ref bytes, session.LongestLine, out string? line))
                    Carry(session, line);
            }

            if (isLast || _isGivenUp)
                return;
            if (count == 0)
                _wake.WaitOne();
        }
    }

    // Another client than before: it begins anew.
    private void Meet()
    {
        long connection = _backend.Connections;
        if (connection == _connection)
            return;
        _connection = connection;
        _session = _open();
        _lines.Clear();
        Write(_session.Greeting);
    }

    private void Carry(IMonitorSession session, string? line)
    {
        string answer;
        try
        {
            answer = line is null ? session.Refuse($"A line has at most {session.LongestLine} bytes") : session.Answer(line);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A bug of ours must neither end the machine nor leave the client without a connection.
            _fail($"a monitor command failed: {e}");
            answer = session.Refuse("This program has failed; its messages say where");
        }

        // What the command has brought about comes before its answer, as in QEMU.
        TellEvents();
        Write(answer);
    }

    private void TellEvents()
    {
        while (_events.TryDequeue(out MachineEvent? happened))
            Write(_session?.Tell(happened) ?? "");
    }

    // Waits for a client that is slow, as long as it is there.
    private void Write(string text)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text);
        while (!bytes.IsEmpty && !_isGivenUp && _backend.State == CharacterState.Connected && _backend.Connections == _connection)
        {
            int count = _backend.Write(bytes);
            bytes = bytes[count..];
            if (count == 0)
                _wake.WaitOne(Recheck);
        }
    }
}
