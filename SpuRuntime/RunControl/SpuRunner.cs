using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.State;

namespace SpuRuntime.RunControl;

/// <summary>The host thread's way through a slice: into the SPE's lock, out of it to execute, back in to settle, and so on.</summary>
internal sealed class SpuRunner(SpeLock speLock, SpuRunControl run, ISpuEngine engine, ISpeScheduler scheduler, ISchedulableSpe spe)
{
    /// <summary>Runs instructions; see <see cref="ISchedulableSpe.RunSlice"/>.</summary>
    public SpuExit RunSlice(long instructions)
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
                end = run.End(exit, hasTimeLeft: left > 0);
                actions = speLock.Collect();
            }

            speLock.CarryOut(actions);
            if (end == SliceEnd.Over)
                break;
            // If it waits in vain, the next round does not begin.
            if (end == SliceEnd.WaitInside)
                scheduler.AwaitInside(spe, run.Slice.Wait);
        }

        return exit;
    }
}
