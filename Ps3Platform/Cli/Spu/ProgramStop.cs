using Ps3Platform.Cli.Shell;

namespace Ps3Platform.Cli.Spu;

/// <summary>
/// Stops a command that runs no guest: the first Ctrl-C, SIGTERM or SIGHUP ends its work normally, the second (for instance while it
/// waits for input) ends the process. It is also stopped when the reader of its output has closed it.
/// </summary>
internal sealed class ProgramStop : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly StopSignals _signals;

    public ProgramStop() => _signals = new StopSignals(Ask);

    /// <summary>The reason why it was stopped.</summary>
    public StopReason Reason { get; private set; }

    /// <summary>Cancelled when the command must stop.</summary>
    public CancellationToken Token => _cancel.Token;

    /// <summary>Stops the command because the reader of standard output has closed it.</summary>
    public void OnReaderGone() => Ask(StopReason.OutputClosed);

    public void Dispose()
    {
        _signals.Dispose();
        _cancel.Dispose();
    }

    private bool Ask(StopReason reason)
    {
        if (_cancel.IsCancellationRequested)
            return true;
        Reason = reason;
        _cancel.Cancel();
        return false;
    }
}
