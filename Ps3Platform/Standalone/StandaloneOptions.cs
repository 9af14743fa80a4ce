using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using Ps3Platform.Standalone.Assist.Files;
using Ps3Platform.Standalone.Rig;

using SpuRuntime.Engine;
using SpuRuntime.Execution;

namespace Ps3Platform.Standalone;

/// <summary>What a program that runs on an SPE alone gets.</summary>
public sealed record StandaloneOptions
{
    /// <summary>Its arguments; the first is its name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = ["a.out"];

    /// <summary>Memory it reaches by DMA, from <see cref="SpeRig.MemoryAt"/> on.</summary>
    public ulong MemorySize { get; init; } = 16 << 20;

    /// <summary>What runs its instructions.</summary>
    public ISpuEngineFactory Engines { get; init; } = new SpuCoreFactory();

    /// <summary>What its call-backs read and write.</summary>
    public StandardStreams Streams { get; init; } = new(Stream.Null, Stream.Null, Stream.Null);

    /// <summary>False: the decrementer follows the host's clock. True: it counts instructions, and every run is the same.</summary>
    public bool CountsInstructions { get; init; }

    /// <summary>Told of each instruction, which are then done one at a time.</summary>
    public ISpuObserver? Observer { get; init; }

    /// <summary>Where misuse of registers is told.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;
}

/// <summary>How far a program may get.</summary>
public sealed record StandaloneLimits
{
    /// <summary>Host time.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Instructions.</summary>
    public ulong? Instructions { get; init; }

    /// <summary>Ends it from outside.</summary>
    public CancellationToken Cancel { get; init; }
}

/// <summary>How a program's run ended.</summary>
public enum StandaloneEnd
{
    /// <summary>It exited.</summary>
    Exited,

    /// <summary>A stop code that nobody here knows.</summary>
    Stopped,

    /// <summary>A halt (heq and its kin).</summary>
    Halted,

    /// <summary>A word that is no instruction.</summary>
    InvalidInstruction,

    /// <summary>A channel that is not there.</summary>
    InvalidChannel,

    /// <summary>A DMA command that is wrong, or whose address is.</summary>
    DmaError,

    /// <summary>It waits for what can never come.</summary>
    Waiting,

    /// <summary>A call-back that is not served.</summary>
    NotServed,

    /// <summary>The time limit.</summary>
    Timeout,

    /// <summary>The limit of instructions.</summary>
    InstructionLimit,

    /// <summary>Ended from outside, or by the observer.</summary>
    Cancelled,
}

/// <summary>How a program's run ended.</summary>
/// <param name="End">The kind of end.</param>
/// <param name="ExitCode">What it exited with, if it did.</param>
/// <param name="Message">For a person: what and where.</param>
public readonly record struct StandaloneOutcome(StandaloneEnd End, int ExitCode, string Message);
