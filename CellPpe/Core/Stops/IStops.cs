namespace CellPpe.Core.Stops;

/// <summary>
/// Runs one hardware thread of the PPE, or one SPU, for an exact number of instructions, and stops it at addresses and accesses.
/// The same on every engine. To be used while the thread does not run, by the thread that may run it.
/// </summary>
/// <remarks>
/// A stop is reported before its instruction has done anything; the next run goes on over it. It is reported again when the
/// instruction is reached again, which an interrupt taken in between, or a fault of the instruction itself, may bring about. Points hold
/// for normal runs (<see cref="Taken"/>) and for <see cref="RunExactly"/> alike.
/// </remarks>
public interface IStops
{
    /// <summary>
    /// The stop at which the last run ended; null when it ended otherwise, after <see cref="GoOn"/>, and when no points are left.
    /// </summary>
    Stop? Taken { get; }

    /// <summary>Addresses with a breakpoint, in no order.</summary>
    IReadOnlyCollection<ulong> Breakpoints { get; }

    /// <summary>Watched ranges in the order in which they came.</summary>
    IReadOnlyList<Watchpoint> Watchpoints { get; }

    /// <summary>Runs this thread alone for exactly so many instructions, or until it stops, waits or ends.</summary>
    Stop RunExactly(long instructions);

    /// <summary>Runs one instruction.</summary>
    Stop Step();

    /// <summary>Stops before the instruction at an address, which is a multiple of four.</summary>
    /// <returns>False when there is such a breakpoint already.</returns>
    bool AddBreakpoint(ulong address);

    /// <summary>Takes a breakpoint away.</summary>
    /// <returns>False when there is none.</returns>
    bool RemoveBreakpoint(ulong address);

    /// <summary>
    /// Stops before an access of the thread's own loads and stores. Instruction fetches and transfers of others do not count.
    /// </summary>
    /// <returns>False when there is such a watchpoint already.</returns>
    bool AddWatchpoint(Watchpoint watchpoint);

    /// <summary>Takes a watchpoint away.</summary>
    /// <returns>False when there is none.</returns>
    bool RemoveWatchpoint(Watchpoint watchpoint);

    /// <summary>Forgets <see cref="Taken"/>: the caller has seen it. The next run goes on over it as always.</summary>
    void GoOn();
}
