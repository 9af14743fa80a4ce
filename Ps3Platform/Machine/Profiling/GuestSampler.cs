using CellPpe.Core;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine.Profiling;

/// <summary>
/// Samples a machine's threads between their turns, on the emulation thread. A turn is never cut short for a sample, so a
/// run with the instruction clock is the same run with and without it.
/// </summary>
public sealed class GuestSampler
{
    private readonly GuestProfile _profile;
    private readonly StackWalker _walker;
    private readonly ulong _interval;
    private readonly int[] _stack = new int[StackWalker.MostFrames];
    private readonly ulong[] _unsampled;
    private readonly ulong _origin;

    /// <summary>A sampler for one machine. When a guest restarts, the new machine's sampler continues the same profile.</summary>
    /// <param name="profile">Receives the samples.</param>
    /// <param name="interval">Guest time a thread runs between two samples; at least a turn passes.</param>
    public GuestSampler(GuestProfile profile, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(profile);
        _profile = profile;
        _walker = new StackWalker(profile.Frames);
        _interval = Math.Max(1, (ulong)(interval.TotalSeconds * IMachineClock.Frequency));
        _unsampled = new ulong[profile.Threads.Count];
        // The time base of a restarted machine starts again; its samples follow those of the previous machine.
        foreach (ThreadTimeline timeline in profile.Threads)
            _origin = Math.Max(_origin, timeline.Samples.Length > 0 ? timeline.Samples[^1].End : 0);
    }

    /// <summary>Samples a thread after its turn, if a sample is due.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="start">Time base at the turn's start.</param>
    /// <param name="end">Time base at its end.</param>
    /// <param name="whole">
    /// False when the turn ended early. The places where that happens (a pause, a new decrementer value) would bias the profile, so the
    /// sample waits for the next whole turn, but only for a limited time.
    /// </param>
    internal void Observe(PpuThread thread, ulong start, ulong end, bool whole)
    {
        ref ulong unsampled = ref _unsampled[thread.ThreadId];
        unsampled += end - start;
        if (unsampled < (whole ? _interval : 2 * _interval))
            return;
        int depth = _walker.Walk(thread, _stack);
        _profile.Add(thread.ThreadId, _stack.AsSpan(0, depth), _origin + end, unsampled);
        unsampled = 0;
    }
}
