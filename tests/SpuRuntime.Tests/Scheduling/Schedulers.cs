using System.Globalization;

using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Policies;

using Xunit;

namespace SpuRuntime.Tests.Scheduling;

/// <summary>Schedulers with host threads, for tests that hold for all of them.</summary>
internal static class Schedulers
{
    public static TheoryData<string> Threaded =>
        ["one-thread-each", "time-sliced 1", "time-sliced 2", "time-sliced 3, no spin", "one-thread-each, no spin"];

    /// <summary>How many operations a stress test does: 10^5 for every build, more by an environment variable.</summary>
    public static int Operations { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SPE_SCHEDULER_OPERATIONS"), CultureInfo.InvariantCulture, out int asked)
            ? asked
            : 100_000;

    public static SpeScheduler Build(string name, Action<ISchedulableSpe, Exception>? failed = null)
    {
        string[] words = name.Split(' ', ',');
        SpeSchedulerOptions options = new()
        {
            Policy = SpeSchedulerOptions.TryParsePolicy(words[0], out SpePolicy policy) ? policy : throw new ArgumentException(name),
            Threads = words.Length > 1 && int.TryParse(words[1], CultureInfo.InvariantCulture, out int threads) ? threads : 1,
            Quantum = SpeQuantum.Instructions(500),
            LongestSpin = name.EndsWith("no spin", StringComparison.Ordinal) ? TimeSpan.Zero : TimeSpan.FromMicroseconds(20),
        };
        return options.Build(failed ?? ((spe, exception) => Assert.Fail($"SPE {spe.Number}: {exception}")));
    }
}
