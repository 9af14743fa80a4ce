using SpuRuntime.Timeline;

namespace SpuRuntime.Scheduling;

/// <summary>Which rules a scheduler follows.</summary>
public enum SpePolicy
{
    /// <summary>Each SPE has a host thread, which sleeps while the SPE cannot run.</summary>
    OneThreadEach,

    /// <summary>Some host threads are shared out among the runnable SPEs, by priorities and gangs.</summary>
    TimeSliced,

    /// <summary>No host threads: the machine's loop gives each SPE a fixed number of instructions in a fixed order.</summary>
    RoundRobin,
}

/// <summary>How a machine's SPEs are to be scheduled.</summary>
public sealed record SpeSchedulerOptions
{
    /// <summary>The rules.</summary>
    public SpePolicy Policy { get; init; } = SpePolicy.TimeSliced;

    /// <summary>Host threads of <see cref="SpePolicy.TimeSliced"/>.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How long an SPE may run while others wait; null: the policy's own choice.</summary>
    public SpeQuantum? Quantum { get; init; }

    /// <summary>Host cores; those that other threads do not need may be spent on waiting without sleep.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Longest time a host thread without work spins before it sleeps; 0: it sleeps at once.</summary>
    public TimeSpan LongestSpin { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>What writes down what each SPE does, or null.</summary>
    public SpeTimeline? Timeline { get; init; }

    /// <summary>
    /// What suits a host: a thread each where every SPE can have a core and the PPE one; else they share as many threads as there are
    /// cores, because threads without a core would take each other's turns in the order of the host, which knows of no quantum.
    /// </summary>
    public static SpePolicy PolicyFor(int spes, int cores) => cores > spes ? SpePolicy.OneThreadEach : SpePolicy.TimeSliced;

    /// <summary>The name a command line uses for a policy.</summary>
    public static string NameOf(SpePolicy policy) => policy switch
    {
        SpePolicy.OneThreadEach => "one-thread-each",
        SpePolicy.TimeSliced => "time-sliced",
        SpePolicy.RoundRobin => "round-robin",
        _ => throw new ArgumentOutOfRangeException(nameof(policy), policy, "no such policy"),
    };

    /// <summary>The policy with a command line's name.</summary>
    public static bool TryParsePolicy(string name, out SpePolicy policy)
    {
        foreach (SpePolicy candidate in Enum.GetValues<SpePolicy>())
        {
            if (NameOf(candidate) == name)
            {
                policy = candidate;
                return true;
            }
        }

        policy = default;
        return false;
    }
}
