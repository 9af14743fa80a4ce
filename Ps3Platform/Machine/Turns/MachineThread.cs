using CellPpe.Ppe;

namespace Ps3Platform.Machine.Turns;

/// <summary>
/// Which host thread may touch the whole machine now, and the event that wakes it when it waits for work. Other host threads, those
/// of SPEs and of host devices, come in through the event queue.
/// </summary>
internal sealed class MachineThread(PpuCore ppe) : IDisposable
{
    private readonly AutoResetEvent _wake = new(false);

    // The host thread that builds the machine, and then the one that runs it.
    private int _owner = Environment.CurrentManagedThreadId;

    /// <summary>
    /// True on the thread that may touch everything now: the one that runs the machine, or with host threads for the hardware
    /// threads the one that has the lock. An SPE's own host thread never may.
    /// </summary>
    public bool IsInside => ppe.Lock.IsShared ? ppe.Lock.IsHeld : Environment.CurrentManagedThreadId == _owner;

    /// <summary>For <see cref="ITurnClock.IdleUntil"/>.</summary>
    public WaitHandle WakeHandle => _wake;

    /// <summary>From now on the calling thread runs the machine.</summary>
    public void Claim() => _owner = Environment.CurrentManagedThreadId;

    /// <summary>From any thread: whoever waits in <see cref="WaitForWork"/> shall look for work again.</summary>
    public void Wake()
    {
        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // A back end that outlives its machine has ended a command of it.
        }
    }

    /// <summary>Sleeps until there may be something to do.</summary>
    public void WaitForWork(TimeSpan longest) => _wake.WaitOne(longest);

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();
}
