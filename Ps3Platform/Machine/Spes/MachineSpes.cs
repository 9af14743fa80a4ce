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
/// A machine's SPEs and what joins them to it: their scheduler, their timers, their interrupts on the way to lv1, their stores on
/// the way to the PPE. With host threads of their own they run beside the PPE; else in the turns the machine's loop gives them.
/// </summary>
public sealed class MachineSpes : ISpePool, IWriteWatch, IDisposable
{
    /// <summary>The longest turn of SPEs while the PPE has nothing to do, in ticks: as long as a turn of a PPE thread.</summary>
    internal const ulong LongestTurn = 2500;

    // What a PPE thread gets done in a tick, too (see InstructionTurnClock): neither side seems faster than the other.
    private const ulong InstructionsPerTick = 8;

    // An SPE that still runs may wake one that was stopped before it; they cannot do so for ever without running themselves.
    private const int MostRounds = 100;

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
            new SpeWrites(memory, events, ppe, thread), config.Loggers.CreateLogger<SpePool>(), Timeline));
        memory.AddWatch(this);
    }

    /// <inheritdoc/>
    public int Count => _pool.Count;

    /// <summary>The SPEs a guest has constructed.</summary>
    public IReadOnlyList<LogicalSpe> Taken => _pool.Taken;

    /// <summary>True when an SPE runs, or could.</summary>
    public bool IsBusy => _scheduler.IsBusy;

    /// <summary>What each SPE has done when, if the configuration asked for it.</summary>
    public SpeTimeline? Timeline { get; }

    /// <summary>SPU instructions of all SPEs that are there now.</summary>
    public ulong Instructions => Taken.Aggregate(0UL, static (sum, spe) => sum + spe.Registers.Instructions);

    /// <summary>What each SPE does that has not stopped, for a message: "; SPE 2 waits for channel 29 at 0x3e4".</summary>
    public string Whereabouts => string.Concat(Taken.Select(static spe => spe.BlockedOn switch
    {
        >= 0 and int channel => $"; SPE {spe.Number} waits for channel {channel} at 0x{spe.Registers.Pc:x}",
        _ when spe.IsRunnable => $"; SPE {spe.Number} running at 0x{spe.Registers.Pc:x}",
        _ => "",
    }));

    /// <summary>They have no host threads: <see cref="RunTurn"/> runs them.</summary>
    internal bool TakesTurns { get; }

    /// <summary>Time base at which one of them wants to be called.</summary>
    internal ulong NextTime => _timers.NextTime;

    /// <inheritdoc/>
    public ILogicalSpe? TryTake(MemoryRegion localStore) => _pool.TryTake(localStore);

    /// <inheritdoc/>
    public void Return(ILogicalSpe spe)
    {
        _pool.Return(spe);
        // Its number may be another's soon.
        _scheduler.Remove((LogicalSpe)spe);
    }

    /// <summary>Lines of memory that a hypercall or a device stored to are no longer reserved.</summary>
    public unsafe void Written(ulong hostOffset, ulong length)
    {
        // A loader's gigabyte is no matter of reservations.
        if (Taken.Count > 0)
            _reservations.Stored(_memory.HostBase + hostOffset, (int)Math.Min(length, int.MaxValue));
    }

    /// <summary>Feeds what the SPEs' registers, channels and queues hold to a hash, in the order of their numbers.</summary>
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

    /// <summary>Gives each SPE that can run what it gets done in so many ticks. False: none could.</summary>
    internal bool RunTurn(ulong ticks) => _scheduler.RunTurn((long)Math.Min(ticks, LongestTurn) * (long)InstructionsPerTick);

    /// <summary>The PPE has nothing to do, or has again: who waits for work may know that there is a host core to spare.</summary>
    internal void SetPpeThreads(int busy) => _scheduler.SetBusyPpeThreads(busy);

    /// <summary>Has all SPEs stand still until <see cref="Resume"/>.</summary>
    internal void Suspend()
    {
        for (int round = 0; round < MostRounds; round++)
        {
            foreach (LogicalSpe spe in Taken)
                _scheduler.Suspend(spe);
            if (!_scheduler.IsBusy)
                return;
        }
    }

    internal void Resume()
    {
        foreach (LogicalSpe spe in Taken)
        {
            if (spe.IsRunnable)
                _scheduler.Wake(spe);
        }
    }

    // A bug of ours on an SPE's host thread: it belongs to whoever runs the machine.
    private void OnFailed(ISchedulableSpe spe, Exception exception) => _events.Post(
        () => throw new InvalidOperationException($"SPE {spe.Number} failed: {exception.Message}", exception));
}
