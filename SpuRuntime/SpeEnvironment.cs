using CellPpe.Core;

using Microsoft.Extensions.Logging;

using SpuRuntime.Execution;
using SpuRuntime.Scheduling;
using SpuRuntime.Scheduling.Timeline;

namespace SpuRuntime;

/// <summary>An SPE as an <see cref="ISpeTimer"/> sees it.</summary>
public interface ITimedSpe
{
    /// <summary>0..7, or further in tests and measurements.</summary>
    int Number { get; }

    /// <summary>Called on the machine's thread when a time has come that the SPE asked for.</summary>
    void TimerElapsed();
}

/// <summary>Calls an SPE when the time base has come to a value: decrementer events, and checks of a reserved line now and then.</summary>
public interface ISpeTimer
{
    /// <summary>
    /// Has <see cref="ITimedSpe.TimerElapsed"/> called once, on the machine's thread, when the time base has reached
    /// <paramref name="timeBase"/>. From any thread, with the SPE's lock held: post, do not call back. A later call does not undo
    /// an earlier one; a call too many does no harm.
    /// </summary>
    void WakeAt(ulong timeBase, ITimedSpe spe);
}

/// <summary>Told of what SPEs store into memory outside their local stores, so that a PPE drops code it decoded from there.</summary>
public interface IGuestWriteNotifier
{
    /// <summary>
    /// Bytes have changed, given as an offset from <see cref="GuestMemory.HostBase"/>. Comes on the host thread of whoever drives the
    /// MFC, without the machine's lock, which it must not take: filter and post. <see cref="GuestMemory.NotifyWritten"/> may only
    /// be called straight through where the machine has one host thread.
    /// </summary>
    void Written(ulong hostOffset, ulong length);
}

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
public sealed record SpeEnvironment(
    GuestMemory Memory,
    IMachineClock Clock,
    ReservationTable Reservations,
    ISpuEngineFactory Engines,
    ISpeScheduler Scheduler,
    ISpeTimer Timer,
    IGuestWriteNotifier Writes,
    ILogger Log,
    SpeTimeline? Timeline = null);
