using Ps3Platform.Cli.Dialogues;
using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Characters;
using Ps3Platform.Host.Terminals;
using Ps3Platform.Machine.Configuration;

namespace Ps3Platform.Cli.Terminals;

/// <summary>
/// The standard streams as the other end of the guest's serial adapter: a terminal with its keys, a pipe, or a dialogue. The guest's
/// console can be shown there too.
/// </summary>
internal sealed class StandardLine : IDisposable
{
    private readonly InteractiveTerminal? _terminal;
    private readonly SharedLine _shown;

    private StandardLine(CharacterBackend backend, InteractiveTerminal? terminal, Dialogue? dialogue)
    {
        Backend = backend;
        _shown = new SharedLine(backend);
        Serial = dialogue is null ? _shown : new DialogueLine(_shown, dialogue);
        _terminal = terminal;
        Dialogue = dialogue;
    }

    /// <summary>What is shown.</summary>
    public CharacterBackend Backend { get; }

    /// <summary>The other end of the serial adapter, which the adapter does not close.</summary>
    public ICharacterBackend Serial { get; }

    /// <summary>The monitor that shares the terminal, or null.</summary>
    public ICharacterBackend? Monitor => _terminal?.Monitor;

    /// <summary>The dialogue with the guest, or null.</summary>
    public Dialogue? Dialogue { get; }

    /// <summary>Opens the streams if options ask for them.</summary>
    /// <returns>Null when the serial adapter is elsewhere, or there is none.</returns>
    /// <exception cref="UsageException">The dialogue's file cannot be read.</exception>
    public static StandardLine? Open(SourcedOptions options)
    {
        if (!SerialChoice.IsStandard(options.Options))
            return null;
        if (ReadDialogue(options) is { } dialogue)
        {
            CharacterBackend shown = CharacterBackends.Open(CharacterSpec.Stdio, takesInput: false);
            return new StandardLine(shown, null, dialogue);
        }

        if (!InteractiveTerminal.IsAvailable)
            return new StandardLine(CharacterBackends.Open(CharacterSpec.Stdio, takesInput: true), null, null);
        var terminal = InteractiveTerminal.Open();
        return new StandardLine(terminal.Backend, terminal, null);
    }

    /// <summary>Gives what the serial adapter prints also to the dialogue, and to somebody else.</summary>
    public void Tell(SharedLine.Taker other) => _shown.Written = bytes =>
    {
        other(bytes);
        Dialogue?.Feed(bytes);
    };

    /// <summary>The machine is about to run: the terminal's keys are the guest's from now on, and the dialogue begins.</summary>
    /// <param name="quit">Ends the machine.</param>
    /// <param name="pressPowerButton">Presses its power button.</param>
    /// <param name="fail">Ends the machine because the dialogue has failed.</param>
    public void Begin(Action<string> quit, Action pressPowerButton, Action fail)
    {
        if (_terminal is not null)
        {
            _terminal.QuitAsked += () => quit("ended by Ctrl-A x");
            _terminal.PowerAsked += pressPowerButton;
            Terminal.Note(
                "this terminal is the guest's serial port, ttyUSB0 in Linux (console=ttyUSB0). Ctrl-A x ends the machine, Ctrl-A h lists "
                + "more keys");
            _terminal.Enter();
        }

        if (Dialogue is null)
            return;
        Dialogue.QuitAsked += () => quit("ended by the dialogue");
        Dialogue.Failed += fail;
        Dialogue.Start();
    }

    /// <summary>The machine has ended: the terminal is as before.</summary>
    public void End()
    {
        _terminal?.Leave();
        Dialogue?.Dispose();
    }

    /// <summary>Closes the streams, after what has not been shown yet.</summary>
    public void Dispose()
    {
        End();
        if (_terminal is not null)
        {
            _terminal.Dispose();
            return;
        }

        Backend.Drain(new CancellationToken(canceled: true));
        Backend.Dispose();
    }

    private static Dialogue? ReadDialogue(SourcedOptions options)
    {
        if (options.Options.Expect is not { } path)
            return null;
        ReadOnlySpan<byte> bytes = InputFiles.Read(path, options.PlaceOf("expect"), "a dialogue, such as \"wait for login:\"").Bytes.Span;
        return new Dialogue(DialogueFile.Read(bytes, path), path, TimeProvider.System);
    }
}
