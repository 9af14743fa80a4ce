using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Locking;

/// <summary>
/// The one lock of a machine whose hardware threads have a host thread each. Guest code runs without it, on translations,
/// decoded instructions and compiled regions that only its own thread uses; everything behind them (devices, lv1, the event
/// queue, the page table, decoding, planning and installing regions) runs under it. There is no other lock to order it with.
/// </summary>
/// <remarks>
/// To change another thread's caches, a holder of the lock has that thread stop first: it asks for attention and waits until
/// the thread stands still, which it does wherever it wants the lock, so that two who ask at once cannot wait for each other.
/// The thread cannot go on before the lock is released. With one host thread for all nothing here costs more than a test.
/// </remarks>
public sealed unsafe class MachineLock
{
    private readonly object _gate = new();
    private readonly bool _shared;
    private PpuContext*[] _threads = [];
    private int _waiting;

    internal MachineLock(bool shared) => _shared = shared;

    /// <summary>True when hardware threads have host threads of their own.</summary>
    public bool IsShared => _shared;

    /// <summary>True on the host thread that has the lock.</summary>
    public bool IsHeld => Monitor.IsEntered(_gate);

    /// <summary>Takes the lock for a host thread that runs no guest code.</summary>
    public void Enter() => Monitor.Enter(_gate);

    /// <summary>Gives it back.</summary>
    public void Exit() => Monitor.Exit(_gate);

    /// <summary>Lets others have the lock until something is announced, or for so long.</summary>
    public void Wait(TimeSpan longest)
    {
        _waiting++;
        Monitor.Wait(_gate, longest);
        _waiting--;
    }

    /// <summary>Ends every <see cref="Wait"/>. Does nothing while no thread can be waiting, which is before the machine runs.</summary>
    public void Announce()
    {
        if (_waiting > 0 && Monitor.IsEntered(_gate))
            Monitor.PulseAll(_gate);
    }

    /// <summary>The hardware threads there are. None: they are about to be freed.</summary>
    internal void Attach(PpuContext*[] threads) => _threads = threads;

    /// <summary>A hardware thread stops running guest code and takes the lock.</summary>
    internal void Enter(PpuContext* c, ThreadActivity activity)
    {
        // A release: a thread that sees this one stopped sees all its stores.
        Volatile.Write(ref c->Activity, (uint)activity);
        Monitor.Enter(_gate);
    }

    /// <summary>A hardware thread gives the lock back and runs guest code.</summary>
    internal void Exit(PpuContext* c)
    {
        // Before the lock is free: the next holder must not take this thread for a stopped one.
        Volatile.Write(ref c->Activity, (uint)ThreadActivity.Running);
        Monitor.Exit(_gate);
    }

    /// <summary>Waits until one thread has stopped. The caller has the lock; threads that wait for it have stopped already.</summary>
    internal void Stop(PpuContext* thread)
    {
        if (!_shared || !IsRunning(thread))
            return;
        thread->Attention = PpuContext.Wanted;
        var spin = default(SpinWait);
        while (IsRunning(thread))
            spin.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>Waits until all threads have stopped.</summary>
    internal void StopAll()
    {
        foreach (PpuContext* thread in _threads)
            Stop(thread);
    }

    /// <summary>Waits until all threads have stopped. False: one did so in the middle of a block, and must be let go on first.</summary>
    internal bool TryStopAllBetween()
    {
        StopAll();
        foreach (PpuContext* thread in _threads)
        {
            if (ActivityOf(thread) == ThreadActivity.BetweenBlocks)
                continue;
            thread->Attention = PpuContext.Wanted;
            return false;
        }

        return true;
    }

    /// <summary>Has compiled code leave at its next check, on every thread.</summary>
    internal void WantAttention()
    {
        foreach (PpuContext* thread in _threads)
            thread->Attention = PpuContext.Wanted;
    }

    private static bool IsRunning(PpuContext* thread) => ActivityOf(thread) == ThreadActivity.Running;

    private static ThreadActivity ActivityOf(PpuContext* thread) => (ThreadActivity)Volatile.Read(ref thread->Activity);
}
