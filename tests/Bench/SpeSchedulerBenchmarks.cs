using BenchmarkDotNet.Attributes;

using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Policies;

namespace Bench;

/// <summary>
/// The cost of the SPE scheduler alone: the slices of the SPEs only wake the next one. A round trip is two wakes between host threads;
/// with spinning and a core for each, neither thread sleeps. On a busy host the times depend on the host's scheduler.
/// </summary>
public class SpeWakeBenchmarks : IDisposable
{
    private const int Trips = 1000;

    private SpeScheduler? _scheduler;
    private EchoSpe? _first;
    private EchoSpe? _second;

    /// <summary>How long waiting threads spin before they sleep.</summary>
    [Params(0, 50)]
    public int SpinMicroseconds { get; set; }

    /// <summary>The rules.</summary>
    [Params(SpePolicy.OneThreadEach, SpePolicy.TimeSliced)]
    public SpePolicy Policy { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        // A core for each of the three threads, of which at most two are ever busy.
        var options =
            new SpeSchedulerOptions { Policy = Policy, Threads = 2, Cores = 3, LongestSpin = TimeSpan.FromMicroseconds(SpinMicroseconds) };
        _scheduler = options.Build((_, exception) => Environment.FailFast("a slice failed", exception));
        _first = new EchoSpe(0, _scheduler);
        _second = new EchoSpe(1, _scheduler);
    }

    /// <summary>The caller, as the PPE, wakes an SPE and polls until it has run: the dispatch latency of a job.</summary>
    [Benchmark(OperationsPerInvoke = Trips)]
    public void Dispatch()
    {
        for (int trip = 0; trip < Trips; trip++)
        {
            int before = _first!.Answers;
            _first.Send(1, null);
            while (_first.Answers == before)
                Thread.SpinWait(1);
        }
    }

    /// <summary>From one SPE to another and back.</summary>
    [Benchmark(OperationsPerInvoke = Trips)]
    public void RoundTrip()
    {
        int before = _first!.Answers + _second!.Answers;
        _first.Send(Trips * 2, _second);
        while (_first.Answers + _second.Answers - before < Trips * 2)
            Thread.Sleep(0);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _scheduler?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Passes a number, decremented by one, to another SPE until it is 1.</summary>
    private sealed class EchoSpe(int number, SpeScheduler scheduler) : ISchedulableSpe
    {
        private volatile int _letter;
        private volatile int _answers;
        private volatile EchoSpe? _partner;

        public int Number => number;

        public bool IsRunnable => _letter != 0;

        public int Answers => _answers;

        public void Send(int letter, EchoSpe? partner)
        {
            _partner = partner;
            _letter = letter;
            scheduler.Wake(this);
        }

        public SpuExit RunSlice(long instructions)
        {
            int letter = _letter;
            _letter = 0;
            _answers++;
            if (letter > 1)
                _partner?.Send(letter - 1, this);
            return new SpuExit(SpuExitReason.Blocked, 29);
        }

        public void Interrupt()
        {
        }
    }
}

/// <summary>
/// The scheduler's cost of a switch from one SPE to another, with empty slices. A guest's kernel switches contexts at a higher level,
/// with a save and a restore of local store.
/// </summary>
public class SpeSwitchBenchmarks : IDisposable
{
    private const int Switches = 100_000;

    private readonly EndlessSpe[] _spes = [.. Enumerable.Range(0, 64).Select(number => new EndlessSpe(number))];
    private SpeScheduler? _turns;

    /// <summary>How many SPEs can run.</summary>
    [Params(6, 16, 64)]
    public int Runnable { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _turns = new SpeSchedulerOptions { Policy = SpePolicy.RoundRobin }.Build((_, _) => { });
        foreach (EndlessSpe spe in _spes.AsSpan(0, Runnable))
            _turns.Wake(spe);
    }

    /// <summary>On the caller's thread.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Switches)]
    public void RoundRobin()
    {
        for (int done = 0; done < Switches; done += Runnable)
            _turns!.RunTurn();
    }

    /// <summary>On one thread of the scheduler, including start and stop of the SPEs.</summary>
    [Benchmark(OperationsPerInvoke = Switches)]
    public void TimeSliced()
    {
        using SpeScheduler scheduler = new SpeSchedulerOptions
        {
            Policy = SpePolicy.TimeSliced,
            Threads = 1,
            Quantum = SpeQuantum.Instructions(1)
        }.Build((_, _) => { });
        using var done = new ManualResetEventSlim();
        int left = Switches;
        Action count = () =>
        {
            if (Interlocked.Decrement(ref left) == 0)
                done.Set();
        };
        foreach (EndlessSpe spe in _spes.AsSpan(0, Runnable))
        {
            spe.Count = count;
            scheduler.Wake(spe);
        }

        done.Wait();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _turns?.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class EndlessSpe(int number) : ISchedulableSpe
    {
        public int Number => number;

        public bool IsRunnable => true;

        public Action? Count { get; set; }

        public SpuExit RunSlice(long instructions)
        {
            Count?.Invoke();
            return new SpuExit(SpuExitReason.Budget);
        }

        public void Interrupt()
        {
        }
    }
}
