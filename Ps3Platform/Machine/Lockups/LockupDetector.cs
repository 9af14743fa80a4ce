using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Cycles;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine.Lockups;

/// <summary>What the machine does when a guest has locked up, or has panicked and stopped.</summary>
public enum LockupAction
{
    /// <summary>Nothing: lock-ups are not detected.</summary>
    Off,

    /// <summary>The machine reports it once and continues to run.</summary>
    Report,

    /// <summary>The run ends.</summary>
    Stop,
}

/// <summary>
/// Detects a guest that will never make progress again. After each turn it only notes whether a thread is quiet: makes no hypercall
/// except lv1_pause, and has interrupts off or calls lv1_pause(1). When all threads have been quiet for a while, the machine makes two
/// searches: whether every thread is in a cycle that it can provably never leave (<see cref="EndlessCycle"/>), and whether the kernel
/// has reported a panic. The second is needed because a panicked Linux waits in lv1_pause(1) with interrupts masked by software only,
/// so that the processor's state alone does not show that it has ended.
/// </summary>
internal sealed class LockupDetector(int threads, CycleConditions conditions)
{
    /// <summary>Ticks for which all threads must have been quiet. The searches are exact; this only keeps them rare.</summary>
    private const ulong QuietTime = 2 * IMachineClock.Frequency;

    /// <summary>Ticks until the next search after one without result; doubled each time, up to <see cref="LongestPause"/>.</summary>
    private const ulong FirstPause = IMachineClock.Frequency;
    private const ulong LongestPause = 16 * IMachineClock.Frequency;

    private readonly Watch[] _watches = new Watch[threads];
    private ulong _nextSearch;
    private ulong _pause = FirstPause;

    private struct Watch
    {
        public ThreadProgress Activity;
        public ulong OtherHypercalls;
        public ulong EndlessPauses;
        public ulong Since;
        public bool Pauses;
    }

    private enum ThreadProgress
    {
        /// <summary>Interrupts are on, and it does not call lv1_pause(1).</summary>
        Running,

        /// <summary>Interrupts are off.</summary>
        Masked,

        /// <summary>Interrupts are on, and it calls lv1_pause(1) again and again.</summary>
        Pausing,
    }

    /// <summary>Notes the activity of a thread. Called at the end of its turn.</summary>
    public void Observe(PpuThread thread, ulong now)
    {
        ref Watch watch = ref _watches[thread.ThreadId];
        bool pausing = thread.State.Wait == (uint)PpeWait.Interrupt || thread.EndlessPauses != watch.EndlessPauses;
        bool masked = (thread.State.Msr & Msr.Ee) == 0;
        ThreadProgress activity = masked ? ThreadProgress.Masked : pausing ? ThreadProgress.Pausing : ThreadProgress.Running;
        ulong others = thread.Hypercalls - thread.Pauses;
        watch.EndlessPauses = thread.EndlessPauses;
        // A thread that pauses may end one turn with interrupts on and the next with interrupts off: both are quiet.
        bool quiet = activity != ThreadProgress.Running && watch.Activity != ThreadProgress.Running && others == watch.OtherHypercalls;
        watch.Activity = activity;
        watch.Pauses = pausing;
        watch.OtherHypercalls = others;
        if (quiet)
            return;
        watch.Since = now;
        _pause = FirstPause;
    }

    /// <summary>True when all threads have been quiet for long enough to search for cycles and a panic.</summary>
    public bool IsQuiet(IReadOnlyList<PpuThread> running, ulong now)
    {
        if (now < _nextSearch)
            return false;
        foreach (PpuThread thread in running)
        {
            Watch watch = _watches[thread.ThreadId];
            if (watch.Activity == ThreadProgress.Running || now - watch.Since < QuietTime)
                return false;
        }

        _nextSearch = now + _pause;
        _pause = Math.Min(2 * _pause, LongestPause);
        return true;
    }

    /// <summary>True when a thread waits in lv1_pause(1), as a panicked Linux does.</summary>
    public bool IsPausing(IReadOnlyList<PpuThread> running) => running.Any(thread => _watches[thread.ThreadId].Pauses);

    /// <summary>The cycle of each thread, or null unless all threads are proven to be in one. Called when no thread runs.</summary>
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
