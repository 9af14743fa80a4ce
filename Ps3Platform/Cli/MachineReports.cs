using CellPpe.Ppe.Execution;

using Ps3Platform.Machine;

namespace Ps3Platform.Cli;

/// <summary>What <c>--stats</c> and <c>--audit</c> print.</summary>
internal static class MachineReports
{
    public static void PrintStats(Ps3Machine machine)
    {
        double busy = (machine.HostTime - machine.IdleTime).TotalSeconds;
        double guest = (machine.Clock.TimeBase / (double)CellPpe.Core.IMachineClock.Frequency) - 1;
        Terminal.Note($"{machine.Instructions:N0} instructions in {busy:0.00} s busy, {machine.IdleTime.TotalSeconds:0.00} s idle: "
            + $"{machine.Instructions / Math.Max(busy, 1e-9) / 1e6:0.0} million a second; guest time {guest:0.00} s");
        foreach (PpuThread thread in machine.Ppe.Threads)
        {
            Terminal.Note($"thread {thread.ThreadId}: {thread.State.Instructions:N0} instructions, {thread.Interrupts:N0} interrupts, "
                + $"{thread.Hypercalls:N0} hypercalls, {thread.TlbFills:N0} TLB fills, {thread.SlowAccesses:N0} slow accesses");
        }

        Terminal.Note($"{machine.Ppe.DecodedPages:N0} pages of code decoded, {machine.Gpu.VerticalBlanks:N0} vertical blanks, "
            + $"{Environment.WorkingSet >> 20} MB resident");
    }

    public static void PrintAudit(Ps3Machine machine)
    {
        foreach (string line in HypercallReport.Lines(machine.Hypervisor))
            Terminal.Note(line);
    }
}
