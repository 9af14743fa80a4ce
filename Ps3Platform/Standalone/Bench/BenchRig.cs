using System.Diagnostics;
using System.Runtime.Intrinsics;
using Microsoft.Extensions.Logging.Abstractions;
using Ps3Platform.Standalone.Rig;
using SpuRuntime;
using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.Isa;
using SpuRuntime.Ports;
using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Policies;

namespace Ps3Platform.Standalone.Bench;

/// <summary>SPEs with a scheduler, for measurements. The caller acts as the PPE.</summary>
public sealed class BenchRig : ISpeTimer, IDisposable
{
    private const uint Running = 1;
    private const int SpinsBeforeYield = 200;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly StandaloneClock _clock = new(isHosts: true, static () => 0);
    private volatile Exception? _failure;

    /// <summary>Makes stopped SPEs.</summary>
    public BenchRig(int count, SpeSchedulerOptions scheduling, ISpuEngineFactory engines)
    {
        ArgumentNullException.ThrowIfNull(scheduling);
        Scheduler = scheduling.Build((_, exception) => _failure = exception);
        TakesTurns = scheduling.Policy == SpePolicy.RoundRobin;
        Spes = new SpeRig(count, 4 << 20, _clock, Scheduler, this, engines, NullLogger.Instance);
    }

    /// <summary>The SPEs.</summary>
    public SpeRig Spes { get; }

    /// <summary>The scheduler that runs them.</summary>
    public SpeScheduler Scheduler { get; }

    /// <summary>True when the caller must run them, by <see cref="SpeScheduler.RunTurn"/>.</summary>
    public bool TakesTurns { get; }

    /// <summary>Writes instructions to the start of an SPE's local store.</summary>
    public void Load(int number, string lines)
    {
        uint at = 0;
        foreach (uint word in SpuAssembler.AssembleLines(lines))
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(Spes.LocalStore(number)[(int)at..], word);
            at += 4;
        }
    }

    /// <summary>Sets all words of a register.</summary>
    public void SetRegister(int number, int register, uint value) =>
        Spes.Spes[number].Registers.Registers[register] = Vector128.Create(value).AsByte();

    /// <summary>Waits until an SPU has stopped.</summary>
    public void AwaitStop(int number) => Await(() => (Problem(number, ProblemState.Status) & Running) == 0);

    /// <summary>
    /// The same for an idle PPE: the caller sleeps, so that two SPEs can use two host cores. Not if the caller must run them
    /// (<see cref="TakesTurns"/>).
    /// </summary>
    public void AwaitStopIdle(int number)
    {
        Scheduler.SetBusyPpeThreads(0);
        try
        {
            Await(
                () =>
                {
                    Thread.Sleep(1);
                    return (Problem(number, ProblemState.Status) & Running) == 0;
                });
        }
        finally
        {
            Scheduler.SetBusyPpeThreads(1);
        }
    }

    /// <summary>Waits without sleeping, and yields the core from time to time.</summary>
    public void Await(Func<bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long started = Stopwatch.GetTimestamp();
        for (int spins = 1; !condition(); spins++)
        {
            if (TakesTurns)
                Scheduler.RunTurn();
            else if (spins % SpinsBeforeYield == 0)
                Thread.Yield();
            else
                Thread.SpinWait(10);
            if (_failure is { } failure)
                throw new InvalidOperationException($"an SPE failed: {failure.Message}", failure);
            if (spins % SpinsBeforeYield == 0 && Stopwatch.GetElapsedTime(started) > LongestWait)
                throw new TimeoutException("an SPE that is measured does not end");
        }
    }

    /// <summary>Reads a problem state register, as a PPE does.</summary>
    public uint Problem(int number, ulong register) => (uint)Spes.Spes[number].ProblemState.Read(register, 4);

    /// <summary>Writes a problem state register, as a PPE does.</summary>
    public void Problem(int number, ulong register, uint value) => Spes.Spes[number].ProblemState.Write(register, 4, value);

    /// <summary>Runs the started SPEs for a time.</summary>
    /// <returns>Instructions of each, and the time measured.</returns>
    public (double[] Instructions, TimeSpan Time) RunFor(TimeSpan time)
    {
        Scheduler.Pause();
        ulong[] before = Counts();
        long started = Stopwatch.GetTimestamp();
        Scheduler.Resume();
        if (TakesTurns)
        {
            while (Stopwatch.GetElapsedTime(started) < time)
                Scheduler.RunTurn();
        }
        else
        {
            Thread.Sleep(time);
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        Scheduler.Pause();
        ulong[] after = Counts();
        return ([.. after.Zip(before, static (one, other) => (double)(one - other))], elapsed);
    }

    /// <inheritdoc/>
    public void WakeAt(ulong timeBase, ITimedSpe spe)
    {
        // Not needed: no measured program waits for time alone.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Scheduler.Dispose();
        Spes.Dispose();
    }

    private ulong[] Counts() => [.. Spes.Spes.Select(static spe => spe.Registers.Instructions)];
}
