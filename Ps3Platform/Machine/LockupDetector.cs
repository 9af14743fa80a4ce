using CellPpe.Core;
using CellPpe.Ppe.Execution;
using CellPpe.Ppe.State;

namespace Ps3Platform.Machine;

/// <summary>
/// Finds out that a guest has stopped for good: every thread is either in lv1_pause(1), or has interrupts off and has done
/// nothing but go round one page of code, without a hypercall, for seconds of guest time. A stopped Linux looks like
/// that: one thread pauses in the panic handler, the other spins where it was told to stop (irq-and-time 7, 9).
/// </summary>
internal sealed class LockupDetector(int threads)
{
    /// <summary>Long enough for every loop a kernel waits in with interrupts off: the longest known is one second.</summary>
    private const ulong Patience = 10 * IMachineClock.Frequency;

    private readonly Suspicion[] _suspicions = new Suspicion[threads];

    private struct Suspicion
    {
        public ulong Page;
        public ulong Hypercalls;
        public ulong Interrupts;
        public ulong Since;
        public bool Stuck;
    }

    /// <summary>Looks at a thread at the end of its turn.</summary>
    public void Observe(PpuThread thread, ulong now)
    {
        ref Suspicion suspicion = ref _suspicions[thread.ThreadId];
        ref PpuState state = ref thread.State;
        bool still = suspicion.Stuck && (state.Msr & Msr.Ee) == 0 && suspicion.Page == state.Nia >> 12
            && suspicion.Hypercalls == thread.Hypercalls && suspicion.Interrupts == thread.Interrupts;
        if (still)
            return;
        suspicion = new Suspicion
        {
            Page = state.Nia >> 12,
            Hypercalls = thread.Hypercalls,
            Interrupts = thread.Interrupts,
            Since = now,
            Stuck = (state.Msr & Msr.Ee) == 0,
        };
    }

    /// <summary>True when no thread can get on any more.</summary>
    public bool IsLockedUp(IReadOnlyList<PpuThread> running, ulong now, out string where)
    {
        where = "";
        foreach (PpuThread thread in running)
        {
            if (thread.State.Wait == (uint)CellPpe.Core.Ports.PpeWait.Interrupt)
            {
                where += $"thread {thread.ThreadId} pauses for ever at 0x{thread.State.Nia:x}; ";
                continue;
            }

            Suspicion suspicion = _suspicions[thread.ThreadId];
            if (thread.IsPaused || !suspicion.Stuck || now - suspicion.Since < Patience)
                return false;
            where += $"thread {thread.ThreadId} spins with interrupts off at 0x{thread.State.Nia:x}; ";
        }

        where = where.TrimEnd(' ', ';');
        return true;
    }
}
