namespace CellPpe.Ppe.State;

/// <summary>Why the interpreter's loop was left.</summary>
internal enum PpuLoopExit : uint
{
    /// <summary>The instruction budget is used up.</summary>
    Budget,

    /// <summary>The next instruction's page is not in the fetch cache.</summary>
    Refetch,

    /// <summary>An interrupt shall be taken: vector, SRR1 bits and, through State.Nia, SRR0 are set.</summary>
    Interrupt,

    /// <summary>An operation shall run between blocks.</summary>
    Between,

    /// <summary>Compiled code left before an instruction that the interpreter must run: it changes compiled code.</summary>
    Replay,

    /// <summary>
    /// A breakpoint or a watched access, before the instruction: the thread's <see cref="CellPpe.Core.Stops.StopPoints"/> say which.
    /// </summary>
    Stop,
}
