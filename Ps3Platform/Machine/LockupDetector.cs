using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Execution;
using CellPpe.Ppe.State;

namespace Ps3Platform.Machine;

/// <summary>
/// Finds out that a guest has stopped for good: for seconds of guest time every thread has either made no hypercall but
/// lv1_pause(1), again and again, or had interrupts off and gone round one page of code without any hypercall. A stopped
/// Linux looks like that: one thread pauses in the panic handler (where a pending interrupt that it never takes ends each
/// pause at once), the other spins where it was told to stop (irq-and-time 7, 9).
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
        public Kind Kind;
        public ulong Page;
        public ulong OtherHypercalls;
        public ulong EndlessPauses;
        public ulong Since;
    }

    private enum Kind
    {
        GettingOn,
        Spinning,
        Pausing,
    }

    /// <summary>Looks at a thread at the end of its turn.</summary>
    public void Observe(PpuThread thread, ulong now)
    {
        ref Suspicion suspicion = ref _suspicions[thread.ThreadId];
        bool pausing = thread.State.Wait == (uint)PpeWait.Interrupt || thread.EndlessPauses != suspicion.EndlessPauses;
        Kind kind = pausing ? Kind.Pausing : TakesInterrupts(thread) ? Kind.GettingOn : Kind.Spinning;
        ulong page = thread.State.Nia >> 12;
        ulong others = thread.Hypercalls - thread.EndlessPauses;
        suspicion.EndlessPauses = thread.EndlessPauses;
        bool still = kind == suspicion.Kind && others == suspicion.OtherHypercalls && (kind == Kind.Pausing || page == suspicion.Page);
        if (still)
            return;
        suspicion.Kind = kind;
        suspicion.Page = page;
        suspicion.OtherHypercalls = others;
        suspicion.Since = now;
    }

    /// <summary>True when no thread will get on any more.</summary>
    public bool IsLockedUp(IReadOnlyList<PpuThread> running, ulong now)
    {
        foreach (PpuThread thread in running)
        {
            Suspicion suspicion = _suspicions[thread.ThreadId];
            ulong patience = TakesInterrupts(thread) ? PatienceWithInterrupts : Patience;
            if (suspicion.Kind == Kind.GettingOn || now - suspicion.Since < patience)
                return false;
        }

        return true;
    }

    private static bool TakesInterrupts(PpuThread thread) => (thread.State.Msr & Msr.Ee) != 0;
}
