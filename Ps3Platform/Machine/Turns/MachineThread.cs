using CellPpe.Ppe;

namespace Ps3Platform.Machine.Turns;

/// <summary>
/// The host thread that may access the whole machine now, and the event that wakes it when it waits for work. Other host threads, those
/// of SPEs and of host devices, reach the machine through the event queue only.
/// </summary>
internal sealed class MachineThread(PpuCore ppe) : IDisposable
{
    private readonly AutoResetEvent _wake = new(false);

    // Id of the host thread that builds the machine, and later of the one that runs it.
    private int _owner = Environment.CurrentManagedThreadId;

    /// <summary>
    /// True on the thread that may access everything now: the one that runs the machine or, with host threads for the hardware
    /// threads, the one that holds the lock. Always false on an SPE's own host thread.
    /// </summary>
    public bool IsInside => ppe.Lock.IsShared ? ppe.Lock.IsHeld : Environment.CurrentManagedThreadId == _owner;

    /// <summary>For <see cref="ITurnClock.IdleUntil"/>.</summary>
    public WaitHandle WakeHandle => _wake;

    /// <summary>Makes the calling thread the one that runs the machine.</summary>
    public void Claim() => _owner = Environment.CurrentManagedThreadId;

    /// <summary>From any thread: ends a wait in <see cref="WaitForWork"/>.</summary>
    public void Wake()
    {
        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // A back end that outlives the machine has completed a command of it; nothing is left to wake.
        }
    }

    /// <summary>Sleeps until <see cref="Wake"/> is called, or for the longest time.</summary>
    public void WaitForWork(TimeSpan longest) => _wake.WaitOne(longest);

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();
}
