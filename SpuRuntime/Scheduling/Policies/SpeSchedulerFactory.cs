namespace SpuRuntime.Scheduling.Policies;

/// <summary>Makes schedulers: the one place that knows all policies.</summary>
public static class SpeSchedulerFactory
{
    /// <summary>Makes the scheduler that the options describe.</summary>
    /// <param name="options">Which rules, how many threads.</param>
    /// <param name="failed">
    /// Told on a host thread of the scheduler's when a slice has thrown: a bug of this program, after which the machine is to be
    /// ended. That SPE never runs again. With <see cref="SpePolicy.RoundRobin"/> the exception goes to the caller of the turn instead.
    /// </param>
    public static SpeScheduler Build(this SpeSchedulerOptions options, Action<ISchedulableSpe, Exception> failed)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(failed);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        return options.Policy switch
        {
            SpePolicy.OneThreadEach => new OneThreadEachScheduler(options, failed),
            SpePolicy.TimeSliced => new TimeSlicedScheduler(options, failed),
            SpePolicy.RoundRobin => new RoundRobinScheduler(options, failed),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Policy, "no such policy"),
        };
    }
}
