using System.Diagnostics;
using System.Runtime.ExceptionServices;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Locking;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine;

/// <summary>
/// Runs each hardware thread on a host thread of its own, for one run of the machine. Everything but guest code happens under
/// <see cref="MachineLock"/>: each thread runs the events that are due at the end of its turn, and the thread that called
/// <see cref="Run"/> runs them when all others wait.
/// </summary>
internal sealed class ThreadRunner(Ps3Machine machine, IReadOnlyList<PpuThread> threads, RunLimits limits)
{
    /// <summary>Instructions per turn: some microseconds of compiled code, after which time and limits are checked.</summary>
    private const long Quantum = 10_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly MachineLock _lock = machine.Ppe.Lock;

    // The fields below are guarded by the lock.
    private int _idle;
    private int _standing;
    private ulong? _stoodAt;
    private long _idleSince;
    private bool _stopping;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Host time during which every thread waited.</summary>
    public TimeSpan IdleTime { get; private set; }

    /// <summary>Runs until the partition ends or a limit is reached. No thread runs any more when it returns.</summary>
    public RunOutcome Run(long started)
    {
        Thread[] hosts =
            [.. threads.Select(thread => new Thread(() => RunThread(thread)) { IsBackground = true, Name = $"ppe-{thread.ThreadId}" })];
        foreach (Thread host in hosts)
            host.Start();
        RunOutcome? outcome = null;
        try
        {
            while (true)
            {
                TimeSpan wait;
                _lock.Enter();
                try
                {
                    if (_stoodAt is { } stoodAt)
                        machine.Clock.GoBackTo(stoodAt);
                    ulong now = _stoodAt ?? machine.Clock.TimeBase;
                    if (_failure is null)
                        machine.RunDue(now);
                    machine.BetweenTurns?.Invoke(now);
                    outcome = _failure is null ? machine.FindEnd(limits, started) : default(RunOutcome);
                    StandStill();
                    wait = NextCheck(now, started);
                }
                finally
                {
                    _lock.Exit();
                }

                if (outcome is not null)
                    break;
                machine.WaitForWork(wait);
            }
        }
        finally
        {
            Stop();
            foreach (Thread host in hosts)
                host.Join();
        }

        _failure?.Throw();
        // The threads have stopped only now, so the message can describe where they are.
        return machine.FindEnd(limits, started) ?? outcome.Value;
    }

    // Guest time stands still from when all threads do; what had been begun until then belongs to the time before.
    private void StandStill()
    {
        if (_stoodAt is { } stoodAt)
        {
            machine.Clock.GoBackTo(stoodAt);
            if (machine.IsHeld)
            {
                // A timer that was due may have woken one.
                machine.Spes?.Suspend();
                return;
            }

            _stoodAt = null;
            machine.Spes?.Resume();
            _lock.Announce();
        }
        else if (machine.IsHeld && _standing + _idle == threads.Count)
        {
            machine.Spes?.Suspend();
            _stoodAt = machine.Clock.TimeBase;
        }
    }

    private void Stop()
    {
        _lock.Enter();
        _stopping = true;
        foreach (PpuThread thread in threads)
            thread.EndTurn();
        _lock.Announce();
        _lock.Exit();
    }

    private void RunThread(PpuThread thread)
    {
        thread.Attach();
        try
        {
            while (!_stopping)
            {
                // While the guest stands still, the thread that called Run does what is due, and restarts time.
                if (machine.IsHeld || _stoodAt is not null)
                {
                    _standing++;
                    machine.WakeUp();
                    _lock.Wait(LongestWait);
                    _standing--;
                    continue;
                }

                if (machine.Events.HasPosted || machine.NextTime <= machine.Clock.TimeBase)
                    machine.RunDue(machine.Clock.TimeBase);
                if (machine.IsHeld)
                    continue;
                if (machine.IsOver(limits))
                {
                    machine.WakeUp();
                    _lock.Wait(LongestWait);
                }
                else if (thread.IsPaused)
                {
                    WaitInPause(thread);
                }
                else
                {
                    RunTurn(thread);
                }
            }
        }
        catch (Exception e)
        {
            // Exceptions are rethrown on the thread that called Run.
            thread.Attach();
            _failure ??= ExceptionDispatchInfo.Capture(e);
            machine.WakeUp();
        }
        finally
        {
            thread.Detach();
        }
    }

    private void RunTurn(PpuThread thread)
    {
        // Other threads continue to count while this is read, so the limit is exact to a turn only.
        long budget = limits.Instructions is { } most ? Math.Clamp((long)(most - machine.Instructions), 1, Quantum) : Quantum;
        ulong start = machine.Sampler is null ? 0 : machine.Clock.TimeBase;
        long executed = thread.Run(budget);
        machine.Observe(thread, start, whole: executed >= budget);
    }

    private void WaitInPause(PpuThread thread)
    {
        ulong until = ulong.MaxValue;
        if (thread.State.Wait == (uint)PpeWait.InterruptOrDecrementer)
        {
            until = Math.Min(thread.DecrementerDue, thread.PauseEnd);
            if (thread.DecrementerNegative || machine.Clock.TimeBase >= until)
            {
                thread.Wake();
                return;
            }
        }

        if (++_idle == threads.Count)
        {
            _idleSince = Stopwatch.GetTimestamp();
            // Only the thread that called Run checks the next event when all threads wait.
            machine.WakeUp();
        }

        _lock.Wait(Until(until, machine.Clock.TimeBase));
        if (_idle-- == threads.Count)
            IdleTime += Stopwatch.GetElapsedTime(_idleSince);
    }

    private TimeSpan NextCheck(ulong now, long started)
    {
        TimeSpan wait = _stoodAt is null ? Until(machine.NextTime, now) : LongestWait;
        if (!machine.Pause.IsStopped && machine.TimeLeft(limits, started) is { } left && left < wait)
            wait = left;

        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    // In whole milliseconds, as the host's waits are.
    private static TimeSpan Until(ulong timeBase, ulong now)
    {
        if (timeBase <= now)
            return TimeSpan.Zero;
        double milliseconds = (timeBase - now) * 1000.0 / IMachineClock.Frequency;
        return milliseconds < LongestWait.TotalMilliseconds ? TimeSpan.FromMilliseconds(Math.Ceiling(milliseconds)) : LongestWait;
    }
}
