using System.Diagnostics;

using Ps3Platform.Devices.Video;
using Ps3Platform.Machine;

namespace Ps3Platform.Cli;

/// <summary>What the user wants to have of a run beside its console.</summary>
internal sealed record BootReport
{
    public string? Screenshot { get; init; }

    public TimeSpan? ScreenshotEvery { get; init; }

    public TimeSpan? Timeout { get; init; }

    public ulong? Instructions { get; init; }

    public string? SpeTimeline { get; init; }

    public bool LogBuffer { get; init; }

    public bool NoReboot { get; init; }

    public bool Stats { get; init; }

    public bool StateHash { get; init; }

    public bool Audit { get; init; }

    /// <summary>Called with every machine before it runs.</summary>
    public Action<Ps3Machine>? Prepare { get; init; }
}

/// <summary>Runs a machine to its end, restarting it when the guest asks for that.</summary>
internal sealed class BootSession(MachineConfig config, GuestConsole console, BootReport report)
{
    private int _screenshots;

    public int Run()
    {
        using var keys = new PowerButton();
        if (config.Kernel.Warnings is { Count: > 0 } warnings)
        {
            foreach (string warning in warnings)
                Terminal.Note(warning);
        }

        // Limits hold for the whole session: a guest that restarts for ever is stopped by them too.
        long started = Stopwatch.GetTimestamp();
        ulong instructions = 0;
        while (true)
        {
            using Ps3Machine machine = MachineBuilder.Build(config);
            keys.Machine = machine;
            var watch = new GuestWatch(machine, console);
            ScheduleScreenshots(machine);
            report.Prepare?.Invoke(machine);
            // Reading and unpacking files takes several times their size, and nothing else would give that back for a long time.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            RunOutcome outcome = machine.Run(new RunLimits
            {
                Timeout = report.Timeout - Stopwatch.GetElapsedTime(started),
                Instructions = report.Instructions is { } most ? most - Math.Min(most, instructions) : null,
                Cancel = keys.Stopped,
            });
            instructions += machine.Instructions;
            Report(machine);
            watch.Finish(outcome, report.LogBuffer);
            if (outcome.End == RunEnd.Restart && !report.NoReboot)
            {
                keys.Machine = null;
                console.Forget();
                Terminal.Note("the guest restarts");
                continue;
            }

            return Finish(outcome);
        }
    }

    private int Finish(RunOutcome outcome)
    {
        (int code, string message) = outcome.End switch
        {
            RunEnd.PowerOff => (ExitCode.Success, "the guest powered off"),
            RunEnd.Restart => (ExitCode.GuestRestart, "the guest asked for a restart (--no-reboot)"),
            RunEnd.Panic => (ExitCode.GuestPanic, $"guest panic: {outcome.Message}"),
            RunEnd.LockedUp => (ExitCode.GuestLockup, $"the guest has locked up: {outcome.Message}"),
            RunEnd.Timeout => (ExitCode.Timeout, $"time limit of {report.Timeout?.TotalSeconds:0.###} s reached: {outcome.Message}"),
            RunEnd.InstructionLimit => (ExitCode.Timeout, $"limit of {report.Instructions} instructions reached: {outcome.Message}"),
            _ => (ExitCode.Interrupted, $"stopped by Ctrl-C: {outcome.Message}"),
        };
        Terminal.Note(message);
        return code;
    }

    private void ScheduleScreenshots(Ps3Machine machine)
    {
        if (report.ScreenshotEvery is not { } period)
            return;
        string stem = Path.ChangeExtension(report.Screenshot ?? "screenshot.png", null);
        ulong ticks = Math.Max(1, (ulong)(period.TotalSeconds * CellPpe.Core.IMachineClock.Frequency));
        void Take()
        {
            Save(machine, $"{stem}-{++_screenshots:000}.png");
            machine.Events.Schedule(machine.Clock.TimeBase + ticks, Take);
        }

        machine.Events.Schedule(machine.Clock.TimeBase + ticks, Take);
    }

    private void Report(Ps3Machine machine)
    {
        if (report.Screenshot is { } path)
            Save(machine, path);
        if (report.SpeTimeline is { } timeline)
            SaveTimeline(machine, timeline);
        if (report.Stats)
            MachineReports.PrintStats(machine);
        if (report.Audit)
            MachineReports.PrintAudit(machine);
        if (report.StateHash)
            Terminal.Note($"state hash {StateHash.Of(machine)}");
    }

    private static void SaveTimeline(Ps3Machine machine, string path)
    {
        if (machine.Spes?.Timeline is not { } timeline)
        {
            Terminal.Note($"{path} not written: the machine has no SPEs");
            return;
        }

        try
        {
            using FileStream file = File.Create(path);
            timeline.Write(file);
            Terminal.Note($"{path} written; open it with https://ui.perfetto.dev");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Terminal.Error($"{path} not written: {e.Message}");
        }
    }

    private static void Save(Ps3Machine machine, string path)
    {
        if (!machine.Screen.TryCapture(out Frame? frame))
        {
            Terminal.Note($"{path} not written: the guest shows nothing on the screen");
            return;
        }

        // A picture that cannot be written is no reason to lose the run and its exit code.
        try
        {
            PngWriter.Write(frame, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Terminal.Error($"{path} not written: {e.Message}");
        }
    }
}
