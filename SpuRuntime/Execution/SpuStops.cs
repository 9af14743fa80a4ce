using CellPpe.Core.Stops;

using SpuRuntime.Engine;

namespace SpuRuntime.Execution;

/// <summary>The stops of one SPU. Everything decoded is decoded again when they change.</summary>
/// <param name="engine">The SPU.</param>
/// <param name="setPoints">Gives the SPU other points, or none; not while it runs.</param>
internal sealed class SpuStops(ISpuEngine engine, Action<StopPoints?> setPoints) : IStops
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
        while (left > 0)
        {
            ulong before = engine.State.Instructions;
            SpuExit exit = engine.Run(left);
            left -= (long)(engine.State.Instructions - before);
            if (_points.LastStop is { } stop)
                return stop with { Instructions = instructions - left };
            // A request for attention is answered after this run.
            if (exit.Reason is SpuExitReason.Budget or SpuExitReason.SingleStep or SpuExitReason.Attention)
                continue;
            StopCause cause = exit.Reason == SpuExitReason.Blocked ? StopCause.Waiting : StopCause.Ended;
            return new Stop(cause, engine.State.Pc, instructions - left);
        }

        return new Stop(StopCause.Count, engine.State.Pc, instructions);
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
        setPoints(_points.IsEmpty ? null : _points);
        return true;
    }
}
