using System.Runtime.InteropServices;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Characters;
using Ps3Platform.Machine.Configuration;

namespace Ps3Platform.Cli.Session;

/// <summary>
/// Sends a guest's console text to a character back end, and keeps the last part of it, to find out whether the kernel panicked when
/// the machine has stopped. Written on the emulation thread. A failure of the host's output does not stop the guest.
/// </summary>
internal sealed class GuestConsole : IDisposable
{
    private const int Kept = 16 * 1024;
    private static readonly byte[] PanicMarker = "Kernel panic - not syncing"u8.ToArray();
    private readonly List<byte> _recent = new(2 * Kept);
    private readonly List<byte> _recentSerial = [];
    private readonly CharacterSpec _spec;
    private readonly CharacterBackend _backend;
    private readonly bool _isShared;
    private long _tooMuch;
    private int _isOver;
    private bool _isGivenUp;

    /// <summary>Opens the console.</summary>
    /// <param name="options">The options, which say where it goes.</param>
    /// <param name="standard">The standard streams, when they are open already for a serial adapter, which then shares them.</param>
    /// <exception cref="UsageException">The back end cannot be opened.</exception>
    public GuestConsole(SourcedOptions options, CharacterBackend? standard = null)
    {
        _spec = options.Options.Console;
        _isShared = standard is not null && _spec.Kind == CharacterKind.Stdio;
        try
        {
            // No guest device reads input.
            _backend = _isShared ? standard! : CharacterBackends.Open(_spec, takesInput: false);
        }
        catch (CharacterException e)
        {
            throw new UsageException($"{options.PlaceOf("console")} {e.Message}");
        }

        _backend.Changed += OnChanged;
        // The output may have been closed before the handler was added.
        OnChanged();
        if (Invitation() is { } invitation)
            Terminal.Note(invitation);
    }

    /// <summary>Raised once, on a separate thread, when standard output's reader has closed it.</summary>
    public event Action? ReaderGone;

    /// <summary>True when text was lost that the user has requested.</summary>
    public bool HasLost =>
        _backend.State == CharacterState.Failed || (_spec.Kind is CharacterKind.Stdio or CharacterKind.File && _tooMuch > 0);

    /// <summary>True when this boot has printed something, here or by a serial adapter that is shown at the same place.</summary>
    public bool HasText => _recent.Count + _recentSerial.Count > 0;

    /// <summary>A serial adapter is shown at the same place.</summary>
    public bool HasSerial => _isShared;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        // A debug console cannot make its guest wait, so text beyond a slow reader's buffer is lost; Report counts it at the end.
        _tooMuch += bytes.Length - _backend.Write(bytes);
        Keep(_recent, bytes);
    }

    /// <summary>Takes text that a serial adapter has shown at the same place. It proves no panic: users type there too.</summary>
    public void Remember(ReadOnlySpan<byte> bytes)
    {
        if (_isShared)
            Keep(_recentSerial, bytes);
    }

    /// <summary>Waits until the guest's text has been written, so that messages follow it. Called when the machine does not run.</summary>
    /// <param name="hurry">When cancelled, the wait for a reader that does not read ends after one second.</param>
    public void Drain(CancellationToken hurry) => _isGivenUp = !_backend.Drain(hurry);

    /// <summary>Prints how much text did not reach its reader, if any.</summary>
    public void Report()
    {
        CharacterCounts counts = _backend.Counts;
        if (_spec.Kind == CharacterKind.Null || _backend.State is CharacterState.Ended or CharacterState.Failed)
            return;
        if (_tooMuch > 0)
            Terminal.Note($"{_tooMuch} bytes of the guest's console are lost: the reader of {_backend.Name} was too slow");
        if (counts.Dropped + counts.Pending > 0)
            Terminal.Note($"{counts.Dropped + counts.Pending} bytes of the guest's console were not read at {_backend.Name}");
        if (counts.ReceivedDropped > 0 && !_isShared)
            Terminal.Note($"{counts.ReceivedDropped} bytes from {_backend.Name} were dropped: no device of the guest takes input");
    }

    /// <summary>Clears the kept text. Called before another boot of the guest.</summary>
    public void Forget()
    {
        _recent.Clear();
        _recentSerial.Clear();
    }

    /// <summary>The line in which the guest reported a panic, or null.</summary>
    public string? PanicLine()
    {
        byte[] recent = [.. _recent];
        int at = recent.AsSpan().IndexOf(PanicMarker);
        if (at < 0)
            return null;
        int end = recent.AsSpan(at).IndexOfAny((byte)'\r', (byte)'\n');
        return System.Text.Encoding.UTF8.GetString(recent, at, end < 0 ? recent.Length - at : end);
    }

    /// <summary>True when the last part of the printed text contains this text.</summary>
    public bool Shows(string text)
    {
        byte[] wanted = System.Text.Encoding.UTF8.GetBytes(text);
        return CollectionsMarshal.AsSpan(_recent).IndexOf(wanted) >= 0 || CollectionsMarshal.AsSpan(_recentSerial).IndexOf(wanted) >= 0;
    }

    public void Dispose()
    {
        // The guest's text is printed even after a failure of this program, unless its reader does not read.
        if (!_isGivenUp)
            _backend.Drain(new CancellationToken(canceled: true));
        _backend.Changed -= OnChanged;
        if (!_isShared)
            _backend.Dispose();
    }

    private static void Keep(List<byte> recent, ReadOnlySpan<byte> bytes)
    {
        recent.AddRange(bytes);
        if (recent.Count > 2 * Kept)
            recent.RemoveRange(0, recent.Count - Kept);
    }

    private void OnChanged()
    {
        CharacterState state = _backend.State;
        if (state is not (CharacterState.Ended or CharacterState.Failed) || Interlocked.Exchange(ref _isOver, 1) != 0)
            return;
        if (state == CharacterState.Ended)
        {
            ReaderGone?.Invoke();
            return;
        }

        string place = _spec.Kind == CharacterKind.Stdio ? "standard output" : _spec.ToString();
        Terminal.Error($"the rest of the guest's console is lost, {place} takes no more: {_backend.Failure}");
    }

    private string? Invitation()
    {
        string name = _backend.Name;
        return _spec.Kind switch
        {
            CharacterKind.Pty => $"the guest's console is at {name}; read it with: cat {name}",
            CharacterKind.Tcp => $"the guest's console is at {name}; read it with: nc {HostAndPort(name["tcp:".Length..])}",
            CharacterKind.Unix => $"the guest's console is at {name}; read it with: nc -U {_spec.Path}",
            _ => null,
        };
    }

    private static string HostAndPort(string address)
    {
        int colon = address.LastIndexOf(':');
        return $"{address[..colon].Trim('[', ']')} {address[(colon + 1)..]}";
    }
}
