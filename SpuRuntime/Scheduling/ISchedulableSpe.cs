using SpuRuntime.Engine;

namespace SpuRuntime.Scheduling;

/// <summary>
/// An SPE as its scheduler sees it: something that can run for a while. One host thread at a time is inside
/// <see cref="RunSlice"/>; the others are called from any thread.
/// </summary>
public interface ISchedulableSpe
{
    /// <summary>0..7, or further in tests and measurements.</summary>
    int Number { get; }

    /// <summary>
    /// True when a slice would execute instructions: run control says run, and it is not blocked on a channel. May take the
    /// SPE's lock: no scheduler asks with a lock of its own held.
    /// </summary>
    bool IsRunnable { get; }

    /// <summary>Runs instructions until the budget is used up, the SPU blocks or stops, or <see cref="Interrupt"/> was called.</summary>
    SpuExit RunSlice(long instructions);

    /// <summary>
    /// Has a slice that is under way end soon; with none, the next one may end at once. Takes no lock: a scheduler calls it
    /// with its own held.
    /// </summary>
    void Interrupt();
}

/// <summary>Decides which host thread runs which SPE and when.</summary>
public interface ISpeScheduler
{
    /// <summary>
    /// From any thread: the SPE may have become runnable (started, or what blocked it has come). Call it after the change that
    /// <see cref="ISchedulableSpe.IsRunnable"/> tells of; locks of the SPE's may be held.
    /// </summary>
    void Wake(ISchedulableSpe spe);

    /// <summary>
    /// From any thread: has the SPE leave its slice, and returns when no host thread is inside it any more. It does not run
    /// again before the next <see cref="Wake"/>. The SPE's lock must not be held, since the slice may want it to end. From
    /// inside the SPE's own slice it returns at once, and the slice ends when its caller lets it.
    /// </summary>
    void Suspend(ISchedulableSpe spe);

    /// <summary>
    /// From inside the SPE's slice, without its lock: waits there until the wait is over, while no other SPE needs the host thread. May
    /// return at once.
    /// </summary>
    void AwaitInside(ISchedulableSpe spe, SliceWait wait)
    {
    }
}
