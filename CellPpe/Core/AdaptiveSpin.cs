using System.Diagnostics;

namespace CellPpe.Core;

/// <summary>
/// Spins for work before a host thread sleeps. Waking a sleeping thread takes tens of microseconds, which is more than a read from the
/// host's page cache takes. It spins only while that has helped lately: a wait that the longest spin would have covered makes
/// the next spin a whole one, and each other wait halves it, so that a thread whose work comes rarely does not spin. All members belong to
/// the thread that waits.
/// </summary>
/// <param name="hasWork">True when there is something to do. May be called often.</param>
/// <param name="longest">The longest spin.</param>
public sealed class AdaptiveSpin(Func<bool> hasWork, TimeSpan longest)
{
    // Checks between two reads of the clock: a few hundred nanoseconds.
    private const int ChecksAtOnce = 8;
    private const int PausesPerCheck = 4;

    private static readonly bool HasOtherCores = Environment.ProcessorCount > 1;

    private readonly long _longest = (long)(longest.TotalSeconds * Stopwatch.Frequency);
    private long _spin;
    private long _started;

    /// <summary>Spins until there is work, or for as long as is worth it now.</summary>
    /// <returns>False: there is no work yet, and the thread should sleep, and then call <see cref="OnSlept"/>.</returns>
    public bool TryAwait()
    {
        _started = Stopwatch.GetTimestamp();
        if (!HasOtherCores)
            return hasWork();
        do
        {
            for (int check = 0; check < ChecksAtOnce; check++)
            {
                if (hasWork())
                    return true;
                if (_spin > 0)
                    Thread.SpinWait(PausesPerCheck);
            }
        }
        while (Stopwatch.GetTimestamp() - _started < _spin);
        return false;
    }

    /// <summary>The thread has slept since <see cref="TryAwait"/> returned false.</summary>
    /// <param name="workAt">When work came, by <see cref="Stopwatch.GetTimestamp"/>; a time before the wait: none came.</param>
    public void OnSlept(long workAt) =>
        _spin = workAt >= _started && workAt - _started < _longest ? _longest : _spin / 2;
}
