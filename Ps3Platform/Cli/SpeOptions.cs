using System.CommandLine;

using Ps3Platform.Cli.Spu;
using Ps3Platform.Machine;

using SpuRuntime.Scheduling;

namespace Ps3Platform.Cli;

/// <summary>The options about SPEs, and what they ask for.</summary>
/// <param name="engine">The option that chooses the PPE's engine.</param>
internal sealed class SpeOptions(Option<string> engine)
{
    private const int MostThreads = 64;

    private readonly Option<int> _count = new("--spes") { Description = "SPEs of the partition: 0 to 8; a retail console gives 6.", HelpName = "N", DefaultValueFactory = _ => MachineConfig.RetailSpes };
    private readonly Option<string?> _policy = new("--spe-policy") { Description = "one-thread-each: an SPE has a host thread (default where the host has more cores than SPEs). time-sliced: SPEs share some (default elsewhere). round-robin: SPEs run in turns with the PPE (always with --clock instructions).", HelpName = "POLICY" };
    private readonly Option<int?> _threads = new("--spe-threads") { Description = "Host threads of --spe-policy time-sliced; as many as the host has cores if not given.", HelpName = "N" };
    private readonly Option<string?> _quantum = new("--spe-quantum") { Description = "How long an SPE runs while others wait: for instance 500us, 2ms, or 20000i (instructions).", HelpName = "TIME" };
    private readonly Option<string?> _timeline = new("--spe-timeline") { Description = "Write what each SPE did when to this file, for ui.perfetto.dev or chrome://tracing.", HelpName = "FILE" };

    private readonly SpuEngineChoice _engine = new(engine);

    /// <summary>The options, for a command.</summary>
    public IReadOnlyList<Option> All => [_count, .. _engine.All, _policy, _threads, _quantum, _timeline];

    /// <summary>Puts what was asked for into a configuration, whose clock is chosen already.</summary>
    public MachineConfig Apply(ParseResult parsed, MachineConfig config)
    {
        int count = parsed.GetValue(_count);
        if (count is < 0 or > MachineConfig.MostSpes)
            throw new UsageException($"--spes {count}: a Cell has eight SPEs; give 0 to {MachineConfig.MostSpes}. A retail console gives {MachineConfig.RetailSpes}.");
        SpePolicy policy = ReadPolicy(parsed.GetValue(_policy), config.Clock, parsed.GetValue(_threads) is not null, count);
        var scheduling = new SpeSchedulerOptions { Policy = policy, Quantum = ReadQuantum(parsed.GetValue(_quantum), policy) };
        if (parsed.GetValue(_threads) is { } threads)
        {
            if (policy != SpePolicy.TimeSliced)
                throw new UsageException($"--spe-threads {threads}: only --spe-policy time-sliced shares host threads out.");
            if (threads is < 1 or > MostThreads)
                throw new UsageException($"--spe-threads {threads}: give 1 to {MostThreads}.");
            scheduling = scheduling with { Threads = threads };
        }

        return config with
        {
            Spes = count,
            SpeScheduling = scheduling,
            SpeTimeline = TimelinePath(parsed) is not null,
            SpuEngine = _engine.ReadEngine(parsed),
            SpuFloat = _engine.ReadMode(parsed),
        };
    }

    /// <summary>Where the timeline goes, or null.</summary>
    public string? TimelinePath(ParseResult parsed)
    {
        string? path = parsed.GetValue(_timeline);
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder && !Directory.Exists(folder))
            throw new UsageException($"--spe-timeline {path}: there is no folder {folder}; make it first.");
        return path;
    }

    private static SpePolicy ReadPolicy(string? text, ClockMode clock, bool sharesThreads, int count)
    {
        if (text is null && clock == ClockMode.Host)
            return sharesThreads ? SpePolicy.TimeSliced : SpeSchedulerOptions.PolicyFor(count, Environment.ProcessorCount);
        if (text is null)
            return SpePolicy.RoundRobin;
        if (!SpeSchedulerOptions.TryParsePolicy(text, out SpePolicy policy))
            throw new UsageException($"--spe-policy {text}: give one of {string.Join(", ", Enum.GetValues<SpePolicy>().Select(SpeSchedulerOptions.NameOf))}.");
        if (clock == ClockMode.Instructions && policy != SpePolicy.RoundRobin)
            throw new UsageException($"--spe-policy {text}: with --clock instructions SPEs run in turns; leave it out, or give {SpeSchedulerOptions.NameOf(SpePolicy.RoundRobin)}.");
        return policy;
    }

    private static SpeQuantum? ReadQuantum(string? text, SpePolicy policy)
    {
        if (text is null)
            return null;
        if (!SpeQuantum.TryParse(text, out SpeQuantum quantum))
            throw new UsageException($"--spe-quantum {text}: write for instance 500us, 2ms or 20000i (instructions).");
        if (policy == SpePolicy.RoundRobin && quantum.IsTime)
            throw new UsageException($"--spe-quantum {text}: SPEs that run in turns get a number of instructions; write for instance 20000i.");
        return quantum;
    }
}
