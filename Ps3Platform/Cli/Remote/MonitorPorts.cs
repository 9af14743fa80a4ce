using Ps3Platform.Cli.Shell;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Characters;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Monitor.Commands;
using Ps3Platform.Monitor.Control;
using Ps3Platform.Monitor.Protocols;

namespace Ps3Platform.Cli.Remote;

/// <summary>Where a user and programs give commands to the machine while it runs: <c>--monitor</c> and <c>--qmp</c>.</summary>
internal sealed class MonitorPorts : IDisposable
{
    private readonly MachineControl _control;
    private readonly List<(MonitorServer Server, CharacterBackend? Backend)> _open = [];

    /// <summary>Opens what options ask for.</summary>
    /// <param name="options">The options.</param>
    /// <param name="control">What commands are given to.</param>
    /// <param name="terminal">The monitor's end of the guest's terminal, which is not closed here; null: there is none.</param>
    /// <exception cref="UsageException">It cannot be opened.</exception>
    public MonitorPorts(SourcedOptions options, MachineControl control, ICharacterBackend? terminal = null)
    {
        _control = control;
        CommandTable commands = StandardCommands.Create();
        try
        {
            Open(options, "monitor", options.Options.Monitor, () => new LineSession(commands, control));
            Open(options, "qmp", options.Options.Qmp, () => new QmpSession(commands, control));
            if (terminal is not null)
                _open.Add((new MonitorServer(terminal, control, () => new LineSession(commands, control), Terminal.Error), null));
        }
        catch (UsageException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Refuses what would have two users of one stream. Before anything is opened.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="UsageException">It does; the message says what to move.</exception>
    public static void Check(SourcedOptions options)
    {
        IEnumerable<(string Name, CharacterSpec? Place)> users =
        [
            ("monitor", options.Options.Monitor), ("qmp", options.Options.Qmp), ("serial", options.Options.Serial),
            .. options.Options.Usb.Named.Select(static spec => ("usb", spec.Characters)),
        ];
        const string OfConsole = "the guest's console";
        Dictionary<string, string> taken = new() { [options.Options.Console.ToString()] = OfConsole };
        foreach ((string name, CharacterSpec? place) in users)
        {
            if (place is null)
                continue;
            // Each terminal is another one, and so is each port 0.
            bool isOwn = place is { Kind: CharacterKind.Null or CharacterKind.Pty } or { Kind: CharacterKind.Tcp, Port: 0 };
            // The console only prints, and a serial adapter at the standard streams shows it too.
            bool isSerial = name is "serial" or "usb";
            if (isSerial && place.Kind == CharacterKind.Stdio && taken.GetValueOrDefault(place.ToString()) == OfConsole)
                taken[place.ToString()] = $"--{name}";
            else if (!isOwn && !taken.TryAdd(place.ToString(), $"--{name}"))
            {
                throw new UsageException(
                    $"{options.PlaceOf(name)} {place}: {taken[place.ToString()]} is there; move one of the two, for instance with "
                    + $"--console file:console.txt, or --{name} {(name == "usb" ? "serial=" : "")}unix:{name}.sock.");
            }

            // A dialogue types itself.
            bool reads = !isSerial || options.Options.Expect is null;
            if (place.Kind == CharacterKind.Stdio && reads && options.Options.Kernel == "-")
            {
                throw new UsageException(
                    $"{options.PlaceOf(name)} stdio: the kernel comes from standard input; give the kernel's file, or "
                    + $"--{name} {(name == "usb" ? "serial=" : "")}unix:{name}.sock.");
            }
        }
    }

    /// <summary>Ends all connections, after what has happened until now was told.</summary>
    public void Dispose()
    {
        _control.Close();
        foreach ((MonitorServer server, CharacterBackend? backend) in _open)
        {
            server.Dispose();
            backend?.Drain(new CancellationToken(canceled: true));
            backend?.Dispose();
        }

        _open.Clear();
    }

    private void Open(SourcedOptions options, string name, CharacterSpec? place, Func<IMonitorSession> session)
    {
        if (place is null)
            return;
        CharacterBackend backend;
        try
        {
            backend = CharacterBackends.Open(place, takesInput: true, keepsOutput: false);
        }
        catch (CharacterException e)
        {
            throw new UsageException($"{options.PlaceOf(name)} {e.Message}");
        }

        _open.Add((new MonitorServer(backend, _control, session, Terminal.Error), backend));
        if (place.Kind != CharacterKind.Stdio)
            Terminal.Note($"{(name == "qmp" ? "QMP" : "the monitor")} is at {backend.Name}");
    }
}
