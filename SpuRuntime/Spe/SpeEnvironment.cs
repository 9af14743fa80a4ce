using CellPpe.Core;

using Microsoft.Extensions.Logging;

using SpuRuntime.Engine;
using SpuRuntime.Ports;
using SpuRuntime.Scheduling;
using SpuRuntime.Timeline;

namespace SpuRuntime.Spe;

/// <summary>What SPEs use of the machine they are in.</summary>
/// <param name="Memory">The partition's memory.</param>
/// <param name="Clock">Its time.</param>
/// <param name="Reservations">Lock lines, shared by all SPEs and the PPE's conditional stores.</param>
/// <param name="Engines">Makes what executes instructions.</param>
/// <param name="Scheduler">Gives SPEs host threads.</param>
/// <param name="Timer">Wakes them by time.</param>
/// <param name="Writes">Told of their stores.</param>
/// <param name="Log">Where misuse of registers is told.</param>
/// <param name="Timeline">What transfers are written down in, the scheduler's; or null.</param>
/// <param name="AtStop">Called on an SPE's host thread when it has got to a breakpoint or a watched access; or null.</param>
public sealed record SpeEnvironment(
    GuestMemory Memory,
    IMachineClock Clock,
    ReservationTable Reservations,
    ISpuEngineFactory Engines,
    ISpeScheduler Scheduler,
    ISpeTimer Timer,
    IGuestWriteNotifier Writes,
    ILogger Log,
    SpeTimeline? Timeline = null,
    Action? AtStop = null);
