using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Characters;
using Ps3Platform.Host.Streams;

namespace Ps3Platform.Host.Terminals;

/// <summary>
/// The terminal at the standard streams as the guest's: each key goes to the guest, Ctrl-C too, except for those behind Ctrl-A
/// (<see cref="TerminalKeys"/>), which are this program's. The monitor shares it.
/// </summary>
public sealed class InteractiveTerminal : IDisposable
{
    // A terminal shows what it is sent; one that is this far behind was stopped by its user.
    private const int Output = 16 << 20;

    // What is typed or pasted beyond this waits in the terminal, and the keys of this program wait behind it.
    private const int Input = 1 << 20;

    private readonly TerminalKeys _keys = new();
    private readonly TerminalEndpoint _endpoint;
    private readonly TerminalMonitor _monitor;
    private readonly bool _hasMode;
    private TerminalMode? _mode;
    private bool _isAtMonitor;

    /// <param name="input">Where keys come from.</param>
    /// <param name="output">What shows text.</param>
    /// <param name="hasMode">Standard input is the terminal, whose settings change; tests have another.</param>
    internal InteractiveTerminal(IPeer input, IPeer output, bool hasMode)
    {
        _hasMode = hasMode;
        _endpoint = new TerminalEndpoint(input, output, Take);
        Backend = new CharacterBackend(_endpoint, new CharacterBuffers(Output, Input), takesInput: true);
        _monitor = new TerminalMonitor(Backend);
    }

    /// <summary>Standard input is a terminal with a raw mode, and this process is not in the background of a shell.</summary>
    public static bool IsAvailable => TerminalMode.IsAvailable;

    /// <summary>The guest's end: what it prints is shown, and what is typed for it can be read.</summary>
    public CharacterBackend Backend { get; }

    /// <summary>The monitor's end.</summary>
    public ICharacterBackend Monitor => _monitor;

    /// <summary>Ctrl-A x: the machine is to end. Raised on the thread that reads the terminal, so a handler must not block.</summary>
    public event Action? QuitAsked;

    /// <summary>Ctrl-A p: the power button is to be pressed. Raised as <see cref="QuitAsked"/> is.</summary>
    public event Action? PowerAsked;

    /// <summary>Opens the terminal at the standard streams, in its present mode.</summary>
    public static InteractiveTerminal Open() => new(
        OperatingSystem.IsLinux() ? new PosixDescriptor(0, isReadable: true, isOwned: false)
            : new StreamPeer(Console.OpenStandardInput(), Stream.Null),
        new StreamPeer(null, HostOutput.OpenStandardOutput()),
        hasMode: true);

    /// <summary>
    /// Turns raw mode on, and begins to read and show. The caller handles signals that would end the process, and calls
    /// <see cref="Leave"/> on the way.
    /// </summary>
    public void Enter()
    {
        if (_hasMode)
            _mode ??= TerminalMode.TryEnter();
        _endpoint.Start();
    }

    /// <summary>Restores the settings that the terminal had.</summary>
    public void Leave()
    {
        _mode?.Dispose();
        _mode = null;
    }

    /// <summary>Restores the terminal's settings, and closes it after what it has not shown yet.</summary>
    public void Dispose()
    {
        Backend.Drain(new CancellationToken(canceled: true));
        Leave();
        Backend.Dispose();
    }

    private KeyUse Take(byte key)
    {
        switch (_keys.Take(key))
        {
            case TerminalKey.Byte when !_isAtMonitor:
                return KeyUse.Guest;
            case TerminalKey.Byte:
                _monitor.Type(key);
                break;
            case TerminalKey.Break:
                return KeyUse.Break;
            case TerminalKey.Quit:
                QuitAsked?.Invoke();
                break;
            case TerminalKey.Power:
                PowerAsked?.Invoke();
                break;
            case TerminalKey.Switch:
                _isAtMonitor = !_isAtMonitor;
                _monitor.Select(_isAtMonitor);
                break;
            case TerminalKey.Help:
                Backend.Write(System.Text.Encoding.ASCII.GetBytes(TerminalKeys.Help));
                break;
            case TerminalKey.Unknown:
                Backend.Write("\a"u8);
                break;
        }

        return KeyUse.Taken;
    }
}
