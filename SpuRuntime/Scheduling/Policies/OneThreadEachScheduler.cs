using SpuRuntime.Timeline;

namespace SpuRuntime.Scheduling.Policies;

/// <summary>
/// A host thread for each SPE, asleep while that cannot run. The host's kernel decides who gets a core; priorities, gangs and
/// quanta have no say. Each slot's gate is its own, so SPEs never wait for each other here.
/// </summary>
internal sealed class OneThreadEachScheduler(SpeSchedulerOptions options, Action<ISchedulableSpe, Exception> failed)
    : SpeScheduler(options, failed)
{
    // No other SPE waits for the thread: a slice ends only so that the time it used is recorded now and then.
    private static readonly SpeQuantum Slice = SpeQuantum.Instructions(1 << 24);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        var threads = new List<Thread>();
        foreach (SpeSlot? slot in Slots)
        {
            if (slot is OwnThreadSlot own && own.End() is { } thread)
                threads.Add(thread);
        }

        Join(threads);
    }

    private protected override SpeSlot NewSlot(ISchedulableSpe spe, SpeTrack? track) =>
        new OwnThreadSlot(spe, track, NewSignal());

    private protected override void OnReady(SpeSlot slot)
    {
        var own = (OwnThreadSlot)slot;
        if (own.Thread is null)
            own.Start(Work);
        own.Signal.Set();
    }

    private protected override WakeSignal SignalOf(SpeSlot slot) => ((OwnThreadSlot)slot).Signal;

    private protected override void OnResumed(SpeSlot slot) => OnReady(slot);

    // Its thread finds it asleep, and goes back to sleep itself.
    private protected override void OnNoLongerReady(SpeSlot slot)
    {
    }

    private protected override void OnRemoved(SpeSlot slot)
    {
        if (((OwnThreadSlot)slot).End() is { } thread)
            Join([thread]);
    }

    private void Work(OwnThreadSlot slot)
    {
        slot.Signal.Begin();
        while (true)
        {
            slot.Signal.Wait();
            if (HasEnded || slot.HasEnded)
                break;
            while (TryEnter(slot))
            {
                bool runnable = RunGuarded(slot, Slice, out _);
                lock (slot.Gate)
                    slot.Leave(runnable);
            }
        }

        slot.Signal.End();
    }

    private bool TryEnter(OwnThreadSlot slot)
    {
        lock (slot.Gate)
        {
            if (!MayEnter || slot.State != SlotState.Ready)
                return false;
            slot.Enter();
            return true;
        }
    }

    /// <summary>An SPE with its thread.</summary>
    private sealed class OwnThreadSlot(ISchedulableSpe spe, SpeTrack? track, WakeSignal signal) : SpeSlot(spe, new object(), track)
    {
        /// <summary>Where the thread waits.</summary>
        public WakeSignal Signal { get; } = signal;

        /// <summary>Made when the SPE is woken first: many guests use none. The gate guards it.</summary>
        public Thread? Thread { get; private set; }

        /// <summary>The thread is to end.</summary>
        public bool HasEnded => Volatile.Read(ref _ended);

        private bool _ended;

        public void Start(Action<OwnThreadSlot> work)
        {
            Thread = new Thread(() => work(this)) { IsBackground = true, Name = $"SPE {Spe.Number}" };
            Thread.Start();
        }

        /// <returns>The thread that is now ending, if there is one.</returns>
        public Thread? End()
        {
            Volatile.Write(ref _ended, true);
            Signal.Set();
            lock (Gate)
                return Thread;
        }
    }
}
