namespace CellPpe.Core.Stops;

/// <summary>
/// The breakpoints and watchpoints of one thread, and the last stop. Engines check it only on slow paths that they take while a point
/// is set. It belongs to the host thread that runs the thread.
/// </summary>
public sealed class StopPoints
{
    private readonly HashSet<ulong> _breakpoints = [];
    private readonly List<Watchpoint> _watchpoints = [];

    private Stop? _found;

    // The instruction that was reported last, and the count of instructions then. While the count is the same, reaching the address again
    // is the same execution of that instruction.
    private (ulong Address, ulong Instructions)? _reported;

    /// <summary>Addresses with a breakpoint, in no order.</summary>
    public IReadOnlyCollection<ulong> Breakpoints => _breakpoints;

    /// <summary>Watched ranges in the order in which they were added.</summary>
    public IReadOnlyList<Watchpoint> Watchpoints => _watchpoints;

    /// <summary>True when there is neither a breakpoint nor a watchpoint.</summary>
    public bool IsEmpty => _breakpoints.Count == 0 && _watchpoints.Count == 0;

    /// <summary>The stop at which the last run ended, if it ended at one.</summary>
    public Stop? LastStop { get; private set; }

    /// <summary>True while the instruction that was reported last is executed, which must not be reported again.</summary>
    public bool IsSteppingOver { get; set; }

    /// <inheritdoc cref="IStops.AddBreakpoint"/>
    public bool Add(ulong address) => (address & 3) == 0
        ? _breakpoints.Add(address)
        : throw new ArgumentException($"0x{address:x} is not the address of an instruction: it is not a multiple of 4", nameof(address));

    /// <inheritdoc cref="IStops.RemoveBreakpoint"/>
    public bool Remove(ulong address) => _breakpoints.Remove(address);

    /// <inheritdoc cref="IStops.AddWatchpoint"/>
    public bool Add(Watchpoint watchpoint)
    {
        if (watchpoint.Access == WatchedAccess.None)
            throw new ArgumentException("a watchpoint without accesses", nameof(watchpoint));
        if (_watchpoints.Contains(watchpoint))
            return false;
        _watchpoints.Add(watchpoint);
        return true;
    }

    /// <inheritdoc cref="IStops.RemoveWatchpoint"/>
    public bool Remove(Watchpoint watchpoint) => _watchpoints.Remove(watchpoint);

    /// <summary>True when the instruction at an address must not be executed now.</summary>
    public bool BreaksAt(ulong address) => !IsSteppingOver && _breakpoints.Contains(address);

    /// <summary>True when a byte from <paramref name="first"/> to <paramref name="last"/> is watched, for any access.</summary>
    public bool IsWatched(ulong first, ulong last)
    {
        foreach (Watchpoint watchpoint in _watchpoints)
        {
            if (watchpoint.Touches(first, last))
                return true;
        }

        return false;
    }

    /// <summary>True when this access must not be made now.</summary>
    /// <param name="address">Address of its first byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="access">A load or a store.</param>
    /// <param name="data">Address of its first watched byte.</param>
    public bool Watches(ulong address, int length, WatchedAccess access, out ulong data)
    {
        data = ulong.MaxValue;
        if (IsSteppingOver)
            return false;
        ulong last = address + (ulong)(length - 1);
        // The engines make an access that wraps around the end of the address space byte by byte.
        if (last < address)
            last = ulong.MaxValue;
        bool found = false;
        foreach (Watchpoint watchpoint in _watchpoints)
        {
            if ((watchpoint.Access & access) == 0 || !watchpoint.Touches(address, last))
                continue;
            found = true;
            data = Math.Min(data, Math.Max(address, watchpoint.Start));
        }

        return found;
    }

    /// <summary>Records the stop that an engine has found. The engine then leaves the run.</summary>
    public void Found(StopCause cause, ulong address, ulong data = 0, WatchedAccess access = WatchedAccess.None) =>
        _found = new Stop(cause, address, 0, data, access);

    /// <summary>Clears the last stop. Called before a run.</summary>
    public void Begin()
    {
        LastStop = _found = null;
        IsSteppingOver = false;
    }

    /// <summary>Records that the found stop is reported. Called when the engine has left the run there.</summary>
    /// <param name="instructions">Instructions of the thread since it was made.</param>
    public void Reported(ulong instructions) => _reported = (_found!.Value.Address, instructions);

    /// <summary>Sets <see cref="LastStop"/>. Called after a run.</summary>
    /// <param name="instructions">Instructions of the run.</param>
    public void End(long instructions) => LastStop = _found is { } found ? found with { Instructions = instructions } : null;

    /// <inheritdoc cref="IStops.ClearLastStop"/>
    public void ClearLastStop() => LastStop = null;

    /// <summary>True when the next instruction is the one that was reported last, so that the run starts by executing it.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="instructions">Instructions of the thread since it was made.</param>
    public bool ResumesAt(ulong address, ulong instructions) => _reported == (address, instructions);
}
