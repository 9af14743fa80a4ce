using System.Security.Cryptography;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe;

using Microsoft.Extensions.Logging;

using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Turns;
using SpuRuntime;
using SpuRuntime.Execution;
using SpuRuntime.Execution.Regions;
using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Policies;
using SpuRuntime.Spe;
using SpuRuntime.Timeline;

namespace Ps3Platform.Machine.Spes;

/// <summary>
/// A machine's SPEs and their connections to it: scheduler, timers, interrupts to lv1, and notification of the PPE about their stores.
/// They run on their own host threads beside the PPE, or in turns that the machine's loop gives them.
/// </summary>
public sealed class MachineSpes : ISpePool, IWriteWatch, IDisposable
{
    /// <summary>The longest turn of SPEs while the PPE has nothing to do, in ticks: as long as a turn of a PPE thread.</summary>
    internal const ulong LongestTurn = 2500;

    // The same as for a PPE thread (see InstructionTurnClock), so that PPE and SPEs run at the same rate.
    private const ulong InstructionsPerTick = 8;

    private readonly GuestMemory _memory;
    private readonly EventQueue _events;
    private readonly MachineThread _thread;
    private readonly ReservationTable _reservations;
    private readonly SpeScheduler _scheduler;
    private readonly SpeTimers _timers;
    private readonly SpePool _pool;
    private readonly SpuCodeCache? _code;

    internal MachineSpes(
        MachineConfig config, ITurnClock clock, GuestMemory memory, EventQueue events, PpuCore ppe, MachineThread thread,
        ReservationTable reservations)
    {
        _memory = memory;
        _events = events;
        _thread = thread;
        _reservations = reservations;
        SpeSchedulerOptions scheduling = config.SpeScheduling;
        if (config.Clock == ClockMode.Instructions && scheduling.Policy != SpePolicy.RoundRobin)
            scheduling = scheduling with { Policy = SpePolicy.RoundRobin, Quantum = null };
        if (config.SpeTimeline)
            scheduling = scheduling with { Timeline = Timeline = new SpeTimeline(clock) };
        _scheduler = scheduling.Build(OnFailed);
        TakesTurns = scheduling.Policy == SpePolicy.RoundRobin;
        _timers = new SpeTimers(config.Spes, thread);
        _code = SpuCodeCache.Create(config.SpuEngine, config.SpuFloat, config.Loggers.CreateLogger<SpuCodeCache>(), config.CompiledLimit);
        _pool = new SpePool(config.Spes, new SpeEnvironment(
            memory, clock, reservations, config.SpuEngines ?? new SpuCoreFactory(_code), _scheduler, _timers,
            new SpeWrites(memory, events, ppe, thread), config.Loggers.CreateLogger<SpePool>(), Timeline,
            AtStop: EndTurns));
        // Between two runs, and before the first, no SPE runs.
        _scheduler.Pause();
        memory.AddWatch(this);
    }

    /// <inheritdoc/>
    public int Count => _pool.Count;

    /// <summary>The SPEs that the guest has constructed.</summary>
    public IReadOnlyList<LogicalSpe> Taken => _pool.Taken;

    /// <summary>True when an SPE runs or is ready to run.</summary>
    public bool IsBusy => _scheduler.IsBusy;

    /// <summary>The record of what each SPE has done and when, if <see cref="MachineConfig.SpeTimeline"/> is set.</summary>
    public SpeTimeline? Timeline { get; }

    /// <summary>SPU instructions of all constructed SPEs.</summary>
    public ulong Instructions => Taken.Aggregate(0UL, static (sum, spe) => sum + spe.Registers.Instructions);

    /// <summary>Describes each SPE that has not stopped, for messages: "; SPE 2 waits for channel 29 at 0x3e4".</summary>
    public string DescribeRunning() => string.Concat(Taken.Select(static spe => spe.BlockedOn switch
    {
        >= 0 and int channel => $"; SPE {spe.Number} waits for channel {channel} at 0x{spe.Registers.Pc:x}",
        _ when spe.IsAtStop => $"; SPE {spe.Number} at a stop at 0x{spe.Registers.Pc:x}",
        _ when spe.IsRunnable => $"; SPE {spe.Number} running at 0x{spe.Registers.Pc:x}",
        _ => "",
    }));

    /// <summary>True when the SPEs have no host threads, and <see cref="RunTurn"/> runs them.</summary>
    internal bool TakesTurns { get; }

    /// <summary>Time base of the SPEs' next timer.</summary>
    internal ulong NextTime => _timers.NextTime;

    /// <inheritdoc/>
    public ILogicalSpe? TryTake(MemoryRegion localStore) => _pool.TryTake(localStore);

    /// <inheritdoc/>
    public void Return(ILogicalSpe spe)
    {
        _pool.Return(spe);
        // Another SPE may get its number.
        _scheduler.Remove((LogicalSpe)spe);
    }

    /// <summary>Lines of memory that a hypercall or a device stored to are no longer reserved.</summary>
    public unsafe void Written(ulong hostOffset, ulong length)
    {
        // Without a constructed SPE there is no reservation. Only a loader stores more than 2 GiB at once, so the clamp loses nothing.
        if (Taken.Count > 0)
            _reservations.Stored(_memory.HostBase + hostOffset, (int)Math.Min(length, int.MaxValue));
    }

    /// <summary>Appends the SPEs' registers, channels and queues to a hash, in the order of their numbers.</summary>
    public void AppendState(IncrementalHash hash)
    {
        foreach (LogicalSpe spe in Taken.OrderBy(static spe => spe.Number))
        {
            hash.AppendData([(byte)spe.Number]);
            spe.AppendState(hash);
        }
    }

    /// <summary>Ends all host threads. The areas stay mapped.</summary>
    public void Dispose()
    {
        _memory.RemoveWatch(this);
        _scheduler.Dispose();
        _pool.Dispose();
        _code?.Dispose();
    }

    internal IInterruptLine LineTo(IInterruptLine outlet) => new SpeInterruptLine(_thread, _events, outlet);

    internal void RunDue(ulong now) => _timers.RunDue(now);

    /// <summary>Runs each SPE that can run for this number of ticks. Returns false when none could run.</summary>
    internal bool RunTurn(ulong ticks) => _scheduler.RunTurn((long)Math.Min(ticks, LongestTurn) * (long)InstructionsPerTick);

    /// <summary>Sets the number of busy PPE threads, by which the scheduler knows whether a host core is free.</summary>
    internal void SetPpeThreads(int busy) => _scheduler.SetBusyPpeThreads(busy);

    /// <summary>Stops all SPEs until <see cref="Resume"/>.</summary>
    internal void Suspend()
    {
        // Paused first: what one SPE wakes on its way out does not start.
        _scheduler.Pause();
        foreach (LogicalSpe spe in Taken)
            _scheduler.Suspend(spe);
    }

    internal void Resume()
    {
        _scheduler.Resume();
        foreach (LogicalSpe spe in Taken)
        {
            if (spe.IsRunnable)
                _scheduler.Wake(spe);
        }
    }

    /// <summary>Writes <see cref="Timeline"/> in the middle of a run. On the machine's thread; the SPEs stand still meanwhile.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="isHeld">The guest stands still, and so shall the SPEs afterwards.</param>
    internal void WriteTimeline(Stream output, bool isHeld)
    {
        Suspend();
        try
        {
            Timeline?.Write(output);
        }
        finally
        {
            if (!isHeld)
                Resume();
        }
    }

    /// <summary>The SPE that is at a breakpoint or a watched access, or null.</summary>
    internal LogicalSpe? FindAtStop()
    {
        foreach (LogicalSpe spe in Taken)
        {
            if (spe.IsAtStop)
                return spe;
        }

        return null;
    }

    /// <summary>Lets SPEs that are at a stop continue with the next run.</summary>
    internal void ClearStops()
    {
        foreach (LogicalSpe spe in Taken)
        {
            if (spe.IsAtStop)
                spe.Stops.ClearLastStop();
        }
    }

    // A posted action, even an empty one, ends the turns of the PPE's threads and the machine's sleep.
    private void EndTurns() => _events.Post(static () => { });

    // An exception on an SPE's host thread is a bug of this program. It is rethrown on the thread that runs the machine.
    private void OnFailed(ISchedulableSpe spe, Exception exception) => _events.Post(
        () => throw new InvalidOperationException($"SPE {spe.Number} failed: {exception.Message}", exception));
}
