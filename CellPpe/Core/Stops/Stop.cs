namespace CellPpe.Core.Stops;

/// <summary>Why an exact run has ended.</summary>
public enum StopCause
{
    /// <summary>The requested number of instructions has been executed.</summary>
    Count,

    /// <summary>The next instruction has a breakpoint. It has not been executed.</summary>
    Breakpoint,

    /// <summary>The next instruction would access watched bytes. That access has not been made.</summary>
    Watchpoint,

    /// <summary>The thread waits: a PPE thread in lv1_pause, an SPU at a channel. A later run continues once the wait is over.</summary>
    Waiting,

    /// <summary>The program has ended the run itself: an SPU's stop, halt, invalid instruction or channel. Never on a PPE.</summary>
    Ended,
}

/// <summary>The kinds of accesses that a watchpoint reports.</summary>
[Flags]
public enum WatchedAccess
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Loads.</summary>
    Load = 1,

    /// <summary>Stores.</summary>
    Store = 2,

    /// <summary>Both.</summary>
    Any = Load | Store,
}

/// <summary>How a run has ended.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Address">Address of the next instruction: effective on a PPE, in local store on an SPU.</param>
/// <param name="Instructions">Instructions executed in this run, including those that ended in an interrupt.</param>
/// <param name="Data">Of a watchpoint: the first watched byte that the access would touch.</param>
/// <param name="Access">Of a watchpoint: <see cref="WatchedAccess.Load"/> or <see cref="WatchedAccess.Store"/>.</param>
public readonly record struct Stop(
    StopCause Cause, ulong Address, long Instructions, ulong Data = 0, WatchedAccess Access = WatchedAccess.None);

/// <summary>Bytes whose access stops the run.</summary>
public readonly record struct Watchpoint
{
    /// <param name="start">Address of the first byte: effective on a PPE, in local store on an SPU.</param>
    /// <param name="length">Bytes, at least one; the range must not wrap around the end of the address space.</param>
    /// <param name="access">Which accesses.</param>
    public Watchpoint(ulong start, ulong length, WatchedAccess access)
    {
        ArgumentOutOfRangeException.ThrowIfZero(length);
        if (start + (length - 1) < start)
        {
            throw new ArgumentOutOfRangeException(
                nameof(length), length, $"the range from 0x{start:x} wraps around the end of the address space");
        }

        if (access is not (WatchedAccess.Load or WatchedAccess.Store or WatchedAccess.Any))
            throw new ArgumentOutOfRangeException(nameof(access), access, "give Load, Store or Any");
        Start = start;
        Last = start + (length - 1);
        Access = access;
    }

    /// <summary>Address of the first byte.</summary>
    public ulong Start { get; }

    /// <summary>Address of the last byte.</summary>
    public ulong Last { get; }

    /// <summary>Which accesses.</summary>
    public WatchedAccess Access { get; }

    /// <summary>True when a byte from <paramref name="first"/> to <paramref name="last"/> is watched.</summary>
    public bool Touches(ulong first, ulong last) => first <= Last && Start <= last;
}
