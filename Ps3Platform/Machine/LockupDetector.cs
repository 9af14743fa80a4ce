using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Execution;
using CellPpe.Ppe.State;

namespace Ps3Platform.Machine;

/// <summary>
/// Finds out that a guest has stopped for good: for seconds of guest time every thread has stayed in one page of code and made
/// no hypercall but lv1_pause(1), either with interrupts off or in that pause. A stopped Linux looks like that: one thread
/// pauses again and again in the panic handler, the other spins where it was told to stop (irq-and-time 7, 9).
/// </summary>
internal sealed class LockupDetector(int threads)
{
    /// <summary>Longer than any loop a kernel waits in with interrupts off; the longest known takes one second.</summary>
    private const ulong Patience = 5 * IMachineClock.Frequency;

    /// <summary>A pause with interrupts on may be a guest's way to wait for its devices: it gets longer.</summary>
    private const ulong PatienceWithInterrupts = 20 * IMachineClock.Frequency;

    private readonly Suspicion[] _suspicions = new Suspicion[threads];

    private struct Suspicion
    {
        public ulong Page;
        public ulong Progress;
        public ulong Since;
        public bool Stuck;
    }

    /// <summary>Looks at a thread at the end of its turn.</summary>
    public void Observe(PpuThread thread, ulong now)
    {
        ref Suspicion suspicion = ref _suspicions[thread.ThreadId];
        bool stuck = !TakesInterrupts(thread) || IsPausedForGood(thread);
        ulong page = thread.State.Nia >> 12;
        if (suspicion.Stuck && stuck && suspicion.Page == page && suspicion.Progress == thread.Progress)
            return;
        suspicion = new Suspicion { Page = page, Progress = thread.Progress, Since = now, Stuck = stuck };
    }

    /// <summary>True when no thread will get on any more.</summary>
    public bool IsLockedUp(IReadOnlyList<PpuThread> running, ulong now)
    {
        foreach (PpuThread thread in running)
        {
            Suspicion suspicion = _suspicions[thread.ThreadId];
            ulong patience = TakesInterrupts(thread) ? PatienceWithInterrupts : Patience;
            if (!suspicion.Stuck || now - suspicion.Since < patience)
                return false;
        }

        return true;
    }

    private static bool TakesInterrupts(PpuThread thread) => (thread.State.Msr & Msr.Ee) != 0;

    private static bool IsPausedForGood(PpuThread thread) => thread.State.Wait == (uint)PpeWait.Interrupt;
}
