using System.Diagnostics;

namespace SpuRuntime.Scheduling;

/// <summary>Says whether a host thread may go on waiting inside a slice.</summary>
internal interface ISliceWaitPermit
{
    /// <summary>False as soon as another SPE wants the thread, or the slice is to end. Without the slot's gate.</summary>
    bool MayWaitInside(SpeSlot slot);
}

/// <summary>
/// Where one host thread waits for others to give it something to do. Signals do not add up; one that comes between the search
/// for work and the sleep is not lost. <see cref="Set"/> is for any thread, <see cref="Wait"/> for the one that owns it.
/// </summary>
internal sealed class WakeSignal(HostCores cores, TimeSpan longestSpin)
{
    private const int Nothing = 0;
    private const int Signalled = 1;
    private const int Sleeping = 2;

    // Checks between two reads of the clock: some hundred nanoseconds.
    private const int ChecksAtOnce = 8;

    // Between two reads of the clock lies more than this only when the host's kernel has taken the core away: others need it. Then
    // nothing is gained by spinning; for a while it is not tried again, and for twice as long when that happens at once again. A host
    // in a virtual machine loses its cores now and then although no other thread of it needs them.
    private static readonly long Interruption = Stopwatch.Frequency / 20_000;
    private static readonly long ShortestRestraint = Stopwatch.Frequency / 2000;
    private static readonly long LongestRestraint = Stopwatch.Frequency / 50;

    private readonly object _sleep = new();
    private readonly long _longest = (long)(longestSpin.TotalSeconds * Stopwatch.Frequency);
    private long _spin = (long)(longestSpin.TotalSeconds * Stopwatch.Frequency);
    private long _noSpinBefore;
    private long _restraint = ShortestRestraint;
    private int _state;

    // When the owner began to wait inside a slice, in vain; 0: it did not. The owner's.
    private long _waitedInsideSince;

    private interface IWait
    {
        bool MayGoOn { get; }

        bool IsOver();
    }

    /// <summary>The thread that waits here begins, and counts as awake.</summary>
    public void Begin() => cores.Enter();

    /// <summary>The thread that waits here ends.</summary>
    public void End() => cores.Leave();

    /// <summary>Ends the wait that is under way, or the next.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _state, Signalled) != Sleeping)
            return;
        // The sleeper holds the lock from where it announced itself until it really sleeps.
        lock (_sleep)
            Monitor.Pulse(_sleep);
    }

    /// <summary>Returns when there was a signal since the last wait.</summary>
    public void Wait()
    {
        if (TryTake())
            return;
        long start = Stopwatch.GetTimestamp();
        // A thread that has waited inside its slice has used its time for spinning.
        if (_waitedInsideSince != 0)
            start = _waitedInsideSince;
        else if (Spin(start, new OwnSignal(this)))
            return;

        _waitedInsideSince = 0;
        cores.Leave();
        Sleep();
        cores.Enter();
        // A wait that a whole spin would have covered makes the next spin a whole one; each that it would not have covered halves it.
        // Threads whose work comes rarely so do not spin for it.
        _spin = Stopwatch.GetTimestamp() - start < _longest ? _longest : _spin / 2;
    }

    /// <summary>
    /// Waits inside a slice, at most as long as <see cref="Wait"/> would spin; the next <see cref="Wait"/> then sleeps at once. For
    /// the thread that owns the signal.
    /// </summary>
    public void AwaitInside(SliceWait wait, ISliceWaitPermit permit, SpeSlot slot)
    {
        long start = Stopwatch.GetTimestamp();
        _waitedInsideSince = Spin(start, new InSlice(wait, permit, slot)) ? 0 : start;
    }

    private bool TryTake() => Volatile.Read(ref _state) == Signalled && Interlocked.Exchange(ref _state, Nothing) == Signalled;

    private bool Spin<TWait>(long start, TWait wait)
        where TWait : struct, IWait
    {
        if (start < _noSpinBefore)
            return false;
        long last = start;
        while (cores.IsOneFree && wait.MayGoOn && last - start < _spin)
        {
            for (int check = 0; check < ChecksAtOnce; check++)
            {
                if (wait.IsOver())
                {
                    _restraint = ShortestRestraint;
                    return true;
                }

                Thread.SpinWait(1);
            }

            long now = Stopwatch.GetTimestamp();
            if (now - last > Interruption)
            {
                _noSpinBefore = now + _restraint;
                _restraint = Math.Min(2 * _restraint, LongestRestraint);
                break;
            }

            last = now;
        }

        return wait.IsOver();
    }

    private void Sleep()
    {
        lock (_sleep)
        {
            if (Interlocked.CompareExchange(ref _state, Sleeping, Nothing) == Nothing)
            {
                while (Volatile.Read(ref _state) == Sleeping)
                    Monitor.Wait(_sleep);
            }

            Volatile.Write(ref _state, Nothing);
        }
    }

    private readonly struct OwnSignal(WakeSignal signal) : IWait
    {
        public bool MayGoOn => true;

        public bool IsOver() => signal.TryTake();
    }

    private readonly struct InSlice(SliceWait wait, ISliceWaitPermit permit, SpeSlot slot) : IWait
    {
        public bool MayGoOn => permit.MayWaitInside(slot);

        public bool IsOver() => wait.IsOver;
    }
}
