using SpuRuntime.Timeline;

namespace SpuRuntime.Scheduling.Policies;

/// <summary>An SPE under <see cref="TimeSlicedScheduler"/>. The scheduler's one gate guards it.</summary>
internal sealed class SlicedSlot : SpeSlot
{
    public SlicedSlot(ISchedulableSpe spe, object gate, SpeTrack? track)
        : base(spe, gate, track)
    {
        Node = new LinkedListNode<SlicedSlot>(this);
        Alone = new SpeUnit();
        Unit = Alone;
    }

    /// <summary>Its place among its unit's ready members; made once, so that nothing is allocated when it moves.</summary>
    public LinkedListNode<SlicedSlot> Node { get; }

    /// <summary>The unit it is when it belongs to no gang.</summary>
    public SpeUnit Alone { get; }

    /// <summary>The unit it belongs to since it got ready.</summary>
    public SpeUnit Unit { get; set; }

    /// <summary>Where the thread waits that it was given last. That thread reads it without the gate.</summary>
    public WakeSignal? Signal { get; set; }
}

/// <summary>What gets host threads as a whole: the ready members of a gang, or one SPE. The scheduler's gate guards it.</summary>
internal sealed class SpeUnit
{
    public SpeUnit() => Node = new LinkedListNode<SpeUnit>(this);

    /// <summary>Its place in a <see cref="UnitQueue"/>.</summary>
    public LinkedListNode<SpeUnit> Node { get; }

    public bool IsQueued => Node.List is not null;

    /// <summary>The highest of its members'. Does not change while it is queued.</summary>
    public int Priority { get; set; }

    /// <summary>Members that wait for a host thread; the one that has waited longest comes first.</summary>
    public LinkedList<SlicedSlot> Ready { get; } = new();

    /// <summary>Members that have one.</summary>
    public List<SlicedSlot> Inside { get; } = [];

    /// <summary>Its time is over: all members inside have been told to leave, and none goes in before all are out.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>It had to leave for one of higher priority, and goes on before its equals.</summary>
    public bool WasDisplaced { get; private set; }

    /// <summary>A member would go in if there were a thread: the others are in already.</summary>
    public bool IsJoining => Inside.Count > 0 && Ready.Count > 0 && !IsLeaving;

    public void TellToLeave(bool displaced)
    {
        IsLeaving = true;
        WasDisplaced = displaced;
        foreach (SlicedSlot member in Inside)
            member.Spe.Interrupt();
    }

    public void HasLeft()
    {
        IsLeaving = false;
        WasDisplaced = false;
    }
}

/// <summary>Units that wait for host threads: the highest priority first, and first come, first served among equals.</summary>
internal sealed class UnitQueue
{
    private readonly LinkedList<SpeUnit>[] _byPriority = [.. Enumerable.Range(0, SpeAttributes.HighestPriority + 1).Select(
        _ => new LinkedList<SpeUnit>())];
    private uint _filled;

    public SpeUnit? First => _filled == 0 ? null : _byPriority[Highest].First!.Value;

    private int Highest => 31 - System.Numerics.BitOperations.LeadingZeroCount(_filled);

    public void Add(SpeUnit unit, bool first)
    {
        LinkedList<SpeUnit> list = _byPriority[unit.Priority];
        if (first)
            list.AddFirst(unit.Node);
        else
            list.AddLast(unit.Node);
        _filled |= 1u << unit.Priority;
    }

    public void Remove(SpeUnit unit)
    {
        LinkedList<SpeUnit> list = _byPriority[unit.Priority];
        list.Remove(unit.Node);
        if (list.Count == 0)
            _filled &= ~(1u << unit.Priority);
    }
}
