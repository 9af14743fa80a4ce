namespace Ps3Platform.Machine;

/// <summary>Why a run ended.</summary>
public enum RunEnd
{
    /// <summary>The guest powered off through the system manager.</summary>
    PowerOff,

    /// <summary>The guest asked for a restart.</summary>
    Restart,

    /// <summary>The guest gave up: lv1_panic, or a kernel that said so on its console and stopped.</summary>
    Panic,

    /// <summary>No thread can ever get on.</summary>
    LockedUp,

    /// <summary>The time limit was reached.</summary>
    Timeout,

    /// <summary>Somebody asked the machine to stop.</summary>
    Cancelled,

    /// <summary>The instruction limit was reached.</summary>
    InstructionLimit,

    /// <summary>A hardware thread of the PPE has stopped at a breakpoint or a watched access. The next run goes on from there.</summary>
    Stopped,

    /// <summary>Somebody outside reset the machine (<see cref="Ps3Machine.End"/>).</summary>
    Reset,

    /// <summary>Somebody outside ended the machine (<see cref="Ps3Machine.End"/>).</summary>
    Quit,
}

/// <summary>How a run ended.</summary>
/// <param name="End">Why.</param>
/// <param name="Message">For a person: what happened, where.</param>
public readonly record struct RunOutcome(RunEnd End, string Message);

/// <summary>When a run is to be ended from outside.</summary>
public sealed record RunLimits
{
    /// <summary>Host time, or null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Instructions of all threads, or null for none. Exact with the instruction clock.</summary>
    public ulong? Instructions { get; init; }

    /// <summary>Ends the run when it is cancelled.</summary>
    public CancellationToken Cancel { get; init; }
}
