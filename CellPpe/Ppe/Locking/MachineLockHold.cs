using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Locking;

/// <summary>
/// One hardware thread's hold of the machine's lock: counts how often it was taken, since slow paths call slow paths. Does nothing
/// where all hardware threads share one host thread.
/// </summary>
internal sealed unsafe class MachineLockHold(MachineLock machineLock, PpuContext* context)
{
    private readonly bool _isShared = machineLock.IsShared;
    private int _taken;

    /// <summary>Takes the machine's lock, so that others may change what this thread uses.</summary>
    public void Take(ThreadActivity activity)
    {
        if (_isShared && _taken++ == 0)
            machineLock.Enter(context, activity);
    }

    /// <summary>Releases it: what the thread finds in its caches stays there until it takes the lock again.</summary>
    public void Release()
    {
        if (_isShared && --_taken == 0)
            machineLock.Exit(context);
    }

    /// <summary>Releases it completely, however often it was taken.</summary>
    public void ReleaseAll()
    {
        Volatile.Write(ref context->Activity, (uint)ThreadActivity.BetweenBlocks);
        if (_taken > 0)
            machineLock.Exit();
        _taken = 0;
    }
}
