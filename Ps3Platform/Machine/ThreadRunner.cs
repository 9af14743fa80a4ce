using System.Diagnostics;
using System.Runtime.ExceptionServices;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Locking;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine;

/// <summary>
/// Runs each hardware thread on a host thread of its own, for one run of the machine. Everything but guest code happens under
/// <see cref="MachineLock"/>: what is due is done by whichever thread comes by first, at the end of its turn, and by the thread
/// that called <see cref="Run"/> when all others wait.
/// </summary>
internal sealed class ThreadRunner(Ps3Machine machine, IReadOnlyList<PpuThread> threads, RunLimits limits)
{
    /// <summary>Instructions a turn: some microseconds of compiled code, after which time and limits are looked at.</summary>
    private const long Quantum = 10_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly MachineLock _lock = machine.Ppe.Lock;

    // Under the lock from here on.
    private int _idle;
    private int _standing;
    private ulong? _stoodAt;
    private long _idleSince;
    private bool _stopping;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Host time during which every thread waited.</summary>
    public TimeSpan IdleTime { get; private set; }

    /// <summary>Runs until the machine's end or a limit; then no thread runs any more.</summary>
    public RunOutcome Run(long started)
    {
        Thread[] hosts = [.. threads.Select(thread => new Thread(() => RunThread(thread)) { IsBackground = true, Name = $"ppe-{thread.ThreadId}" })];
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
                    wait = NextLook(now, started);
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
        // Where the threads are is known only now.
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
            // It belongs to whoever runs the machine.
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
        // Other threads count on while this is read: the limit is kept to a turn.
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
            // Nobody else looks at what is due next.
            machine.WakeUp();
        }

        _lock.Wait(Until(until, machine.Clock.TimeBase));
        if (_idle-- == threads.Count)
            IdleTime += Stopwatch.GetElapsedTime(_idleSince);
    }

    private TimeSpan NextLook(ulong now, long started)
    {
        TimeSpan wait = _stoodAt is null ? Until(machine.NextTime, now) : LongestWait;
        if (limits.Timeout is { } timeout)
        {
            TimeSpan left = timeout - Stopwatch.GetElapsedTime(started);
            wait = left < wait ? left : wait;
        }

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
