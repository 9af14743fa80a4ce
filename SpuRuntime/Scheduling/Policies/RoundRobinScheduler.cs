using SpuRuntime.Engine;
using SpuRuntime.Timeline;

namespace SpuRuntime.Scheduling.Policies;

/// <summary>
/// No host threads: the machine's loop calls <see cref="RunTurn"/>, which gives each SPE that can run the same number of
/// instructions, in the order of their numbers. The same machine so runs the same way every time. Priorities and gangs have no say.
/// </summary>
internal sealed class RoundRobinScheduler : SpeScheduler
{
    // As long as a PPE thread's turn: threads that wait for each other meet soon.
    private static readonly SpeQuantum Usual = SpeQuantum.Instructions(20_000);

    private readonly SpeQuantum _quantum;

    public RoundRobinScheduler(SpeSchedulerOptions options, Action<ISchedulableSpe, Exception> failed)
        : base(options, failed)
    {
        _quantum = options.Quantum ?? Usual;
        if (_quantum.IsTime)
            throw new ArgumentException(
                "the round robin's quantum is a number of instructions: host time would make runs differ", nameof(options));
    }

    public override bool RunTurn(long longest = long.MaxValue)
    {
        SpeQuantum quantum = longest < _quantum.Amount ? SpeQuantum.Instructions(longest) : _quantum;
        bool ran = false;
        foreach (SpeSlot? slot in Slots)
        {
            if (slot is not null && TryEnter(slot))
                ran |= RunOne(slot, quantum);
        }

        return ran;
    }

    private protected override SpeSlot NewSlot(ISchedulableSpe spe, SpeTrack? track) => new(spe, new object(), track);

    private protected override void OnReady(SpeSlot slot)
    {
    }

    private protected override void OnResumed(SpeSlot slot)
    {
    }

    private protected override void OnNoLongerReady(SpeSlot slot)
    {
    }

    private bool TryEnter(SpeSlot slot)
    {
        lock (slot.Gate)
        {
            if (!MayEnter || slot.State != SlotState.Ready)
                return false;
            slot.Enter();
            return true;
        }
    }

    private bool RunOne(SpeSlot slot, SpeQuantum quantum)
    {
        SpuExit? exit = null;
        bool runnable = false;
        bool finished = false;
        slot.InsideThread = Environment.CurrentManagedThreadId;
        try
        {
            runnable = Run(slot, quantum, out exit);
            finished = true;
        }
        finally
        {
            slot.InsideThread = 0;
            lock (slot.Gate)
            {
                // The exception goes to the caller that runs the machine. The SPE is in no state to go on.
                if (!finished)
                    slot.Fail();
                slot.Leave(runnable);
            }
        }

        return exit is not null;
    }
}
