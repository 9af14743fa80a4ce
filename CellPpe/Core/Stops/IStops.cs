namespace CellPpe.Core.Stops;

/// <summary>
/// Runs one hardware thread of the PPE, or one SPU, for an exact number of instructions, and stops it at addresses and accesses.
/// Every engine behaves the same. To be used while the thread does not run, on the host thread that may run it.
/// </summary>
/// <remarks>
/// A stop is reported before its instruction has any effect; the next run executes that instruction. The stop is reported again when
/// the instruction is reached again, for instance after an interrupt taken in between or a fault of the instruction itself. Breakpoints
/// and watchpoints apply to normal runs (<see cref="LastStop"/>) as well as to <see cref="RunExactly"/>.
/// </remarks>
public interface IStops
{
    /// <summary>
    /// The stop at which the last run ended; null when it ended for another reason, after <see cref="ClearLastStop"/>, and when no
    /// breakpoint or watchpoint is left.
    /// </summary>
    Stop? LastStop { get; }

    /// <summary>Addresses with a breakpoint, in no order.</summary>
    IReadOnlyCollection<ulong> Breakpoints { get; }

    /// <summary>Watched ranges in the order in which they were added.</summary>
    IReadOnlyList<Watchpoint> Watchpoints { get; }

    /// <summary>Runs this thread alone for exactly this number of instructions, or until it stops, waits or ends.</summary>
    Stop RunExactly(long instructions);

    /// <summary>Runs one instruction.</summary>
    Stop Step();

    /// <summary>Stops before the instruction at an address, which is a multiple of four.</summary>
    /// <returns>False when the breakpoint already exists.</returns>
    bool AddBreakpoint(ulong address);

    /// <summary>Removes a breakpoint.</summary>
    /// <returns>False when there is none.</returns>
    bool RemoveBreakpoint(ulong address);

    /// <summary>
    /// Stops before a load or store of this thread. Instruction fetches and the accesses of other threads and devices do not count.
    /// </summary>
    /// <returns>False when the watchpoint already exists.</returns>
    bool AddWatchpoint(Watchpoint watchpoint);

    /// <summary>Removes a watchpoint.</summary>
    /// <returns>False when there is none.</returns>
    bool RemoveWatchpoint(Watchpoint watchpoint);

    /// <summary>Sets <see cref="LastStop"/> to null. The next run executes the reported instruction all the same.</summary>
    void ClearLastStop();
}
