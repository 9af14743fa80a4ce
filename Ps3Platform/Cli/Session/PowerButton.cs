using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine;

namespace Ps3Platform.Cli.Session;

/// <summary>
/// Handles Ctrl-C, SIGTERM and SIGHUP: the first presses the console's power button. The second stops the machine, and so does the first
/// if the guest does not handle the button. After SIGTERM or SIGHUP, whose senders do not wait long, the machine is also stopped
/// when the guest has not powered off within <see cref="Grace"/>.
/// </summary>
internal sealed class PowerButton : IDisposable
{
    /// <summary>Host time that a guest has to shut down after SIGTERM or SIGHUP: half the time before container managers kill.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly StopSignals _signals;
    private readonly Timer _grace;
    private int _presses;
    private int _quits;

    public PowerButton()
    {
        _grace = new Timer(_ => Stop(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _signals = new StopSignals(Press);
    }

    /// <summary>The machine whose power button is pressed; null between two machines.</summary>
    public Ps3Machine? Machine { get; set; }

    /// <summary>The last reason for which the machine was requested to stop.</summary>
    public StopReason Reason { get; private set; }

    /// <summary>Cancelled when the machine is to stop at once.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Stops the machine because the reader of the console's text has closed it.</summary>
    public void OnReaderGone()
    {
        Reason = StopReason.OutputClosed;
        Stop();
    }

    /// <summary>Stops the machine because the dialogue with the guest has failed.</summary>
    public void OnDialogueFailed()
    {
        Reason = StopReason.DialogueFailed;
        Stop();
    }

    /// <summary>Ends the machine as the monitor's "quit" does; when it is not done after that, a second call stops it.</summary>
    /// <param name="message">Who has asked for it.</param>
    public void Quit(string message)
    {
        if (Interlocked.Increment(ref _quits) > 1 || Machine is not { } machine)
            Stop();
        else
            machine.Post(() => machine.End(new RunOutcome(RunEnd.Quit, message)));
    }

    /// <summary>Presses the button, and nothing more when the guest does not listen.</summary>
    public void PressOnly()
    {
        if (Machine is not { } machine)
            return;
        machine.Post(() => Terminal.Note(machine.SystemManager.PressPowerButton() ? "power button pressed"
            : "the guest does not listen for the power button; Ctrl-A x ends the machine"));
    }

    public void Dispose()
    {
        _signals.Dispose();
        _grace.Dispose();
        _stop.Dispose();
    }

    private bool Press(StopReason reason)
    {
        Reason = reason;
        // Between two machines of a guest that restarts there is no button to press.
        if (Interlocked.Increment(ref _presses) > 1 || Machine is not { } machine)
        {
            Stop();
            return false;
        }

        bool isPatient = reason == StopReason.Interrupt;
        Terminal.Note(isPatient
            ? "power button pressed; Ctrl-C again stops at once"
            : $"power button pressed by {StopSignals.Describe(reason)}; the machine stops in {Grace.TotalSeconds:0} s if the guest does "
            + $"not");
        if (!isPatient)
            _grace.Change(Grace, Timeout.InfiniteTimeSpan);
        machine.Post(() =>
        {
            if (!machine.SystemManager.PressPowerButton())
            {
                Terminal.Note("the guest does not listen for the power button");
                Stop();
            }
        });
        return false;
    }

    private void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run has ended meanwhile.
        }
    }
}
