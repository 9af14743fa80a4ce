namespace CellPpe.Core.Stops;

/// <summary>
/// Where one thread stops, and what it has stopped at. Engines ask it at the places they have made slow for it; it belongs to the
/// host thread that runs the thread.
/// </summary>
public sealed class StopPoints
{
    private readonly HashSet<ulong> _breakpoints = [];
    private readonly List<Watchpoint> _watchpoints = [];

    private Stop? _found;

    // The instruction that was reported last: it is the same one as long as no other has been counted.
    private (ulong Address, ulong Instructions)? _reported;

    /// <summary>Addresses with a breakpoint, in no order.</summary>
    public IReadOnlyCollection<ulong> Breakpoints => _breakpoints;

    /// <summary>Watched ranges in the order in which they came.</summary>
    public IReadOnlyList<Watchpoint> Watchpoints => _watchpoints;

    /// <summary>True when there is nothing to stop at.</summary>
    public bool IsEmpty => _breakpoints.Count == 0 && _watchpoints.Count == 0;

    /// <summary>The stop at which the last run ended, if it ended at one.</summary>
    public Stop? Taken { get; private set; }

    /// <summary>True while the instruction runs that was reported last.</summary>
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

    /// <summary>True when bytes from <paramref name="first"/> to <paramref name="last"/> are watched, for whatever access.</summary>
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
    /// <param name="address">Of its first byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="access">A load or a store.</param>
    /// <param name="data">The first byte of it that is watched.</param>
    public bool Watches(ulong address, int length, WatchedAccess access, out ulong data)
    {
        data = ulong.MaxValue;
        if (IsSteppingOver)
            return false;
        ulong last = address + (ulong)(length - 1);
        // What lies behind the end of the address space is accessed byte by byte.
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

    /// <summary>An engine has found a stop, and leaves.</summary>
    public void Found(StopCause cause, ulong address, ulong data = 0, WatchedAccess access = WatchedAccess.None) =>
        _found = new Stop(cause, address, 0, data, access);

    /// <summary>Before a run.</summary>
    public void Begin()
    {
        Taken = _found = null;
        IsSteppingOver = false;
    }

    /// <summary>The engine has left at what it found.</summary>
    /// <param name="instructions">What the thread has counted since it was made.</param>
    public void Reported(ulong instructions) => _reported = (_found!.Value.Address, instructions);

    /// <summary>After a run.</summary>
    /// <param name="instructions">What it has counted.</param>
    public void End(long instructions) => Taken = _found is { } found ? found with { Instructions = instructions } : null;

    /// <summary>The caller has seen what was taken.</summary>
    public void GoOn() => Taken = null;

    /// <summary>True when the next instruction was reported last, and is to be executed now.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="instructions">What the thread has counted since it was made.</param>
    public bool GoesOnAt(ulong address, ulong instructions) => _reported == (address, instructions);
}
