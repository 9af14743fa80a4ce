using CellPpe.Core;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine;
using Ps3Platform.Machine.KernelLog;

namespace Ps3Platform.Cli.Session;

/// <summary>
/// Reports what the guest's console does not show: that the guest has locked up, that its console is on the screen, and at the end
/// the kernel's log. One for each machine.
/// </summary>
internal sealed class GuestWatch
{
    /// <summary>Guest time between the first picture and the note that the console has no text.</summary>
    private const ulong SilentTime = IMachineClock.Frequency;

    /// <summary>The same where a serial adapter is shown too: Linux finds it late.</summary>
    private const ulong SilentSerialTime = 15 * IMachineClock.Frequency;

    /// <summary>Lines of the log that are shown without --log-buffer.</summary>
    private const int LastLines = 40;

    private readonly Ps3Machine _machine;
    private readonly GuestConsole _console;
    private ulong? _firstPicture;
    private bool _noted;

    public GuestWatch(Ps3Machine machine, GuestConsole console)
    {
        _machine = machine;
        _console = console;
        machine.ConsolePanic = console.PanicLine;
        machine.LockupReporter = static outcome => Terminal.Note(outcome.End == RunEnd.Panic
            ? $"guest panic: {outcome.Message}; it runs on (--lockup report)"
            : $"the guest has locked up: {outcome.Message}; it runs on (--lockup report)");
        machine.BetweenTurns = LookAtScreen;
    }

    /// <summary>Prints the kernel's log after the run, if it was requested or if the guest did not end normally.</summary>
    public void Finish(RunOutcome outcome, bool wholeLog)
    {
        if (_machine.Gpu.Pictures > 0 && !_console.HasText)
            NoteScreen();
        if (wholeLog || outcome.End is not (RunEnd.PowerOff or RunEnd.Restart or RunEnd.Reset or RunEnd.Quit))
            PrintLog(wholeLog);
    }

    private void LookAtScreen(ulong now)
    {
        if (_noted || _console.HasText || _machine.Gpu.Pictures == 0)
            return;
        _firstPicture ??= now;
        if (now - _firstPicture >= (_console.HasSerial ? SilentSerialTime : SilentTime))
            NoteScreen();
    }

    private void NoteScreen()
    {
        if (_noted)
            return;
        _noted = true;
        string serial = _console.HasSerial ? " Linux prints here too with console=tty0 console=ttyUSB0 in its --append." : "";
        Terminal.Note($"the guest prints no text here: its console is on the screen.{serial} --screenshot FILE shows the screen at the "
            + "end, "
            + "--screenshot-every TIME also before, --log-buffer prints the kernel's log.");
    }

    // Linux ends its panics with an empty line.
    private static string? LastText(KernelLogText log) =>
        log.Messages.SelectMany(static message => message.Text.Split('\n')).LastOrDefault(static line => !string.IsNullOrWhiteSpace(line));

    private void PrintLog(bool whole)
    {
        if (_machine.FindKernelLog() is not { } log)
        {
            if (whole)
                Terminal.Note("no kernel log was found in guest memory (--log-buffer); --symbols System.map may help");
            return;
        }

        string[] lines = [.. log.Lines];
        // Text that the terminal already shows is not repeated.
        if (!whole && LastText(log) is { } last && _console.Shows(last))
            return;
        int first = whole ? 0 : Math.Max(0, lines.Length - LastLines);
        Terminal.Note(first == 0 ? $"the kernel's log ({lines.Length} lines):"
            : $"the kernel's log, the last {LastLines} of {lines.Length} lines (--log-buffer prints all):");
        foreach (string line in lines.AsSpan(first))
            Terminal.Text(line);
    }
}
