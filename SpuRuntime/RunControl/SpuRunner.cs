using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.State;

namespace SpuRuntime.RunControl;

/// <summary>The host thread's way through a slice: into the SPE's lock, out of it to execute, back in to settle, and so on.</summary>
/// <param name="speLock">The SPE's lock.</param>
/// <param name="run">Its run control.</param>
/// <param name="engine">What executes its instructions.</param>
/// <param name="scheduler">Where it waits inside a slice.</param>
/// <param name="spe">The SPE.</param>
/// <param name="atStop">Called, without the lock, when a slice has ended at a breakpoint or a watched access; or null.</param>
internal sealed class SpuRunner(
    SpeLock speLock, SpuRunControl run, ISpuEngine engine, ISpeScheduler scheduler, ISchedulableSpe spe, Action? atStop)
{
    /// <summary>Runs instructions; see <see cref="ISchedulableSpe.RunSlice"/>.</summary>
    /// <param name="instructions">The most to execute.</param>
    /// <param name="mayWait">A slice that the scheduler has begun: it may wait inside for what blocks the SPU.</param>
    public SpuExit RunSlice(long instructions, bool mayWait = true)
    {
        SpuExit exit = new(SpuExitReason.Attention);
        long left = instructions;
        while (left > 0)
        {
            long budget = left;
            bool begun;
            SpeActions actions;
            using (speLock.Enter())
            {
                begun = run.TryBegin(ref budget, ref exit);
                actions = speLock.Collect();
            }

            speLock.CarryOut(actions);
            if (!begun)
                break;

            ulong before = engine.State.Instructions;
            exit = engine.Run(budget);
            left -= Math.Max(1, (long)(engine.State.Instructions - before));

            SliceEnd end;
            using (speLock.Enter())
            {
                end = run.End(exit, hasTimeLeft: mayWait && left > 0);
                actions = speLock.Collect();
            }

            speLock.CarryOut(actions);
            if (end == SliceEnd.Over)
                break;
            // If it waits in vain, the next round does not begin.
            if (end == SliceEnd.WaitInside)
                scheduler.AwaitInside(spe, run.Slice.Wait);
        }

        if (exit.Reason == SpuExitReason.StopPoint)
            atStop?.Invoke();
        return exit;
    }
}
