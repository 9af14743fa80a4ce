using System.Diagnostics;

using CellPpe.Core;
using CellPpe.Ppe.Engines;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine;

namespace Ps3Platform.Cli.Session;

/// <summary>The output of <c>--stats</c> and <c>--audit</c>. To add a figure, add a line to the method of its part.</summary>
internal static class MachineReports
{
    public static void PrintStats(Ps3Machine machine)
    {
        foreach (string line in (IEnumerable<string>)[.. Run(machine), .. Engine(machine), .. Threads(machine), .. Spes(machine), .. Host(machine)])
            Terminal.Note(line);
    }

    public static void PrintAudit(Ps3Machine machine)
    {
        foreach (string line in HypercallReport.Lines(machine.Hypervisor))
            Terminal.Note(line);
    }

    private static IEnumerable<string> Run(Ps3Machine machine)
    {
        double busy = (machine.HostTime - machine.IdleTime).TotalSeconds;
        double guest = (machine.Clock.TimeBase / (double)IMachineClock.Frequency) - 1;
        yield return $"{machine.Instructions:N0} instructions in {busy:0.00} s busy, {machine.IdleTime.TotalSeconds:0.00} s idle: "
            + $"{machine.Instructions / Math.Max(busy, 1e-9) / 1e6:0.0} million a second; guest time {guest:0.00} s";
        yield return $"{machine.Gpu.VerticalBlanks:N0} vertical blanks";
    }

    private static IEnumerable<string> Engine(Ps3Machine machine)
    {
        EngineStatistics engine = machine.Ppe.Statistics;
        double compiled = 100.0 * engine.Compiled / Math.Max(1, machine.Instructions);
        yield return $"instructions: {compiled:0.0}% compiled, {100 - compiled:0.0}% interpreted; {machine.Ppe.DecodedPages:N0} pages of code decoded";
        if (engine.Installed == 0 && engine.Failures == 0 && engine.Native.Units == 0)
            yield break;
        yield return $"regions: {engine.Installed:N0} installed, {engine.Dropped:N0} dropped ({engine.Evicted:N0} for want of room), {engine.Failures:N0} not compilable, "
            + $"{engine.Regions:N0} in place with {engine.RegionInstructions:N0} instructions";
        yield return $"native code: {engine.Native.Instructions:N0} instructions in {engine.Native.Units:N0} runs, {engine.Native.Bytes:N0} bytes in {engine.Native.Time.TotalSeconds:0.00} s";
        yield return $"compiler: {engine.InstructionsCompiled:N0} instructions to {engine.MsilBytes:N0} bytes of MSIL in {engine.CompileTime.TotalSeconds:0.00} s of its thread";
        yield return $"regions entered {engine.Entries:N0} times, refused {engine.Refusals:N0}; exits: {engine.Steps:N0} to an instruction of the same pages, "
            + $"{engine.Searches:N0} to one that was searched, {engine.Stops:N0} at a turn's end";
    }

    private static IEnumerable<string> Threads(Ps3Machine machine) => machine.Ppe.Threads.Select(static thread =>
        $"thread {thread.ThreadId}: {thread.State.Instructions:N0} instructions, {thread.Interrupts:N0} interrupts, "
        + $"{thread.Hypercalls:N0} hypercalls, {thread.TlbFills:N0} TLB fills, {thread.SlowAccesses:N0} slow accesses");

    private static IEnumerable<string> Spes(Ps3Machine machine) => (machine.Spes?.Taken ?? []).Select(spe =>
        $"SPE {spe.Number}: {spe.Registers.Instructions:N0} instructions");

    private static IEnumerable<string> Host(Ps3Machine machine)
    {
        const double Megabyte = 1 << 20;
        using var process = Process.GetCurrentProcess();
        if (machine.FirstRun is { } first)
            yield return $"first instruction {(first - process.StartTime.ToUniversalTime()).TotalSeconds:0.00} s after the start of the process";
        double all = process.WorkingSet64 / Megabyte;
        double managed = GC.GetTotalMemory(forceFullCollection: false) / Megabyte;
        if (!HostMemory.TryGetResident(machine.Memory, out ResidentMemory guest))
        {
            yield return $"{all:0} MB resident (managed {managed:0} MB)";
            yield break;
        }

        double rest = all - ((guest.Ram + guest.Video + guest.Other) / Megabyte);
        yield return $"{all:0} MB resident: {guest.Ram / Megabyte:0} MB of the guest's {machine.Config.MemorySize / Megabyte:0} MB, {guest.Video / Megabyte:0} MB of video memory, "
            + $"{guest.Other / Megabyte:0} MB of local stores and of what the guest has given back, {rest:0} MB beside it (managed {managed:0} MB)";
    }
}
