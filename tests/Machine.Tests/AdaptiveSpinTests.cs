using System.Diagnostics;

using CellPpe.Core;

using Xunit;

namespace Machine.Tests;

/// <summary>When a thread spins for work before it sleeps.</summary>
public sealed class AdaptiveSpinTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(20);
    private int _checks;

    [Fact]
    public void It_spins_only_where_that_has_helped()
    {
        // With one core the thread that has the work could not run meanwhile.
        if (Environment.ProcessorCount == 1)
            return;
        var spin = new AdaptiveSpin(() => Interlocked.Increment(ref _checks) < 0, Longest);
        Assert.False(spin.TryAwait());
        Assert.InRange(Elapsed(() => Assert.False(spin.TryAwait())), TimeSpan.Zero, Longest / 2);

        // Work came soon: the next wait spins, and each vain one halves the time.
        spin.OnSlept(Stopwatch.GetTimestamp());
        Assert.True(Elapsed(() => Assert.False(spin.TryAwait())) >= Longest);
        for (int vain = 0; vain < 12; vain++)
            spin.OnSlept(0);
        Assert.InRange(Elapsed(() => Assert.False(spin.TryAwait())), TimeSpan.Zero, Longest / 2);
    }

    [Fact]
    public void Work_that_is_there_is_found_at_once()
    {
        var spin = new AdaptiveSpin(static () => true, Longest);
        Assert.True(spin.TryAwait());
    }

    private static TimeSpan Elapsed(Action action)
    {
        long started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started);
    }
}
