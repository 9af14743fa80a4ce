using System.CommandLine;

using CellPpe.Ppe.Execution;

using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Spu;
using Ps3Platform.Machine;

using SpuRuntime.Scheduling;

namespace Ps3Platform.Cli;

/// <summary>The options about SPEs, and what they ask for.</summary>
/// <param name="engine">The option that chooses the PPE's engine.</param>
internal sealed class SpeOptions(Setting<PpuEngine> engine)
{
    private const int MostThreads = 64;

    private readonly Setting<ulong> _count = new(
        "--spes", new NumberKind(0, MachineConfig.MostSpes, "a Cell has eight SPEs, of which a retail console gives six"),
        "SPEs of the partition.", $"{MachineConfig.RetailSpes}");
    private readonly Setting<SpePolicy> _policy = new(
        "--spe-policy", new ChoiceKind<SpePolicy>("POLICY", [.. Enum.GetValues<SpePolicy>().Select(static policy => (SpeSchedulerOptions.NameOf(policy), policy))]),
        "one-thread-each: an SPE has a host thread (default where the host has more cores than SPEs). time-sliced: SPEs share some (default elsewhere). "
        + "round-robin: SPEs run in turns with the PPE (always with --clock instructions).");
    private readonly Setting<ulong> _threads = new(
        "--spe-threads", new NumberKind(1, MostThreads), "Host threads of --spe-policy time-sliced; as many as the host has cores if not given.");
    private readonly Setting<SpeQuantum> _quantum = new("--spe-quantum", new QuantumKind(), "How long an SPE runs while others wait: host time, or instructions (i).");
    private readonly Setting<string> _timeline = new("--spe-timeline", new TextKind("FILE"), "Write what each SPE did when to this file, for ui.perfetto.dev or chrome://tracing.");

    private readonly SpuEngineChoice _engine = new(engine);

    /// <summary>The options, for a command.</summary>
    public IReadOnlyList<Option> All => [_count, .. _engine.All, _policy, _threads, _quantum, _timeline];

    /// <summary>Puts what was asked for into a configuration, whose clock is chosen already.</summary>
    public MachineConfig Apply(ParseResult parsed, MachineConfig config)
    {
        int count = (int)_count.Read(parsed);
        if (count == 0)
            RefuseWithoutSpes(parsed);
        SpePolicy policy = ReadPolicy(parsed, config.Clock, count);
        var scheduling = new SpeSchedulerOptions { Policy = policy, Quantum = ReadQuantum(parsed, policy) };
        if (_threads.TryRead(parsed, out ulong threads))
        {
            if (policy != SpePolicy.TimeSliced)
                throw _threads.Refuse(parsed, "only --spe-policy time-sliced shares host threads out; leave one of the two out");
            scheduling = scheduling with { Threads = (int)threads };
        }

        return config with
        {
            Spes = count,
            SpeScheduling = scheduling,
            SpeTimeline = _timeline.IsGiven(parsed),
            SpuEngine = _engine.ReadEngine(parsed),
            SpuFloat = _engine.ReadMode(parsed),
        };
    }

    /// <summary>Where the timeline goes, or null.</summary>
    public OutputFile? ReadTimeline(ParseResult parsed) => _timeline.TryRead(parsed, out string? path) ? OutputFile.Check(path, _timeline.Name) : null;

    private void RefuseWithoutSpes(ParseResult parsed)
    {
        Option? given = All.FirstOrDefault(option => option != _count && parsed.GetResult(option) is { Implicit: false });
        if (given is not null)
            throw new UsageException($"{given.Name}: has no effect with --spes 0; leave one of the two out.");
    }

    private SpePolicy ReadPolicy(ParseResult parsed, ClockMode clock, int count)
    {
        bool isGiven = _policy.TryRead(parsed, out SpePolicy policy);
        if (!isGiven && clock == ClockMode.Host)
            return _threads.IsGiven(parsed) || _quantum.IsGiven(parsed) ? SpePolicy.TimeSliced : SpeSchedulerOptions.PolicyFor(count, Environment.ProcessorCount);
        if (!isGiven)
            return SpePolicy.RoundRobin;
        if (clock == ClockMode.Instructions && policy != SpePolicy.RoundRobin)
            throw _policy.Refuse(parsed, $"with --clock instructions SPEs run in turns; leave it out, or give {SpeSchedulerOptions.NameOf(SpePolicy.RoundRobin)}");
        return policy;
    }

    private SpeQuantum? ReadQuantum(ParseResult parsed, SpePolicy policy)
    {
        if (!_quantum.TryRead(parsed, out SpeQuantum quantum))
            return null;
        if (policy == SpePolicy.OneThreadEach)
            throw _quantum.Refuse(parsed, "has no effect with --spe-policy one-thread-each, where no SPE waits for another; leave one of the two out");
        if (policy == SpePolicy.RoundRobin && quantum.IsTime)
            throw _quantum.Refuse(parsed, "SPEs that run in turns get a number of instructions; write for instance 20000i");
        return quantum;
    }
}
