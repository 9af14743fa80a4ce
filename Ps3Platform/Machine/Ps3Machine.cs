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
using Ps3Platform.Devices.Usb.Input;
using Ps3Platform.Devices.Video;
using Ps3Platform.Devices.VirtualUart;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.KernelLog;
using Ps3Platform.Machine.Lockups;
using Ps3Platform.Machine.Profiling;
using Ps3Platform.Machine.Spes;
using Ps3Platform.Machine.Turns;

using SpuRuntime.Spe;

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

    /// <summary>How long an idle machine without a scheduled event sleeps before it checks for work again.</summary>
    private const ulong LongestIdle = IMachineClock.Frequency / 10;

    // Longer than a device's host thread needs for a short request.
    private static readonly TimeSpan LongestSpin = TimeSpan.FromMicroseconds(50);

    // The number of lv1_pause in lv1.calls.
    private const ulong PauseCall = 9;

    // Held by OnPosted and Dispose, so that the threads and the wake event are not disposed of during a post.
    private readonly Lock _posting = new();
    private readonly LockupDetector _lockups;
    private readonly MachineThread _thread;
    private readonly PartitionControl _control;
    private readonly GuestHold _hold;
    private readonly IReadOnlyList<PpuThread> _running;
    private readonly AdaptiveSpin _idleSpin;
    private long _lastPost;
    private ulong? _stoodAt;
    private TimeSpan _stoppedBefore;
    private bool _lockupReported;
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
        Input = parts.Usb.Input;
        Keys = parts.Usb.Keys;
        _thread = parts.Thread;
        _control = parts.Control;
        _hold = parts.Hold;
        Pause = new GuestPause(parts.Hold, parts.Devices);
        _running = parts.Running;
        _lockups = new LockupDetector(Ppe.Threads.Count, new CycleConditions(PauseCall, parts.MemoryWriters));
        _idleSpin = new AdaptiveSpin(() => Events.HasPosted, LongestSpin);
        Events.Posted += OnPosted;
    }

    /// <summary>What the machine was built from.</summary>
    public MachineConfig Config { get; }

    /// <summary>The partition's memory.</summary>
    public GuestMemory Memory { get; }

    /// <summary>The scheduled events.</summary>
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

    /// <summary>Takes keys, movements of a pointer and the state of a game controller for the guest.</summary>
    public InputRouter Input { get; }

    /// <summary>Presses keys together for a time.</summary>
    public KeyChords Keys { get; }

    /// <summary>The SPEs, or null when there are none.</summary>
    public MachineSpes? Spes { get; }

    /// <summary>The picture on the monitor.</summary>
    public IFrameSource Screen { get; }

    /// <summary>The graphics unit.</summary>
    public GpuDevice Gpu { get; }

    /// <summary>The machine's time.</summary>
    public ITurnClock Clock { get; }

    /// <summary>The kernel's symbols; empty when none are known.</summary>
    public SymbolTable Symbols => Config.Symbols ?? Config.Kernel.Symbols;

    /// <summary>
    /// Returns the console line in which the guest reported a panic, or null. Called when no thread has made progress for a while.
    /// </summary>
    public Func<string?>? ConsolePanic { get; set; }

    /// <summary>Called once with <see cref="LockupAction.Report"/>, when the guest has locked up, or has panicked and stopped.</summary>
    public Action<RunOutcome>? LockupReporter { get; set; }

    /// <summary>Called between turns with the time base, or null. It must not change the machine.</summary>
    public Action<ulong>? BetweenTurns { get; set; }

    /// <summary>Samples every thread after its turn; null for none.</summary>
    public GuestSampler? Sampler { get; set; }

    /// <summary>UTC time of the first call of <see cref="Run"/>, directly before the guest's first instruction.</summary>
    public DateTime? FirstRun { get; private set; }

    /// <summary>Host time spent in <see cref="Run"/>.</summary>
    public TimeSpan HostTime { get; private set; }

    /// <summary>The part of <see cref="HostTime"/> that was spent asleep because no thread could run.</summary>
    public TimeSpan IdleTime { get; private set; }

    /// <summary>Instructions of all threads.</summary>
    public ulong Instructions => Ppe.Threads.Aggregate(0UL, static (sum, thread) => sum + thread.State.Instructions);

    /// <summary>Describes the address and the wait of every thread and SPE, for the message of a run that a limit has ended.</summary>
    public string DescribeThreads() => string.Join("; ", _running.Select(thread =>
        $"thread {thread.ThreadId} {(thread.IsPaused ? "paused" : "running")} at 0x{thread.State.Nia:x}{Symbol(thread.State.Nia)}"))
        + Spes?.DescribeRunning();

    /// <summary>True while no thread may get a turn: the machine was stopped, or a device waits for the host.</summary>
    internal bool IsHeld => _hold.IsHeld;

    /// <summary>Time base of the next event or SPE timer.</summary>
    internal ulong NextTime => Spes is { } spes ? Math.Min(Events.NextTime, spes.NextTime) : Events.NextTime;

    /// <summary>
    /// From any thread: runs an action between two turns. Hardware threads with their own host threads may run meanwhile.
    /// </summary>
    public void Post(Action action) => Events.Post(action);

    /// <summary>
    /// Ends the run, on the machine's thread: <see cref="RunEnd.Reset"/> or <see cref="RunEnd.Quit"/>. The first end counts.
    /// </summary>
    public void End(RunOutcome outcome) => _control.End(outcome);

    /// <summary>
    /// The log in the kernel's memory, or null when none is found. To be called between two runs, or on the thread that runs the machine.
    /// </summary>
    public KernelLogText? FindKernelLog() =>
        KernelLogFinder.Find(new GuestKernelMemory(Memory, Ppe, Config.BootMemorySize), Symbols);

    /// <summary>Runs until the guest ends or a limit is reached. May be called again after a limit.</summary>
    public RunOutcome Run(RunLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        FirstRun ??= DateTime.UtcNow;
        _thread.Claim();
        foreach (PpuThread thread in _running)
            thread.Stops.ClearLastStop();
        Spes?.ClearStops();
        long started = Stopwatch.GetTimestamp();
        _stoppedBefore = Pause.StoppedTime;
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
                    WaitWhileHeld(now);
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
            // No SPE runs between two runs of the machine, so that callers can inspect its state.
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

    /// <summary>True when no thread may get another turn in this run.</summary>
    internal bool IsOver(RunLimits limits) =>
        _control.Ended is not null || FindStop() is not null || (limits.Instructions is { } most && Instructions >= most);

    /// <summary>How much of the time limit is left; null: there is none. It does not shrink while the machine is stopped.</summary>
    internal TimeSpan? TimeLeft(RunLimits limits, long started) =>
        limits.Timeout - Stopwatch.GetElapsedTime(started) + (Pause.StoppedTime - _stoppedBefore);

    /// <summary>How the run has ended, if it has.</summary>
    internal RunOutcome? FindEnd(RunLimits limits, long started)
    {
        if (_control.Ended is { } ended)
            return ended;
        if (limits.Cancel.IsCancellationRequested)
            return new RunOutcome(RunEnd.Cancelled, DescribeThreads());
        if (TimeLeft(limits, started) < TimeSpan.Zero)
            return new RunOutcome(RunEnd.Timeout, DescribeThreads());
        if (limits.Instructions is { } most && Instructions >= most)
            return new RunOutcome(RunEnd.InstructionLimit, DescribeThreads());
        return FindStop() is { } stop ? new RunOutcome(RunEnd.Stopped, DescribeStop(stop)) : FindLockup();
    }

    /// <summary>Passes a thread to sampler and lockup detector at the end of its turn.</summary>
    internal void Observe(PpuThread thread, ulong start, bool whole)
    {
        ulong now = Clock.TimeBase;
        // A turn that had begun before there was a sampler has no start.
        if (start != 0)
            Sampler?.Observe(thread, start, now, whole);
        _lockups.Observe(thread, now);
    }

    /// <summary>Runs the events and SPE timers that are due at <paramref name="now"/>.</summary>
    internal void RunDue(ulong now)
    {
        Events.RunDue(now);
        Spes?.RunDue(now);
    }

    /// <inheritdoc cref="MachineThread.Wake"/>
    internal void WakeUp() => _thread.Wake();

    /// <inheritdoc cref="MachineThread.WaitForWork"/>
    internal void WaitForWork(TimeSpan longest) => _thread.WaitForWork(longest);

    // Gives each thread that can run one turn. Returns false when none could run.
    private bool RunTurns(ulong? mostInstructions)
    {
        bool ran = false;
        foreach (PpuThread thread in _running)
        {
            // A post has ended the previous thread's turn; its action may change this thread.
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
            if (_control.Ended is not null || thread.Stops.LastStop is not null)
                break;
        }

        return ran;
    }

    // Runs SPEs that have no host threads for the guest time that the PPE's turns have taken or, if no PPE thread could run, until the
    // next event. Returns false when no SPE could run.
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

    // Lets time pass until the next event.
    private void Idle()
    {
        long started = Stopwatch.GetTimestamp();
        // This host core is free now, so an SPE's host thread may wait for work without sleeping.
        Spes?.SetPpeThreads(0);
        if (!Clock.IsHostTime || !_idleSpin.TryAwait())
        {
            Clock.IdleUntil(NextWake(), _thread.WakeHandle);
            _idleSpin.OnSlept(Volatile.Read(ref _lastPost));
        }

        Spes?.SetPpeThreads(1);
        IdleTime += Stopwatch.GetElapsedTime(started);
    }

    // Waits while the machine is stopped or a device waits for the host. No guest time passes.
    private void WaitWhileHeld(ulong now)
    {
        _stoodAt = now;
        Spes?.Suspend();
        _thread.WaitForWork(TimeSpan.FromMilliseconds(100));
        _hold.RunPosted();
        Clock.GoBackTo(now);
    }

    // The time base at which an idle machine must check for work again.
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

    // The breakpoint or watched access that a thread or an SPE has got to, and which of them; or null.
    private (Stop Stop, PpuThread? Thread, LogicalSpe? Spe)? FindStop()
    {
        foreach (PpuThread thread in _running)
        {
            if (thread.Stops.LastStop is { } stop)
                return (stop, thread, null);
        }

        return Spes?.FindAtStop() is { Stops.LastStop: { } spes } spe ? (spes, null, spe) : null;
    }

    private string DescribeStop((Stop Stop, PpuThread? Thread, LogicalSpe? Spe) found)
    {
        Stop stop = found.Stop;
        string access = stop.Access == WatchedAccess.Load ? "load" : "store";
        string what = stop.Cause == StopCause.Breakpoint ? "breakpoint" : $"{access} of 0x{stop.Data:x}";
        return found.Thread is { } thread
            ? $"{what} at 0x{stop.Address:x}{Symbol(stop.Address)}, thread {thread.ThreadId}"
            : $"{what} at 0x{stop.Address:x}, SPE {found.Spe!.Number}";
    }

    // The outcome when the guest has locked up, or has panicked and stopped; otherwise null.
    private RunOutcome? FindLockup()
    {
        if (Config.Lockup == LockupAction.Off || _lockupReported || !_lockups.IsQuiet(_running, Clock.TimeBase))
            return null;
        bool spesIdle = Spes is not { IsBusy: true } and not { NextTime: < ulong.MaxValue };
        IReadOnlyList<EndlessCycle>? cycles = spesIdle && Ppe.TryStandStill() ? _lockups.FindCycles(_running) : null;
        RunOutcome? found = cycles is null ? null : new RunOutcome(RunEnd.LockedUp, LockupReport.Describe(_running, cycles, Symbol));
        // Searching memory for the log takes time, so it is done only if the guest may have panicked.
        if ((cycles is not null || _lockups.IsPausing(_running)) && (ConsolePanic?.Invoke() ?? FindKernelLog()?.PanicLine) is { } line)
            found = new RunOutcome(RunEnd.Panic, $"{line} ({DescribeThreads()})");
        if (found is not { } outcome || Config.Lockup == LockupAction.Stop)
            return found;
        _lockupReported = true;
        LockupReporter?.Invoke(outcome);
        return null;
    }

    // Makes guest code end its turn within some instructions, so that the loop runs the posted action. A device's host thread may call
    // this even after Dispose, because the machine does not wait for such threads.
    private void OnPosted()
    {
        Volatile.Write(ref _lastPost, Stopwatch.GetTimestamp());
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
