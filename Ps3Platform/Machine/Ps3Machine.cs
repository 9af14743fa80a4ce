using System.Diagnostics;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Core.Stops;
using CellPpe.Ppe;
using CellPpe.Ppe.Cycles;
using CellPpe.Ppe.Threads;

using Lv1Hypervisor;
using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Gpu;
using Ps3Platform.Devices.Video;
using Ps3Platform.Devices.VirtualUart;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.KernelLog;
using Ps3Platform.Machine.Lockups;
using Ps3Platform.Machine.Profiling;
using Ps3Platform.Machine.Spes;
using Ps3Platform.Machine.Turns;

namespace Ps3Platform.Machine;

/// <summary>
/// One console: a PPE under lv1 with its devices. With <see cref="MachineConfig.HostThreads"/> each hardware thread runs on a
/// host thread of its own (<see cref="ThreadRunner"/>); otherwise everything runs on the thread that calls <see cref="Run"/>,
/// in turns: each hardware thread, then what is due in the event queue. Other threads reach it through <see cref="Post"/>.
/// </summary>
public sealed class Ps3Machine : IDisposable
{
    /// <summary>Instructions a turn: about a tenth of a millisecond, so that threads that wait for each other meet soon.</summary>
    private const long Quantum = 20_000;

    /// <summary>How long an idle machine with nothing planned sleeps before it looks again.</summary>
    private const ulong LongestIdle = IMachineClock.Frequency / 10;

    // lv1.calls: what a guest that waits for nothing calls.
    private const ulong PauseCall = 9;

    // Held by whoever posts, so that neither the threads nor the event go away meanwhile.
    private readonly Lock _posting = new();
    private readonly LockupDetector _lockups;
    private readonly MachineThread _thread;
    private readonly PartitionControl _control;
    private readonly GuestHold _hold;
    private readonly IReadOnlyList<PpuThread> _running;
    private ulong? _stoodAt;
    private bool _stuckReported;
    private bool _disposed;

    internal Ps3Machine(MachineConfig config, MachineParts parts)
    {
        Config = config;
        Clock = parts.Clock;
        Memory = parts.Memory;
        Events = parts.Events;
        Ppe = parts.Ppe;
        Hypervisor = parts.Hypervisor;
        Spes = parts.Spes;
        Devices = parts.Devices;
        Gpu = parts.Standard.Gpu;
        Screen = parts.Standard.Screen;
        SystemManager = parts.Standard.SystemManager;
        _thread = parts.Thread;
        _control = parts.Control;
        _hold = parts.Hold;
        Pause = new GuestPause(parts.Hold, parts.Devices);
        _running = parts.Running;
        _lockups = new LockupDetector(Ppe.Threads.Count, new CycleConditions(PauseCall, parts.MemoryWriters));
        Events.Posted += OnPosted;
    }

    /// <summary>What the machine was built from.</summary>
    public MachineConfig Config { get; }

    /// <summary>The partition's memory.</summary>
    public GuestMemory Memory { get; }

    /// <summary>Scheduled work.</summary>
    public EventQueue Events { get; }

    /// <summary>The processor.</summary>
    public PpuCore Ppe { get; }

    /// <summary>The hardware threads for which the kernel has an entry point.</summary>
    public IReadOnlyList<PpuThread> StartedThreads => _running;

    /// <summary>The hypervisor.</summary>
    public Lv1 Hypervisor { get; }

    /// <summary>All devices. To be called on the thread that runs the machine, or between two runs.</summary>
    public IReadOnlyList<IDevice> Devices { get; }

    /// <summary>Stops the guest and continues it.</summary>
    public GuestPause Pause { get; }

    /// <summary>The system manager, for the power button.</summary>
    public SystemManager SystemManager { get; }

    /// <summary>The SPEs, or null when there are none.</summary>
    public MachineSpes? Spes { get; }

    /// <summary>What the monitor shows.</summary>
    public IFrameSource Screen { get; }

    /// <summary>The graphics unit.</summary>
    public GpuDevice Gpu { get; }

    /// <summary>The machine's time.</summary>
    public ITurnClock Clock { get; }

    /// <summary>The kernel's symbols; empty when none are known.</summary>
    public SymbolTable Symbols => Config.Symbols ?? Config.Kernel.Symbols;

    /// <summary>The line in which the guest has said on its console that it panicked; asked when all threads have stopped getting on.</summary>
    public Func<string?>? ConsolePanic { get; set; }

    /// <summary>Told of a guest that has stopped for good, with <see cref="LockupAction.Report"/>.</summary>
    public Action<RunOutcome>? Stuck { get; set; }

    /// <summary>Called between turns with the time base, or null. It changes nothing in the machine.</summary>
    public Action<ulong>? BetweenTurns { get; set; }

    /// <summary>Looks at every thread after its turn, or null.</summary>
    public GuestSampler? Sampler { get; set; }

    /// <summary>When <see cref="Run"/> was called first: the guest's first instruction follows at once. In UTC.</summary>
    public DateTime? FirstRun { get; private set; }

    /// <summary>Host time spent in <see cref="Run"/>.</summary>
    public TimeSpan HostTime { get; private set; }

    /// <summary>Host time of it that was spent asleep because no thread had anything to do.</summary>
    public TimeSpan IdleTime { get; private set; }

    /// <summary>Instructions of all threads.</summary>
    public ulong Instructions => Ppe.Threads.Aggregate(0UL, static (sum, thread) => sum + thread.State.Instructions);

    /// <summary>Where every thread and SPE is and what it waits for, for a message about a machine that did not end by itself.</summary>
    public string Whereabouts => string.Join("; ", _running.Select(thread =>
        $"thread {thread.ThreadId} {(thread.IsPaused ? "paused" : "running")} at 0x{thread.State.Nia:x}{Symbol(thread.State.Nia)}"))
        + Spes?.Whereabouts;

    /// <summary>True while no thread shall get a turn: the machine was stopped, or a device waits for the host.</summary>
    internal bool IsHeld => _hold.IsHeld;

    /// <summary>Time base of whatever is due next.</summary>
    internal ulong NextTime => Spes is { } spes ? Math.Min(Events.NextTime, spes.NextTime) : Events.NextTime;

    /// <summary>From any thread: runs something between two turns. A thread of the guest's that has a host thread may run meanwhile.</summary>
    public void Post(Action action) => Events.Post(action);

    /// <summary>
    /// Ends the run, on the machine's thread: <see cref="RunEnd.Reset"/> or <see cref="RunEnd.Quit"/>. An end that came first counts.
    /// </summary>
    public void End(RunOutcome outcome) => _control.End(outcome);

    /// <summary>The log in the kernel's memory, or null when none is found. Between two runs, or on the thread that runs the machine.</summary>
    public KernelLogText? FindKernelLog() =>
        KernelLogFinder.Find(new GuestKernelMemory(Memory, Ppe, Config.BootMemorySize), Symbols);

    /// <summary>Runs until the guest ends or a limit is reached. May be called again after a limit.</summary>
    public RunOutcome Run(RunLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        FirstRun ??= DateTime.UtcNow;
        _thread.Claim();
        foreach (PpuThread thread in _running)
            thread.Stops.GoOn();
        long started = Stopwatch.GetTimestamp();
        using CancellationTokenRegistration cancel = limits.Cancel.Register(_thread.Wake);
        Spes?.Resume();
        try
        {
            if (Ppe.Lock.IsShared)
            {
                var runner = new ThreadRunner(this, _running, limits);
                RunOutcome end = runner.Run(started);
                IdleTime += runner.IdleTime;
                return end;
            }

            while (true)
            {
                ulong now = _stoodAt ?? Clock.TimeBase;
                RunDue(now);
                BetweenTurns?.Invoke(now);
                if (FindEnd(limits, started) is { } end)
                    return end;
                if (_hold.IsHeld)
                {
                    StandStill(now);
                    continue;
                }

                if (_stoodAt is not null)
                {
                    _stoodAt = null;
                    Spes?.Resume();
                }

                bool ran = RunTurns(limits.Instructions);
                if (_control.Ended is null && !RunSpeTurns(ran ? Clock.TimeBase - now : null) && !ran)
                    Idle();
            }
        }
        finally
        {
            // Whoever looks at the machine between two runs finds it at rest.
            Spes?.Suspend();
            HostTime += Stopwatch.GetElapsedTime(started);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_posting)
            _disposed = true;
        foreach (IDisposable device in Devices.OfType<IDisposable>())
            device.Dispose();
        Spes?.Dispose();
        Ppe.Dispose();
        Memory.Dispose();
        _thread.Dispose();
    }

    /// <summary>True when no thread shall get another turn.</summary>
    internal bool IsOver(RunLimits limits) =>
        _control.Ended is not null || FindStopTaken() is not null || (limits.Instructions is { } most && Instructions >= most);

    /// <summary>How the run has ended, if it has.</summary>
    internal RunOutcome? FindEnd(RunLimits limits, long started)
    {
        if (_control.Ended is { } ended)
            return ended;
        if (limits.Cancel.IsCancellationRequested)
            return new RunOutcome(RunEnd.Cancelled, Whereabouts);
        if (limits.Timeout is { } timeout && Stopwatch.GetElapsedTime(started) > timeout)
            return new RunOutcome(RunEnd.Timeout, Whereabouts);
        if (limits.Instructions is { } most && Instructions >= most)
            return new RunOutcome(RunEnd.InstructionLimit, Whereabouts);
        return FindStopTaken() is { } stopped ? new RunOutcome(RunEnd.Stopped, Describe(stopped)) : FindStop();
    }

    /// <summary>Looks at a thread at the end of its turn.</summary>
    internal void Observe(PpuThread thread, ulong start, bool whole)
    {
        ulong now = Clock.TimeBase;
        Sampler?.Observe(thread, start, now, whole);
        _lockups.Observe(thread, now);
    }

    /// <summary>Runs everything that is due at <paramref name="now"/>.</summary>
    internal void RunDue(ulong now)
    {
        Events.RunDue(now);
        Spes?.RunDue(now);
    }

    /// <inheritdoc cref="MachineThread.Wake"/>
    internal void WakeUp() => _thread.Wake();

    /// <inheritdoc cref="MachineThread.WaitForWork"/>
    internal void WaitForWork(TimeSpan longest) => _thread.WaitForWork(longest);

    // Every thread that can run gets one turn. False: none could.
    private bool RunTurns(ulong? mostInstructions)
    {
        bool ran = false;
        foreach (PpuThread thread in _running)
        {
            // It has ended the turn before, and may concern this thread.
            if (Events.HasPosted)
                Events.RunDue(Clock.TimeBase);
            if (thread.IsPaused)
            {
                bool timed = thread.State.Wait == (uint)PpeWait.InterruptOrDecrementer;
                if (!timed || (!thread.DecrementerNegative && Clock.TimeBase < thread.PauseEnd))
                    continue;
                thread.Wake();
            }

            ulong stop = Math.Min(NextTime, thread.DecrementerNegative ? ulong.MaxValue : thread.DecrementerDue);
            long budget = Clock.BudgetUntil(stop, Quantum);
            if (mostInstructions is { } most)
            {
                if (Instructions >= most)
                    break;
                budget = (long)Math.Min(most - Instructions, (ulong)budget);
            }

            ulong start = Sampler is null ? 0 : Clock.TimeBase;
            long executed = thread.Run(budget);
            ran = true;
            Observe(thread, start, whole: executed >= budget);
            if (_control.Ended is not null || thread.Stops.Taken is not null)
                break;
        }

        return ran;
    }

    // SPEs without host threads of their own get what they can do in the time that the PPE's turns have taken; with no turn, in
    // the time to what is due next. False: none could run.
    private bool RunSpeTurns(ulong? ticks)
    {
        if (Spes is not { TakesTurns: true, IsBusy: true } spes)
            return false;
        if (ticks is { } taken)
            return spes.RunTurn(Math.Max(taken, 1));
        ulong now = Clock.TimeBase;
        ulong slice = Math.Clamp(NextWake() - now, 1, MachineSpes.LongestTurn);
        if (!spes.RunTurn(slice))
            return false;
        Clock.IdleUntil(now + slice, _thread.WakeHandle);
        return true;
    }

    // Lets time pass until something can happen.
    private void Idle()
    {
        long started = Stopwatch.GetTimestamp();
        // Its core is one on which an SPE's host thread may wait for work without sleeping.
        Spes?.SetPpeThreads(0);
        Clock.IdleUntil(NextWake(), _thread.WakeHandle);
        Spes?.SetPpeThreads(1);
        IdleTime += Stopwatch.GetElapsedTime(started);
    }

    // The machine was stopped, or a device waits for the host: no time passes for the guest.
    private void StandStill(ulong now)
    {
        _stoodAt = now;
        Spes?.Suspend();
        _thread.WaitForWork(TimeSpan.FromMilliseconds(100));
        _hold.RunPosted();
        Clock.GoBackTo(now);
    }

    // When an idle machine has to look again.
    private ulong NextWake()
    {
        ulong until = Math.Min(NextTime, Clock.TimeBase + LongestIdle);
        foreach (PpuThread thread in _running)
        {
            if (thread.State.Wait == (uint)PpeWait.InterruptOrDecrementer)
                until = Math.Min(until, Math.Min(thread.DecrementerDue, thread.PauseEnd));
        }

        return Math.Max(until, Clock.TimeBase);
    }

    // The thread that has come to a breakpoint or watched access, if one has.
    private PpuThread? FindStopTaken()
    {
        foreach (PpuThread thread in _running)
        {
            if (thread.Stops.Taken is not null)
                return thread;
        }

        return null;
    }

    private string Describe(PpuThread thread)
    {
        Stop stop = thread.Stops.Taken!.Value;
        string what = stop.Cause == StopCause.Breakpoint ? "breakpoint" : $"{(stop.Access == WatchedAccess.Load ? "load" : "store")} of 0x{stop.Data:x}";
        return $"{what} at 0x{stop.Address:x}{Symbol(stop.Address)}, thread {thread.ThreadId}";
    }

    // Whether the guest has stopped for good.
    private RunOutcome? FindStop()
    {
        if (Config.Lockup == LockupAction.Off || _stuckReported || !_lockups.IsQuiet(_running, Clock.TimeBase))
            return null;
        bool alone = Spes is not { IsBusy: true } and not { NextTime: < ulong.MaxValue };
        IReadOnlyList<EndlessCycle>? cycles = alone && Ppe.TryStandStill() ? _lockups.FindCycles(_running) : null;
        RunOutcome? found = cycles is null ? null : new RunOutcome(RunEnd.LockedUp, LockupReport.Describe(_running, cycles, Symbol));
        // Searching memory takes a moment: only where it may say something.
        if ((cycles is not null || _lockups.IsPausing(_running)) && (ConsolePanic?.Invoke() ?? FindKernelLog()?.PanicLine) is { } line)
            found = new RunOutcome(RunEnd.Panic, $"{line} ({Whereabouts})");
        if (found is not { } outcome || Config.Lockup == LockupAction.Stop)
            return found;
        _stuckReported = true;
        Stuck?.Invoke(outcome);
        return null;
    }

    // Guest code leaves within some instructions, and the loop comes to what was posted. A device's own host thread may do this
    // until the device is gone, which the machine does not wait for.
    private void OnPosted()
    {
        lock (_posting)
        {
            if (_disposed)
                return;
            foreach (PpuThread thread in _running)
                thread.EndTurn();
            _thread.Wake();
        }
    }

    private string Symbol(ulong address) => Symbols.Describe(address) is { } name ? $" ({name})" : "";
}
