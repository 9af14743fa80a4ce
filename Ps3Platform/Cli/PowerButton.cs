using Ps3Platform.Machine;

namespace Ps3Platform.Cli;

/// <summary>Ctrl-C: the first presses the console's power button, the second (or one that nobody hears) pulls the plug.</summary>
internal sealed class PowerButton : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _presses;

    public PowerButton() => Console.CancelKeyPress += OnKey;

    /// <summary>The machine whose button it is.</summary>
    public Ps3Machine? Machine { get; set; }

    /// <summary>Cancelled when the machine is to stop at once.</summary>
    public CancellationToken Stopped => _stop.Token;

    public void Dispose()
    {
        Console.CancelKeyPress -= OnKey;
        _stop.Dispose();
    }

    private void OnKey(object? sender, ConsoleCancelEventArgs e)
    {
        e.Cancel = true;
        // Between two machines of a guest that restarts there is no button to press.
        if (Interlocked.Increment(ref _presses) > 1 || Machine is not { } machine)
        {
            _stop.Cancel();
            return;
        }

        Terminal.Note("power button pressed; Ctrl-C again stops at once");
        machine.Post(() =>
        {
            if (!machine.SystemManager.PressPowerButton())
            {
                Terminal.Note("the guest does not listen for the power button");
                _stop.Cancel();
            }
        });
    }
}
