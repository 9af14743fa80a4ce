using CellPpe.Core.Stops;

using SpuRuntime.Engine;
using SpuRuntime.State;

namespace SpuRuntime.RunControl;

/// <summary>
/// The stops of an SPE. They are its engine's; what a run of instructions leads to (SPU_Status, interrupts, DMA) is settled as in a
/// slice. To be used while no host thread is inside the SPE, with its scheduler paused.
/// </summary>
internal sealed class SpeStops(SpeLock speLock, SpuRunControl run, SpuRunner runner, ISpuEngine engine) : IStops
{
    /// <inheritdoc/>
    public Stop? LastStop => engine.Stops.LastStop;

    /// <inheritdoc/>
    public IReadOnlyCollection<ulong> Breakpoints => engine.Stops.Breakpoints;

    /// <inheritdoc/>
    public IReadOnlyList<Watchpoint> Watchpoints => engine.Stops.Watchpoints;

    /// <inheritdoc/>
    public Stop RunExactly(long instructions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(instructions);
        ClearLastStop();
        long left = instructions;
        while (left > 0)
        {
            ulong before = engine.State.Instructions;
            runner.RunSlice(left, mayWait: false);
            left -= (long)(engine.State.Instructions - before);
            if (LastStop is { } stop)
                return stop with { Instructions = instructions - left };
            // A slice that was asked to end, perhaps before this run, is followed by another one.
            if (left > 0 && Obstacle() is { } cause)
                return new Stop(cause, engine.State.Pc, instructions - left);
        }

        return new Stop(StopCause.Count, engine.State.Pc, instructions);
    }

    /// <inheritdoc/>
    public Stop Step() => RunExactly(1);

    /// <inheritdoc/>
    public bool AddBreakpoint(ulong address) => engine.Stops.AddBreakpoint(address);

    /// <inheritdoc/>
    public bool RemoveBreakpoint(ulong address) => engine.Stops.RemoveBreakpoint(address);

    /// <inheritdoc/>
    public bool AddWatchpoint(Watchpoint watchpoint) => engine.Stops.AddWatchpoint(watchpoint);

    /// <inheritdoc/>
    public bool RemoveWatchpoint(Watchpoint watchpoint) => engine.Stops.RemoveWatchpoint(watchpoint);

    /// <inheritdoc/>
    public void ClearLastStop()
    {
        SpeActions actions;
        using (speLock.Enter())
        {
            engine.Stops.ClearLastStop();
            run.LeaveStop();
            actions = speLock.Collect();
        }

        speLock.CarryOut(actions);
    }

    // Why no instruction can be executed now; null when one can.
    private StopCause? Obstacle()
    {
        using Lock.Scope scope = speLock.Enter();
        if (run.IsRunnable)
            return null;
        return run.IsBlocked ? StopCause.Waiting : StopCause.Ended;
    }
}
