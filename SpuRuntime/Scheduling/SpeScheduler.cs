using System.Diagnostics;

using SpuRuntime.Engine;
using SpuRuntime.Timeline;

namespace SpuRuntime.Scheduling;

/// <summary>
/// What all policies have in common: which SPEs there are, waking, suspending, and running one slice. A policy says who is
/// next. An SPE need not be registered; the first <see cref="Wake"/> does.
/// </summary>
public abstract class SpeScheduler : ISpeScheduler, ISliceWaitPermit, IDisposable
{
    private const int MostSpes = 1024;

    // A suspended slice has usually ended within microseconds; after that its waiter sleeps, and asks again each millisecond.
    // Asking again is necessary: an SPE may forget a request that came just before its slice began.
    private const int ShortWaits = 200;
    private const int AskAgain = 1;

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    private readonly Lock _registration = new();
    private readonly SpeTimeline? _timeline;
    private readonly TimeSpan _longestSpin;
    private readonly HostCores _cores;
    private readonly Action<ISchedulableSpe, Exception> _failed;
    private SpeSlot?[] _slots = [];
    private bool _ended;
    private bool _paused;
    private bool _isOver;

    private protected SpeScheduler(SpeSchedulerOptions options, Action<ISchedulableSpe, Exception> failed)
    {
        _timeline = options.Timeline;
        _failed = failed;
        _longestSpin = options.LongestSpin;
        _cores = new HostCores(options.Cores);
    }

    /// <summary>True while an SPE is running or waits for a host thread: the machine is not idle.</summary>
    public bool IsBusy
    {
        get
        {
            foreach (SpeSlot? slot in Slots)
            {
                if (slot is not null && slot.State != SlotState.Asleep)
                    return true;
            }

            return false;
        }
    }

    /// <summary>True once it ends or has ended; no SPE is entered any more.</summary>
    private protected bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>Asked with the slot's gate held, before an SPE is entered.</summary>
    private protected bool MayEnter => !HasEnded && !Volatile.Read(ref _paused);

    /// <summary>By number. Replaced as a whole, so that it can be read without a lock.</summary>
    private protected ReadOnlySpan<SpeSlot?> Slots => Volatile.Read(ref _slots);

    /// <inheritdoc/>
    public void Wake(ISchedulableSpe spe)
    {
        SpeSlot slot = SlotOf(spe);
        lock (slot.Gate)
        {
            if (!HasEnded && slot.Wake())
                OnReady(slot);
        }
    }

    /// <inheritdoc/>
    public void Suspend(ISchedulableSpe spe)
    {
        SpeSlot slot = SlotOf(spe);
        long entry;
        lock (slot.Gate)
        {
            SlotState before = slot.Suspend();
            if (before == SlotState.Ready)
                OnNoLongerReady(slot);
            if (before != SlotState.Inside)
                return;
            entry = slot.Entries;
        }

        slot.Spe.Interrupt();
        if (slot.InsideThread != Environment.CurrentManagedThreadId)
            AwaitLeave(slot, entry);
    }

    /// <inheritdoc/>
    public void AwaitInside(ISchedulableSpe spe, SliceWait wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        SpeSlot slot = SlotOf(spe);
        // A timeline shows what an SPE waits for, however short.
        if (slot.Track is null && MayWaitInside(slot) && SignalOf(slot) is { } signal)
            signal.AwaitInside(wait, this, slot);
    }

    /// <summary>
    /// Has all SPEs leave their slices, and returns when no host thread is in any. What is woken meanwhile, and what could go on, does
    /// so after <see cref="Resume"/>.
    /// </summary>
    public void Pause()
    {
        Volatile.Write(ref _paused, true);
        foreach (SpeSlot? slot in Slots)
        {
            if (slot is null || slot.InsideThread == Environment.CurrentManagedThreadId)
                continue;
            long entry;
            lock (slot.Gate)
            {
                if (slot.State != SlotState.Inside)
                    continue;
                entry = slot.Entries;
            }

            slot.Spe.Interrupt();
            AwaitLeave(slot, entry);
        }
    }

    /// <summary>Ends a <see cref="Pause"/>.</summary>
    public void Resume()
    {
        Volatile.Write(ref _paused, false);
        foreach (SpeSlot? slot in Slots)
        {
            if (slot is null)
                continue;
            lock (slot.Gate)
            {
                if (slot.State == SlotState.Ready)
                    OnResumed(slot);
            }
        }
    }

    /// <summary>Says how an SPE is to be treated. Counts from its next turn on.</summary>
    public void SetAttributes(ISchedulableSpe spe, SpeAttributes attributes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(attributes.Priority);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(attributes.Priority, SpeAttributes.HighestPriority);
        SpeSlot slot = SlotOf(spe);
        lock (slot.Gate)
        {
            bool waits = slot.State == SlotState.Ready;
            if (waits)
                OnNoLongerReady(slot);
            slot.Attributes = attributes;
            if (waits)
                OnReady(slot);
        }
    }

    /// <summary>Forgets an SPE that will not run again, after suspending it.</summary>
    public void Remove(ISchedulableSpe spe)
    {
        ArgumentNullException.ThrowIfNull(spe);
        Suspend(spe);
        SpeSlot removed;
        lock (_registration)
        {
            removed = SlotOf(spe);
            var slots = (SpeSlot?[])_slots.Clone();
            slots[spe.Number] = null;
            Volatile.Write(ref _slots, slots);
        }

        OnRemoved(removed);
    }

    /// <summary>What an SPE has got so far.</summary>
    public SpeUsage UsageOf(ISchedulableSpe spe)
    {
        SpeSlot slot = SlotOf(spe);
        lock (slot.Gate)
            return new SpeUsage(slot.Entries, Stopwatch.GetElapsedTime(0, slot.HostTicks));
    }

    /// <summary>
    /// How many host threads of the PPE's are busy now (1 until this is called): what decides whether there is a core to
    /// spin on. From any thread.
    /// </summary>
    public void SetBusyPpeThreads(int count) => _cores.SetOthers(count);

    /// <summary>
    /// Where the policy has no host threads: gives each SPE that can run a turn of at most so many instructions, on the caller's
    /// thread. Does nothing otherwise.
    /// </summary>
    /// <returns>True when one ran.</returns>
    public virtual bool RunTurn(long longest = long.MaxValue) => false;

    /// <summary>Has all SPEs leave their slices, and ends all threads.</summary>
    public void Dispose()
    {
        try
        {
            Dispose(disposing: true);
        }
        finally
        {
            Volatile.Write(ref _isOver, true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>See <see cref="Dispose()"/>.</summary>
    protected virtual void Dispose(bool disposing)
    {
        Volatile.Write(ref _ended, true);
        InterruptAll();
    }

    /// <summary>Makes the record of a new SPE.</summary>
    private protected abstract SpeSlot NewSlot(ISchedulableSpe spe, SpeTrack? track);

    /// <summary>An SPE is gone, and asleep.</summary>
    private protected virtual void OnRemoved(SpeSlot slot)
    {
    }

    /// <summary>Where a new host thread of the scheduler's will wait.</summary>
    private protected WakeSignal NewSignal() => new(_cores, _longestSpin);

    /// <summary>Whether the thread inside a slot may stay there while the SPE waits: no other SPE waits for it. Without the gate.</summary>
    private protected virtual bool MayWaitInside(SpeSlot slot) => !slot.IsLeaving && MayEnter;

    bool ISliceWaitPermit.MayWaitInside(SpeSlot slot) => MayWaitInside(slot);

    /// <summary>Where the thread inside a slot waits when it is not; null: it never does.</summary>
    private protected virtual WakeSignal? SignalOf(SpeSlot slot) => null;

    /// <summary>A slot has got ready. The gate is held.</summary>
    private protected abstract void OnReady(SpeSlot slot);

    /// <summary>A slot that has been ready for some time may be entered again. The gate is held.</summary>
    private protected abstract void OnResumed(SpeSlot slot);

    /// <summary>A slot that was ready has been suspended. The gate is held.</summary>
    private protected abstract void OnNoLongerReady(SpeSlot slot);

    /// <summary>Runs a slot that the calling thread has entered, for a quantum. No gate is held.</summary>
    /// <param name="slot">The SPE.</param>
    /// <param name="quantum">How long.</param>
    /// <param name="exit">How its last slice ended; null: it could not run.</param>
    /// <returns>True when it could go on. One that says no may have been woken meanwhile: <see cref="SpeSlot.Leave"/> knows.</returns>
    private protected bool Run(SpeSlot slot, SpeQuantum quantum, out SpuExit? exit)
    {
        exit = null;
        // Asked only now that the slot counts as entered: a thread that stopped it before has seen it inside, and waits; one that makes
        // it stop afterwards interrupts it.
        ISchedulableSpe spe = slot.Spe;
        if (HasEnded || !spe.IsRunnable)
            return false;

        slot.Track?.Enter(slot.ReadySince);
        long start = Stopwatch.GetTimestamp();
        SpuExit how = quantum.IsTime ? RunFor(slot, start, quantum.Amount) : spe.RunSlice(quantum.Amount);
        slot.HostTicks += Stopwatch.GetTimestamp() - start;
        bool runnable = spe.IsRunnable;
        slot.Track?.Leave(how, runnable);
        exit = how;
        return runnable;
    }

    /// <summary>
    /// As <see cref="Run"/>, on a host thread of the scheduler's: an exception is reported and ends the SPE, not the thread.
    /// </summary>
    private protected bool RunGuarded(SpeSlot slot, SpeQuantum quantum, out SpuExit? exit)
    {
        slot.InsideThread = Environment.CurrentManagedThreadId;
        try
        {
            return Run(slot, quantum, out exit);
        }
        catch (Exception exception)
        {
            exit = null;
            lock (slot.Gate)
                slot.Fail();
            _failed(slot.Spe, exception);
            return false;
        }
        finally
        {
            slot.InsideThread = 0;
        }
    }

    /// <summary>Waits for threads of the scheduler's that find no more work from now on.</summary>
    private protected void Join(IEnumerable<Thread> threads)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (Thread thread in threads)
        {
            // A callback about a failure may well be what disposes us.
            while (thread != Thread.CurrentThread && !thread.Join(AskAgain))
            {
                InterruptAll();
                if (Stopwatch.GetElapsedTime(start) > LongestEnd)
                    throw new TimeoutException($"{thread.Name} has not ended: a slice does not listen to Interrupt");
            }
        }
    }

    private void InterruptAll()
    {
        foreach (SpeSlot? slot in Slots)
            slot?.Spe.Interrupt();
    }

    // How many instructions fill the time is found out by running: a slice that used up its budget says how fast the SPE is.
    private static SpuExit RunFor(SpeSlot slot, long start, long microseconds)
    {
        const double Least = 1000;
        const double Most = 1e9;
        double ticksPerMicrosecond = Stopwatch.Frequency / 1e6;
        double left = microseconds;
        long from = start;
        while (true)
        {
            long budget = (long)Math.Clamp(slot.Rate * left, Least, Most);
            SpuExit exit = slot.Spe.RunSlice(budget);
            if (exit.Reason != SpuExitReason.Budget)
                return exit;

            long now = Stopwatch.GetTimestamp();
            slot.Rate = Math.Max(0.1, budget / Math.Max((now - from) / ticksPerMicrosecond, 0.01));
            from = now;
            left = microseconds - ((now - start) / ticksPerMicrosecond);
            if (left * 16 < microseconds || slot.IsLeaving)
                return exit;
        }
    }

    private SpeSlot SlotOf(ISchedulableSpe spe)
    {
        ArgumentNullException.ThrowIfNull(spe);
        ReadOnlySpan<SpeSlot?> slots = Slots;
        int number = spe.Number;
        return (uint)number < (uint)slots.Length && slots[number] is { } slot && ReferenceEquals(slot.Spe, spe) ? slot : Add(spe);
    }

    private SpeSlot Add(ISchedulableSpe spe)
    {
        int number = spe.Number;
        ArgumentOutOfRangeException.ThrowIfNegative(number, nameof(spe));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, MostSpes, nameof(spe));
        lock (_registration)
        {
            SpeSlot?[] slots = _slots;
            if (number < slots.Length && slots[number] is { } taken)
                return ReferenceEquals(taken.Spe, spe)
                    ? taken
                    : throw new InvalidOperationException($"there is an SPE {number} already: remove it first");

            SpeSlot slot = NewSlot(spe, _timeline?.Track(number));
            SpeSlot?[] grown = new SpeSlot?[Math.Max(slots.Length, number + 1)];
            slots.CopyTo(grown, 0);
            grown[number] = slot;
            Volatile.Write(ref _slots, grown);
            return slot;
        }
    }

    private void AwaitLeave(SpeSlot slot, long entry)
    {
        for (int wait = 0; wait < ShortWaits; wait++)
        {
            if (HasLeft(slot, entry))
                return;
            Thread.SpinWait(1);
        }

        while (true)
        {
            lock (slot.Gate)
            {
                slot.Suspenders++;
                bool left = HasLeft(slot, entry) || (Monitor.Wait(slot.Gate, AskAgain) && HasLeft(slot, entry));
                slot.Suspenders--;
                if (left || IsSuspendedItself())
                    return;
            }

            slot.Spe.Interrupt();
        }
    }

    private bool HasLeft(SpeSlot slot, long entry) => Volatile.Read(ref _isOver) || slot.State != SlotState.Inside || slot.Entries != entry;

    // Two SPEs that suspend each other from inside their slices, by a store to each other's run control, would wait for ever.
    private bool IsSuspendedItself()
    {
        int current = Environment.CurrentManagedThreadId;
        foreach (SpeSlot? slot in Slots)
        {
            if (slot is not null && slot.InsideThread == current)
                return slot.IsLeaving;
        }

        return false;
    }
}
