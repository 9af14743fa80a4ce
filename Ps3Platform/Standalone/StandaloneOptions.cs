using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using Ps3Platform.Standalone.Assist.Files;
using Ps3Platform.Standalone.Rig;

using SpuRuntime.Engine;
using SpuRuntime.Execution;

namespace Ps3Platform.Standalone;

/// <summary>The arguments, memory, engine and streams of a program that runs on an SPE without a PPE.</summary>
public sealed record StandaloneOptions
{
    /// <summary>Its arguments; the first is its name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = ["a.out"];

    /// <summary>Bytes of memory that it can access by DMA, from <see cref="SpeRig.MemoryAt"/> on.</summary>
    public ulong MemorySize { get; init; } = 16 << 20;

    /// <summary>Makes the engine that executes its instructions.</summary>
    public ISpuEngineFactory Engines { get; init; } = new SpuCoreFactory();

    /// <summary>The standard streams of its call-backs.</summary>
    public StandardStreams Streams { get; init; } = new(Stream.Null, Stream.Null, Stream.Null);

    /// <summary>False: the decrementer follows the host's clock. True: it counts instructions, and every run is the same.</summary>
    public bool CountsInstructions { get; init; }

    /// <summary>Is called for each instruction; instructions are then executed one at a time. Null for none.</summary>
    public ISpuObserver? Observer { get; init; }

    /// <summary>Logs misuse of registers.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;
}

/// <summary>Limits of a program's run.</summary>
public sealed record StandaloneLimits
{
    /// <summary>Host time.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Instructions.</summary>
    public ulong? Instructions { get; init; }

    /// <summary>Ends the run when cancelled.</summary>
    public CancellationToken Cancel { get; init; }
}

/// <summary>How a program's run ended.</summary>
public enum StandaloneEnd
{
    /// <summary>It exited.</summary>
    Exited,

    /// <summary>It stopped with an unknown stop code.</summary>
    Stopped,

    /// <summary>It executed a halt instruction whose condition held (heq and others).</summary>
    Halted,

    /// <summary>It reached a word that is not an instruction.</summary>
    InvalidInstruction,

    /// <summary>It used a channel that does not exist.</summary>
    InvalidChannel,

    /// <summary>A DMA command or its address was invalid.</summary>
    DmaError,

    /// <summary>It waits for an event that can never happen.</summary>
    Waiting,

    /// <summary>It made a call-back that is not implemented.</summary>
    NotServed,

    /// <summary>The time limit was reached.</summary>
    Timeout,

    /// <summary>The instruction limit was reached.</summary>
    InstructionLimit,

    /// <summary><see cref="StandaloneLimits.Cancel"/> or the observer ended the run.</summary>
    Cancelled,
}

/// <summary>How a program's run ended.</summary>
/// <param name="End">The kind of end.</param>
/// <param name="ExitCode">Its exit code, if it exited.</param>
/// <param name="Message">Text for the user: what happened, and where.</param>
public readonly record struct StandaloneOutcome(StandaloneEnd End, int ExitCode, string Message);
