using System.Diagnostics;
using System.Globalization;

using SpuRuntime.Scheduling;

using Xunit;

namespace SpuRuntime.Tests.Scheduling;

/// <summary>Blocked SPEs cost no host time.</summary>
public sealed class IdleCostTests
{
    // Short, because every build runs it; a long run measures over 10 s.
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(2);

    [SkippableFact]
    public void Six_spes_that_wait_use_less_than_two_percent_of_a_core()
    {
        Skip.IfNot(Directory.Exists("/proc/self/task"), "the host has no /proc to read a thread's processor time from");
        TimeSpan wait = double.TryParse(
            Environment.GetEnvironmentVariable("SPE_IDLE_SECONDS"), CultureInfo.InvariantCulture, out double seconds)
            ? TimeSpan.FromSeconds(seconds)
            : Usual;
        // SPE numbers that no other test uses, because host threads are found by their names.
        using SpeScheduler scheduler = Schedulers.Build("one-thread-each");
        FakeSpe[] spes = [.. Enumerable.Range(900, 6).Select(number => new FakeSpe(number))];
        foreach (FakeSpe spe in spes)
            spe.Post(scheduler);
        Eventually.Is(() => Array.TrueForAll(spes, spe => spe.Taken == 1), "all have run");

        long start = Stopwatch.GetTimestamp();
        double before = ProcessorSeconds("SPE 90", out int threads);
        Assert.Equal(6, threads);
        Thread.Sleep(wait);
        double used = ProcessorSeconds("SPE 90", out _) - before;

        double share = used / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.True(share < 0.02, $"they used {share:P2} of a core");
    }

    // schedstat's first number is the time on a processor in nanoseconds (Linux, Documentation/scheduler/sched-stats.rst).
    private static double ProcessorSeconds(string name, out int threads)
    {
        double sum = 0;
        threads = 0;
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                if (!File.ReadAllText(Path.Combine(task, "comm")).StartsWith(name, StringComparison.Ordinal))
                    continue;
                string stat = File.ReadAllText(Path.Combine(task, "schedstat"));
                sum += double.Parse(stat.Split(' ')[0], CultureInfo.InvariantCulture) / 1e9;
                threads++;
            }
            catch (IOException)
            {
                // The thread belonged to another test and has just ended.
            }
        }

        return sum;
    }
}
