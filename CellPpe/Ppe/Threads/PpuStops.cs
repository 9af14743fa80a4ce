using CellPpe.Core.Stops;

namespace CellPpe.Ppe.Threads;

/// <summary>The stops of one hardware thread. Decoded code and translations are made again when they change.</summary>
internal sealed class PpuStops(PpuThread thread) : IStops
{
    private readonly StopPoints _points = new();

    /// <inheritdoc/>
    public Stop? LastStop => _points.LastStop;

    /// <inheritdoc/>
    public IReadOnlyCollection<ulong> Breakpoints => _points.Breakpoints;

    /// <inheritdoc/>
    public IReadOnlyList<Watchpoint> Watchpoints => _points.Watchpoints;

    /// <inheritdoc/>
    public Stop RunExactly(long instructions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(instructions);
        long left = instructions;
        // A turn may end because of a posted action or because the decrementer was set. Both are handled after this run.
        while (left > 0 && !thread.IsPaused)
        {
            left -= thread.RunTurnExactly(left);
            if (_points.LastStop is { } stop)
                return stop with { Instructions = instructions - left };
        }

        return new Stop(left > 0 ? StopCause.Waiting : StopCause.Count, thread.State.Nia, instructions - left);
    }

    /// <inheritdoc/>
    public Stop Step() => RunExactly(1);

    /// <inheritdoc/>
    public bool AddBreakpoint(ulong address) => Changed(_points.Add(address));

    /// <inheritdoc/>
    public bool RemoveBreakpoint(ulong address) => Changed(_points.Remove(address));

    /// <inheritdoc/>
    public bool AddWatchpoint(Watchpoint watchpoint) => Changed(_points.Add(watchpoint));

    /// <inheritdoc/>
    public bool RemoveWatchpoint(Watchpoint watchpoint) => Changed(_points.Remove(watchpoint));

    /// <inheritdoc/>
    public void ClearLastStop() => _points.ClearLastStop();

    private bool Changed(bool changed)
    {
        if (!changed)
            return false;
        // Runs without points leave this alone.
        if (_points.IsEmpty)
            _points.Begin();
        thread.SetPoints(_points.IsEmpty ? null : _points);
        return true;
    }
}
