using Ps3Platform.Cli.Shell;

namespace Ps3Platform.Cli.Spu;

/// <summary>
/// How work without a guest is stopped from outside: the first Ctrl-C, SIGTERM or SIGHUP ends it in order, the second (while it waits for
/// input, say) the process; and it ends when nobody reads its output any more.
/// </summary>
internal sealed class ProgramStop : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly StopSignals _signals;

    public ProgramStop() => _signals = new StopSignals(Ask);

    /// <summary>Why it was stopped.</summary>
    public StopReason Reason { get; private set; }

    /// <summary>Cancelled when it is to stop.</summary>
    public CancellationToken Token => _cancel.Token;

    /// <summary>The reader of standard output has gone.</summary>
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
