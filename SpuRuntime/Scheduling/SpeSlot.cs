using SpuRuntime.Timeline;

namespace SpuRuntime.Scheduling;

/// <summary>Where an SPE stands with its scheduler.</summary>
internal enum SlotState
{
    /// <summary>It was not woken, or could not run when it was last entered.</summary>
    Asleep,

    /// <summary>It may be able to run, and waits for a host thread.</summary>
    Ready,

    /// <summary>A host thread has it, or is about to.</summary>
    Inside,
}

/// <summary>
/// A scheduler's record of one SPE, and the steps it may take; policies add what they need. Everything is guarded by
/// <see cref="Gate"/>, except what says otherwise.
/// </summary>
internal class SpeSlot(ISchedulableSpe spe, object gate, SpeTrack? track)
{
    private volatile SlotState _state;
    private volatile bool _isLeaving;
    private volatile int _insideThread;
    private long _entries;
    private bool _wokenInside;

    /// <summary>The SPE itself. Of its members only <see cref="ISchedulableSpe.Interrupt"/> is called with the gate held.</summary>
    public ISchedulableSpe Spe { get; } = spe;

    /// <summary>The lock: the slot's own, or one for all slots. Suspenders wait on it.</summary>
    public object Gate { get; } = gate;

    /// <summary>Written by the thread inside; null: no timeline is kept.</summary>
    public SpeTrack? Track { get; } = track;

    public SpeAttributes Attributes { get; set; } = new();

    /// <summary>Read without the gate where a short delay does no harm.</summary>
    public SlotState State
    {
        get => _state;
        private set => _state = value;
    }

    /// <summary>
    /// How often it has been entered. A suspender sees by it that the entry it waits for is over, even if the slot was entered again
    /// since.
    /// </summary>
    public long Entries => Volatile.Read(ref _entries);

    /// <summary>It was suspended while a host thread was inside. That thread reads this without the gate.</summary>
    public bool IsLeaving
    {
        get => _isLeaving;
        private set => _isLeaving = value;
    }

    /// <summary>A slice has thrown: it stays asleep.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The managed thread inside, or 0. Written by that thread, read by any.</summary>
    public int InsideThread
    {
        get => _insideThread;
        set => _insideThread = value;
    }

    /// <summary>How many wait for it to leave.</summary>
    public int Suspenders { get; set; }

    /// <summary>Timeline's time at which it got ready.</summary>
    public ulong ReadySince { get; private set; }

    /// <summary>Instructions it does in a microsecond, as far as is known. The thread inside owns it.</summary>
    public double Rate { get; set; } = 100;

    /// <summary>Host time inside, in stopwatch ticks. The thread inside writes it.</summary>
    public long HostTicks { get; set; }

    /// <returns>True when it has become ready by this.</returns>
    public bool Wake()
    {
        switch (State)
        {
            case SlotState.Inside:
                _wokenInside = true;
                return false;
            case SlotState.Asleep when !HasFailed:
                BecomeReady();
                return true;
            default:
                return false;
        }
    }

    /// <summary>A host thread takes it.</summary>
    public void Enter()
    {
        State = SlotState.Inside;
        Volatile.Write(ref _entries, _entries + 1);
        _wokenInside = false;
        IsLeaving = false;
    }

    /// <summary>The host thread gives it back.</summary>
    /// <param name="runnable">What the SPE said, after its last instruction, about going on.</param>
    /// <returns>True when it is ready again: it can go on, or it was woken while a thread was inside, perhaps after it had answered
    /// that it could not.</returns>
    public bool Leave(bool runnable)
    {
        bool ready = !HasFailed && (_wokenInside || (runnable && !IsLeaving));
        IsLeaving = false;
        if (ready)
            BecomeReady();
        else
            State = SlotState.Asleep;
        if (Suspenders > 0)
            Monitor.PulseAll(Gate);
        return ready;
    }

    /// <summary>It shall not run before it is woken again.</summary>
    /// <returns>The state it was in. From <see cref="SlotState.Inside"/> it goes when its thread has left.</returns>
    public SlotState Suspend()
    {
        SlotState before = State;
        if (before == SlotState.Inside)
        {
            IsLeaving = true;
            _wokenInside = false;
        }
        else
        {
            State = SlotState.Asleep;
        }

        return before;
    }

    public void Fail() => HasFailed = true;

    private void BecomeReady()
    {
        State = SlotState.Ready;
        if (Track is { } track)
            ReadySince = track.Now;
    }
}
