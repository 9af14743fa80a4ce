using System.Diagnostics;

using SpuRuntime.Engine;
using SpuRuntime.Timeline;

namespace SpuRuntime.Scheduling.Policies;

/// <summary>
/// Some host threads for all SPEs. What gets threads is a unit, one SPE or the ready members of a gang: as many threads as
/// it has ready members, at once, or none. The unit of the highest priority is next, and takes threads from lower ones at once; among
/// equals each has them for a quantum. A unit that waits for more threads than are free is not overtaken by smaller ones, or
/// it would wait for ever. A gang that is larger than the number of threads gets all of them, in turns among its members.
/// <para>All of it is guarded by one gate, under which <see cref="ISchedulableSpe.Interrupt"/> is called and nothing else of an SPE.</para>
/// </summary>
internal sealed class TimeSlicedScheduler(SpeSchedulerOptions options, Action<ISchedulableSpe, Exception> failed)
    : SpeScheduler(options, failed)
{
    private static readonly SpeQuantum Usual = SpeQuantum.Microseconds(1000);

    private readonly object _gate = new();
    private readonly SpeQuantum _quantum = options.Quantum ?? Usual;
    private readonly UnitQueue _waiting = new();
    private readonly List<SpeUnit> _inside = new(options.Threads);
    private readonly Dictionary<int, SpeUnit> _gangs = [];
    private readonly Worker[] _workers = new Worker[options.Threads];

    // A stack: the thread that worked last still has warm caches, and may not sleep yet.
    private readonly List<Worker> _idle = new(options.Threads);
    private bool _started;

    // An SPE waits for a thread. Threads inside read this without the gate.
    private volatile bool _isCrowded;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        lock (_gate)
        {
            if (!_started)
                return;
        }

        foreach (Worker worker in _workers)
            worker.Signal.Set();
        Join(_workers.Select(worker => worker.Thread));
    }

    private protected override SpeSlot NewSlot(ISchedulableSpe spe, SpeTrack? track) => new SlicedSlot(spe, _gate, track);

    private protected override void OnReady(SpeSlot slot)
    {
        if (!_started)
            Start();
        Enqueue((SlicedSlot)slot);
        Schedule(current: null);
    }

    private protected override bool MayWaitInside(SpeSlot slot) => !_isCrowded && base.MayWaitInside(slot);

    private protected override WakeSignal? SignalOf(SpeSlot slot) => ((SlicedSlot)slot).Signal;

    private protected override void OnResumed(SpeSlot slot) => Schedule(current: null);

    private protected override void OnNoLongerReady(SpeSlot slot)
    {
        var sliced = (SlicedSlot)slot;
        SpeUnit unit = sliced.Unit;
        unit.Ready.Remove(sliced.Node);
        if (unit.IsQueued && unit.Ready.Count == 0)
            _waiting.Remove(unit);
        // A gang may fit without this member.
        Schedule(current: null);
    }

    private void Start()
    {
        for (int index = 0; index < _workers.Length; index++)
        {
            var worker = new Worker(NewSignal());
            worker.Thread = new Thread(() => Work(worker)) { IsBackground = true, Name = $"SPEs, thread {index}" };
            _workers[index] = worker;
            _idle.Add(worker);
        }

        _started = true;
        foreach (Worker worker in _workers)
            worker.Thread.Start();
    }

    private void Work(Worker worker)
    {
        worker.Signal.Begin();
        while (!HasEnded)
        {
            worker.Signal.Wait();
            while (worker.Assigned is { } slot)
            {
                bool runnable = RunGuarded(slot, _quantum, out SpuExit? exit);
                lock (_gate)
                    Finish(worker, slot, runnable, exit);
            }
        }

        worker.Signal.End();
    }

    // A worker's SPE has come out of a slice: it goes in again, or the worker gets another.
    private void Finish(Worker worker, SlicedSlot slot, bool runnable, SpuExit? exit)
    {
        SpeUnit unit = slot.Unit;
        bool othersWait = IsAnotherWaiting(unit);
        if (runnable && !slot.IsLeaving && !unit.IsLeaving && !othersWait && MayEnter)
            return;

        worker.Assigned = null;
        _idle.Add(worker);
        unit.Inside.Remove(slot);
        bool ready = slot.Leave(runnable);
        // One member's quantum is the gang's.
        if (exit?.Reason == SpuExitReason.Budget && othersWait && unit.Inside.Count > 0 && !unit.IsLeaving)
            unit.TellToLeave(displaced: false);
        bool displaced = unit.WasDisplaced;
        if (unit.Inside.Count == 0)
        {
            _inside.Remove(unit);
            unit.HasLeft();
            if (unit.Ready.Count > 0)
                _waiting.Add(unit, displaced);
        }

        if (ready)
            Enqueue(slot, displaced);
        Schedule(worker);
    }

    // The slot joins the unit that its attributes say, which may have changed since it ran last.
    private void Enqueue(SlicedSlot slot, bool first = false)
    {
        SpeUnit unit = UnitOf(slot);
        slot.Unit = unit;
        unit.Ready.AddLast(slot.Node);
        int priority = unit.Ready.Count == 1 && unit.Inside.Count == 0
            ? slot.Attributes.Priority
            : Math.Max(unit.Priority, slot.Attributes.Priority);
        if (unit.IsQueued && priority != unit.Priority)
            _waiting.Remove(unit);
        unit.Priority = priority;
        if (!unit.IsQueued && unit.Inside.Count == 0)
            _waiting.Add(unit, first);
    }

    private SpeUnit UnitOf(SlicedSlot slot)
    {
        int gang = slot.Attributes.Gang;
        if (gang == 0)
            return slot.Alone;
        if (!_gangs.TryGetValue(gang, out SpeUnit? unit))
            _gangs.Add(gang, unit = new SpeUnit());
        return unit;
    }

    // True when the unit has to give up its threads at the end of its quantum.
    private bool IsAnotherWaiting(SpeUnit unit)
    {
        if (unit.Ready.Count > 0 || (_waiting.First is { } first && first.Priority >= unit.Priority))
            return true;
        foreach (SpeUnit other in _inside)
        {
            if (other.IsJoining && other.Priority >= unit.Priority)
                return true;
        }

        return false;
    }

    // Assigns idle workers to units, by priority.
    private void Schedule(Worker? current)
    {
        while (MayEnter)
        {
            SpeUnit? joining = FirstJoining();
            SpeUnit? waiting = _waiting.First;
            bool joins = joining is not null && (waiting is null || joining.Priority >= waiting.Priority);
            if ((joins ? joining : waiting) is not { } unit)
            {
                _isCrowded = false;
                return;
            }

            int wanted = joins ? 1 : Math.Min(unit.Ready.Count, _workers.Length);
            if (wanted > _idle.Count)
            {
                _isCrowded = true;
                Displace(unit.Priority, wanted - _idle.Count);
                return;
            }

            if (!joins)
            {
                _waiting.Remove(unit);
                _inside.Add(unit);
            }

            for (int count = 0; count < wanted; count++)
                Assign(unit, current);
        }
    }

    private SpeUnit? FirstJoining()
    {
        SpeUnit? best = null;
        foreach (SpeUnit unit in _inside)
        {
            if (unit.IsJoining && (best is null || unit.Priority > best.Priority))
                best = unit;
        }

        return best;
    }

    private void Assign(SpeUnit unit, Worker? current)
    {
        SlicedSlot slot = unit.Ready.First!.Value;
        unit.Ready.RemoveFirst();
        unit.Inside.Add(slot);
        slot.Enter();
        Worker worker = _idle[^1];
        _idle.RemoveAt(_idle.Count - 1);
        slot.Signal = worker.Signal;
        worker.Assigned = slot;
        if (worker != current)
            worker.Signal.Set();
    }

    // Has units of lower priority leave, the lowest first, if that makes enough threads free.
    private void Displace(int priority, int missing)
    {
        int lower = 0;
        foreach (SpeUnit unit in _inside)
        {
            if (unit.IsLeaving)
                missing -= unit.Inside.Count;
            else if (unit.Priority < priority)
                lower += unit.Inside.Count;
        }

        if (lower < missing)
            return;
        while (missing > 0)
        {
            SpeUnit? lowest = null;
            foreach (SpeUnit unit in _inside)
            {
                if (!unit.IsLeaving && unit.Priority < priority && (lowest is null || unit.Priority < lowest.Priority))
                    lowest = unit;
            }

            Debug.Assert(lowest is not null, "the members of lower units were counted above");
            missing -= lowest.Inside.Count;
            lowest.TellToLeave(displaced: true);
        }
    }

    /// <summary>A host thread. <see cref="Assigned"/> is given with the gate held while the worker is idle, and taken by itself.</summary>
    private sealed class Worker(WakeSignal signal)
    {
        private volatile SlicedSlot? _assigned;

        public WakeSignal Signal { get; } = signal;

        public Thread Thread { get; set; } = null!;

        public SlicedSlot? Assigned
        {
            get => _assigned;
            set => _assigned = value;
        }
    }
}
