using CellPpe.Ppe.Cycles;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine.Lockups;

/// <summary>Describes to the user why the threads can never make progress again.</summary>
internal static class LockupReport
{
    private const int MostAddresses = 4;

    /// <summary>One sentence per thread: where its cycle is, what it reads and stores, and why none of that can change.</summary>
    public static string Describe(IReadOnlyList<PpuThread> threads, IReadOnlyList<EndlessCycle> cycles, Func<ulong, string> symbol)
    {
        IEnumerable<string> sentences = threads.Zip(cycles, (thread, cycle) => Describe(thread, cycle, symbol));
        return string.Join("; ", sentences) + "; no interrupt can be taken, and no SPE or device can change what is read";
    }

    private static string Describe(PpuThread thread, EndlessCycle cycle, Func<ulong, string> symbol)
    {
        string place = cycle.First == cycle.Last ? Address(cycle.First) : $"{Address(cycle.First)} to {Address(cycle.Last)}";
        string text = $"thread {thread.ThreadId} repeats the same {Count(cycle.Instructions, "instruction")} for ever with interrupts off, at {place}";
        if (cycle.Pauses > 0)
            text += ", calling lv1_pause";
        text += cycle.Loads.Count > 0 ? $", reading {List(cycle.Loads)}" : ", reading nothing";
        return text + (cycle.Stores.Count > 0 ? $", storing to {List(cycle.Stores)} what stands there" : "");

        string Address(ulong address) => $"0x{address:x}{symbol(address)}";
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static string List(IReadOnlyList<ulong> addresses) =>
        string.Join(", ", addresses.Take(MostAddresses).Select(static address => $"0x{address:x}"))
        + (addresses.Count > MostAddresses ? $" and {addresses.Count - MostAddresses} more" : "");
}
