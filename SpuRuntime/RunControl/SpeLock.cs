using SpuRuntime.Mfc;
using SpuRuntime.Scheduling;
using SpuRuntime.State;

namespace SpuRuntime.RunControl;

/// <summary>
/// An SPE's lock, and the one place where what a change calls for is carried out: telling the scheduler, and DMA. Code that changes
/// something enters, makes the change, calls <see cref="Collect"/> last, leaves, and gives the answer to <see cref="CarryOut"/>.
/// Leaving does nothing else. Where nothing is changed that the SPU or the MFC could be waiting for, entering and leaving is enough.
/// </summary>
internal sealed class SpeLock(SpuRunControl run, MfcUnit mfc, MfcTransfer transfer, ISpeScheduler scheduler, ISchedulableSpe spe)
{
    private readonly Lock _lock = new();

    /// <summary>Takes the lock until the scope is disposed of. A thread that holds it may take it again.</summary>
    public Lock.Scope Enter() => _lock.EnterScope();

    /// <summary>With the lock held, after the last change: what is to be done once it has been left.</summary>
    public SpeActions Collect()
    {
        SpeActions actions = mfc.WantsDriver ? SpeActions.Drive : SpeActions.None;
        return run.TakeWake() ? actions | SpeActions.Wake : actions;
    }

    /// <summary>Does what <see cref="Collect"/> has answered, on the calling thread. Without the lock.</summary>
    public void CarryOut(SpeActions actions)
    {
        // The scheduler has locks of its own, and asks SPEs under them.
        if ((actions & SpeActions.Wake) != 0)
            scheduler.Wake(spe);
        if ((actions & SpeActions.Drive) != 0)
            Drive();
    }

    /// <summary>
    /// Returns when an SPU that was told to stop has come out. A PPE that stops one polls SPU_Status next, on a host core that the SPE's
    /// own thread may need to get that far. Without the lock, and not from an SPE's thread.
    /// </summary>
    public void AwaitStop()
    {
        bool stopping;
        using (Enter())
            stopping = run.IsStopping;
        if (stopping)
            scheduler.Suspend(spe);
    }

    /// <summary>
    /// Returns when no host thread is in the SPE's instructions and nothing is being copied any more. Without the lock; running and new
    /// commands must have been made impossible.
    /// </summary>
    public void AwaitRest()
    {
        scheduler.Suspend(spe);
        SpinWait spin = default;
        while (true)
        {
            bool busy;
            using (Enter())
                busy = mfc.IsInStep;
            if (!busy)
                return;
            spin.SpinOnce();
        }
    }

    // Carries out the commands that can be, unless another thread already does: that one finds them before it ends.
    private void Drive()
    {
        bool taken;
        bool wake;
        MfcWork work;
        using (Enter())
        {
            taken = mfc.TryBeginDriving(out work);
            wake = run.TakeWake();
        }

        if (wake)
            scheduler.Wake(spe);
        while (taken)
        {
            MfcStep step = transfer.Step(ref work.Command, work.IsProxy, out MfcFault fault);
            using (Enter())
            {
                if (mfc.Settle(work, step, transfer.AtomicStatus, fault))
                    run.Start();
                taken = mfc.TryTake(out work);
                wake = run.TakeWake();
            }

            if (wake)
                scheduler.Wake(spe);
        }
    }
}
