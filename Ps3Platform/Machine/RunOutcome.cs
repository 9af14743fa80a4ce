namespace Ps3Platform.Machine;

/// <summary>Why a run ended.</summary>
public enum RunEnd
{
    /// <summary>The guest powered off through the system manager.</summary>
    PowerOff,

    /// <summary>The guest asked for a restart.</summary>
    Restart,

    /// <summary>The guest called lv1_panic, or its kernel reported a panic on the console and stopped.</summary>
    Panic,

    /// <summary>No thread can ever make progress again.</summary>
    LockedUp,

    /// <summary>The time limit was reached.</summary>
    Timeout,

    /// <summary><see cref="RunLimits.Cancel"/> was cancelled.</summary>
    Cancelled,

    /// <summary>The instruction limit was reached.</summary>
    InstructionLimit,

    /// <summary>A hardware thread of the PPE has stopped at a breakpoint or a watched access. The next run continues from there.</summary>
    Stopped,

    /// <summary>Somebody outside reset the machine (<see cref="Ps3Machine.End"/>).</summary>
    Reset,

    /// <summary>Somebody outside ended the machine (<see cref="Ps3Machine.End"/>).</summary>
    Quit,
}

/// <summary>How a run ended.</summary>
/// <param name="End">The cause.</param>
/// <param name="Message">Text for the user: what happened, and where.</param>
public readonly record struct RunOutcome(RunEnd End, string Message);

/// <summary>Limits at which the machine ends a run.</summary>
public sealed record RunLimits
{
    /// <summary>Host time, or null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Instructions of all threads, or null for none. Exact with the instruction clock.</summary>
    public ulong? Instructions { get; init; }

    /// <summary>Ends the run when it is cancelled.</summary>
    public CancellationToken Cancel { get; init; }
}
