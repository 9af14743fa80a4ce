using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Cycles;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine.Lockups;

/// <summary>What is done about a guest that can never get on, and about one that has panicked and stopped.</summary>
public enum LockupAction
{
    /// <summary>Nothing: it is not looked for.</summary>
    Off,

    /// <summary>It is reported once, and the machine runs on.</summary>
    Report,

    /// <summary>The run ends.</summary>
    Stop,
}

/// <summary>
/// Finds out that a guest has stopped for good. Between turns it only notes which threads make no hypercall but lv1_pause. When all
/// of them have done so for a while there are two questions: whether every one is in a cycle that it can provably never leave
/// (<see cref="EndlessCycle"/>), and whether the kernel has said that it panicked. A panicked Linux waits in lv1_pause(1) with
/// interrupts masked by software only, so that the processor's state alone does not show that it is over.
/// </summary>
internal sealed class LockupDetector(int threads, CycleConditions conditions)
{
    /// <summary>How long all threads must have been quiet. What follows is exact; this keeps it rare.</summary>
    private const ulong Patience = 2 * IMachineClock.Frequency;

    /// <summary>After an answer "no" the questions wait; the next time twice as long.</summary>
    private const ulong FirstPause = IMachineClock.Frequency;
    private const ulong LongestPause = 16 * IMachineClock.Frequency;

    private readonly Watch[] _watches = new Watch[threads];
    private ulong _nextQuestion;
    private ulong _pause = FirstPause;

    private struct Watch
    {
        public ThreadStanding Standing;
        public ulong OtherHypercalls;
        public ulong EndlessPauses;
        public ulong Since;
        public bool Pauses;
    }

    private enum ThreadStanding
    {
        /// <summary>It takes interrupts and does not only pause.</summary>
        GettingOn,

        /// <summary>Interrupts are off.</summary>
        Masked,

        /// <summary>Interrupts are on, and it calls lv1_pause(1) again and again.</summary>
        Pausing,
    }

    /// <summary>Looks at a thread at the end of its turn.</summary>
    public void Observe(PpuThread thread, ulong now)
    {
        ref Watch watch = ref _watches[thread.ThreadId];
        bool pausing = thread.State.Wait == (uint)PpeWait.Interrupt || thread.EndlessPauses != watch.EndlessPauses;
        ThreadStanding standing = (thread.State.Msr & Msr.Ee) == 0 ? ThreadStanding.Masked : pausing ? ThreadStanding.Pausing : ThreadStanding.GettingOn;
        ulong others = thread.Hypercalls - thread.Pauses;
        watch.EndlessPauses = thread.EndlessPauses;
        // A thread that pauses may be seen with interrupts on and off: both are quiet.
        bool quiet = standing != ThreadStanding.GettingOn && watch.Standing != ThreadStanding.GettingOn && others == watch.OtherHypercalls;
        watch.Standing = standing;
        watch.Pauses = pausing;
        watch.OtherHypercalls = others;
        if (quiet)
            return;
        watch.Since = now;
        _pause = FirstPause;
    }

    /// <summary>True when it is time to ask <see cref="FindCycles"/> and for a panic: all threads have been quiet for long enough.</summary>
    public bool IsQuiet(IReadOnlyList<PpuThread> running, ulong now)
    {
        if (now < _nextQuestion)
            return false;
        foreach (PpuThread thread in running)
        {
            Watch watch = _watches[thread.ThreadId];
            if (watch.Standing == ThreadStanding.GettingOn || now - watch.Since < Patience)
                return false;
        }

        _nextQuestion = now + _pause;
        _pause = Math.Min(2 * _pause, LongestPause);
        return true;
    }

    /// <summary>True when a thread waits in lv1_pause(1), as a panicked Linux does.</summary>
    public bool IsPausing(IReadOnlyList<PpuThread> running) => running.Any(thread => _watches[thread.ThreadId].Pauses);

    /// <summary>The cycle of each thread when every one is proven to be in one, else null. All threads stand still between two turns.</summary>
    public IReadOnlyList<EndlessCycle>? FindCycles(IReadOnlyList<PpuThread> running)
    {
        var cycles = new List<EndlessCycle>();
        foreach (PpuThread thread in running)
        {
            EndlessCycle cycle = EndlessCycle.Find(thread, conditions);
            if (!cycle.IsProven)
                return null;
            cycles.Add(cycle);
        }

        return cycles;
    }
}
