using Ps3Platform.Cli.Shell;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Characters;

namespace Ps3Platform.Cli.Session;

/// <summary>
/// Where a guest's console text goes. Remembers the end of it, so that a machine that stopped can say whether its kernel
/// had panicked. Written on the emulation thread. A host that takes no more text is no reason to stop the guest.
/// </summary>
internal sealed class GuestConsole : IDisposable
{
    private const int Kept = 16 * 1024;
    private static readonly byte[] PanicMarker = "Kernel panic - not syncing"u8.ToArray();
    private readonly List<byte> _recent = new(2 * Kept);
    private readonly CharacterSpec _spec;
    private readonly CharacterBackend _backend;
    private long _tooMuch;
    private int _isOver;
    private bool _isGivenUp;

    /// <summary>Opens the console.</summary>
    /// <param name="spec">Where the text goes.</param>
    /// <exception cref="UsageException">It cannot go there.</exception>
    public GuestConsole(CharacterSpec spec)
    {
        _spec = spec;
        try
        {
            // No guest device takes what is typed.
            _backend = CharacterBackends.Open(spec, takesInput: false);
        }
        catch (CharacterException e)
        {
            throw new UsageException($"--console {e.Message}");
        }

        _backend.Changed += OnChanged;
        // It may have ended before there was a handler.
        OnChanged();
        if (Invitation() is { } invitation)
            Terminal.Note(invitation);
    }

    /// <summary>Raised once, on a thread of its own, when standard output's reader has gone.</summary>
    public event Action? ReaderGone;

    /// <summary>True when text was lost that the user has asked to have.</summary>
    public bool HasLost =>
        _backend.State == CharacterState.Failed || (_spec.Kind is CharacterKind.Stdio or CharacterKind.File && _tooMuch > 0);

    /// <summary>True when this boot has printed something.</summary>
    public bool HasText => _recent.Count > 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        // A debug console cannot make its guest wait: what a slow reader has no room for is lost, and told of at the end.
        _tooMuch += bytes.Length - _backend.Write(bytes);
        _recent.AddRange(bytes);
        if (_recent.Count > 2 * Kept)
            _recent.RemoveRange(0, _recent.Count - Kept);
    }

    /// <summary>The machine stands still: waits until its text has been taken, so that messages stand behind it.</summary>
    /// <param name="hurry">When it is cancelled, a reader that takes nothing is waited for no longer than a second.</param>
    public void Drain(CancellationToken hurry) => _isGivenUp = !_backend.Drain(hurry);

    /// <summary>Says what of the text did not get to its reader, if anything.</summary>
    public void Report()
    {
        CharacterCounts counts = _backend.Counts;
        if (_spec.Kind == CharacterKind.Null || _backend.State is CharacterState.Ended or CharacterState.Failed)
            return;
        if (_tooMuch > 0)
            Terminal.Note($"{_tooMuch} bytes of the guest's console are lost: the reader of {_backend.Name} was too slow");
        if (counts.Dropped + counts.Pending > 0)
            Terminal.Note($"{counts.Dropped + counts.Pending} bytes of the guest's console were read by nobody at {_backend.Name}");
        if (counts.ReceivedDropped > 0)
            Terminal.Note($"{counts.ReceivedDropped} bytes from {_backend.Name} were dropped: no device of the guest takes input");
    }

    /// <summary>Another boot begins: what the last one said is its own.</summary>
    public void Forget() => _recent.Clear();

    /// <summary>The line in which the guest said that it panicked, or null.</summary>
    public string? PanicLine()
    {
        byte[] recent = [.. _recent];
        int at = recent.AsSpan().IndexOf(PanicMarker);
        if (at < 0)
            return null;
        int end = recent.AsSpan(at).IndexOfAny((byte)'\r', (byte)'\n');
        return System.Text.Encoding.UTF8.GetString(recent, at, end < 0 ? recent.Length - at : end);
    }

    /// <summary>True when the text is in the end of what was printed.</summary>
    public bool Shows(string text)
    {
        byte[] recent = [.. _recent];
        return recent.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
    }

    public void Dispose()
    {
        // After a failure of the program's own, too, what the guest has said is printed, if somebody takes it.
        if (!_isGivenUp)
            _backend.Drain(new CancellationToken(canceled: true));
        _backend.Dispose();
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
