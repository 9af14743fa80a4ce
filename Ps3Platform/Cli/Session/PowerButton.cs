using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine;

namespace Ps3Platform.Cli.Session;

/// <summary>
/// Ctrl-C, SIGTERM and SIGHUP: the first presses the console's power button, the second (or one that nobody hears) stops the machine.
/// The sender of SIGTERM or SIGHUP does not wait long, so that the machine is stopped for those too when the guest is not off after
/// <see cref="Grace"/>.
/// </summary>
internal sealed class PowerButton : IDisposable
{
    /// <summary>Host time a guest has to shut down after SIGTERM or SIGHUP; half of what container managers wait before they kill.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly StopSignals _signals;
    private readonly Timer _grace;
    private int _presses;

    public PowerButton()
    {
        _grace = new Timer(_ => Stop(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _signals = new StopSignals(Press);
    }

    /// <summary>The machine whose button it is.</summary>
    public Ps3Machine? Machine { get; set; }

    /// <summary>Why the machine is to stop: the last reason that there was.</summary>
    public StopReason Reason { get; private set; }

    /// <summary>Cancelled when the machine is to stop at once.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>The reader of the console's text has gone: nobody waits for more.</summary>
    public void OnReaderGone()
    {
        Reason = StopReason.OutputClosed;
        Stop();
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
            : $"power button pressed by {StopSignals.Describe(reason)}; the machine stops in {Grace.TotalSeconds:0} s if the guest does not");
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
