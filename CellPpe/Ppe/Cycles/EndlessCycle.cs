using System.Runtime.InteropServices;

using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

namespace CellPpe.Ppe.Cycles;

/// <summary>
/// Whether a thread with interrupts off repeats a cycle that it can never leave: its complete register state returns while memory
/// stays the same, so that the same instructions follow again. That holds as long as nothing else stores to memory: the caller has to
/// check every thread while all are stopped and no SPE runs.
/// </summary>
/// <param name="IsProven">It can never leave.</param>
/// <param name="Reason">Why that is not known, or null.</param>
/// <param name="Instructions">Length of the cycle.</param>
/// <param name="First">Lowest address of its instructions.</param>
/// <param name="Last">Highest address of its instructions.</param>
/// <param name="Pauses">Calls of lv1_pause in it.</param>
/// <param name="Loads">Addresses it loads from, ascending.</param>
/// <param name="Stores">Addresses to which it stores the value that is there already, ascending.</param>
public sealed record EndlessCycle(
    bool IsProven, string? Reason, int Instructions, ulong First, ulong Last, int Pauses, IReadOnlyList<ulong> Loads,
    IReadOnlyList<ulong> Stores)
{
    /// <summary>Searches for a thread's cycle on a copy of its state. The thread is between two turns and is not changed.</summary>
    public static EndlessCycle Find(PpuThread thread, CycleConditions conditions)
    {
        ArgumentNullException.ThrowIfNull(thread);
        ArgumentNullException.ThrowIfNull(conditions);
        using var run = new CycleRun(thread, conditions);
        // Brent's method: compare with a state that is moved on after 1, 2, 4, ... steps, so that steps that lead into the cycle
        // do no harm.
        PpuState mark = run.State;
        int distance = 0;
        int limit = 1;
        for (int step = 0; step < conditions.MostSteps; step++)
        {
            if (!run.Step())
                return NotProven(run.Refusal!);
            distance++;
            if (run.State.Nia == mark.Nia && AreEqual(run.State, mark))
                return Describe(run, distance);
            if (distance < limit)
                continue;
            mark = run.State;
            limit *= 2;
            distance = 0;
        }

        return NotProven($"its state does not come back within {conditions.MostSteps} instructions");
    }

    private static EndlessCycle NotProven(string reason) => new(false, reason, 0, 0, 0, 0, [], []);

    private static EndlessCycle Describe(CycleRun run, int length)
    {
        int pauses = run.Pauses;
        run.Loads = [];
        run.Stores = [];
        ulong first = ulong.MaxValue;
        ulong last = 0;
        for (int step = 0; step < length; step++)
        {
            first = Math.Min(first, run.State.Nia);
            last = Math.Max(last, run.State.Nia);
            if (!run.Step())
                return NotProven(run.Refusal!);
        }

        return new EndlessCycle(true, null, length, first, last, run.Pauses - pauses, [.. run.Loads], [.. run.Stores]);
    }

    // Plain data, copied with all its bytes.
    private static bool AreEqual(in PpuState left, in PpuState right) =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in left, 1))
        .SequenceEqual(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in right, 1)));
}
