using System.Diagnostics;

using CellPpe.Ppe.Threads;

using Ps3Platform.Cli.Dialogues;
using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Remote;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Cli.Terminals;
using Ps3Platform.Devices.Video;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Cli.Session;

/// <summary>The outputs of a run beside its console, and its limits.</summary>
internal sealed record BootReport
{
    public OutputFile? Screenshot { get; init; }

    public TimeSpan? ScreenshotEvery { get; init; }

    /// <summary>Makes the file of the screenshot with a number, from 1, that <see cref="ScreenshotEvery"/> asks for.</summary>
    public Func<int, OutputFile>? NumberedScreenshot { get; init; }

    public TimeSpan? Timeout { get; init; }

    public ulong? Instructions { get; init; }

    public OutputFile? SpeTimeline { get; init; }

    public bool LogBuffer { get; init; }

    /// <summary>Effective address at which every hardware thread stops, and with it the run.</summary>
    public ulong? Break { get; init; }

    public bool NoReboot { get; init; }

    public bool Stats { get; init; }

    public bool StateHash { get; init; }

    public bool Audit { get; init; }

    /// <summary>Takes commands from outside.</summary>
    public required MachineControl Control { get; init; }

    /// <summary>The guest's serial adapter at the standard streams; null: it is elsewhere, or there is none.</summary>
    public StandardLine? Line { get; init; }

    /// <summary>Shows the screen elsewhere; null: nowhere.</summary>
    public RemoteScreens? Screens { get; init; }

    /// <summary>Called with every machine before it runs.</summary>
    public Action<Ps3Machine>? Prepare { get; init; }
}

/// <summary>Runs a machine to its end, restarting it when the guest asks for that.</summary>
/// <param name="config">The first machine.</param>
/// <param name="renew">Makes the configuration of the machine that follows one: a guest may have changed what it is started from.</param>
/// <param name="console">The guest's console.</param>
/// <param name="report">Outputs and limits.</param>
internal sealed class BootSession(
    MachineConfig config, Func<MachineConfig, MachineConfig> renew, GuestConsole console, BootReport report)
{
    private MachineConfig _config = config;
    private int _screenshots;
    private bool _isOutputLost;

    public int Run()
    {
        Warn();
        using var keys = new PowerButton();
        console.ReaderGone += keys.OnReaderGone;
        // The signals that end a run are handled by now, so that none leaves the terminal in raw mode.
        report.Line?.Begin(keys.Quit, keys.PressOnly, keys.OnDialogueFailed);
        try
        {
            return Run(keys);
        }
        finally
        {
            report.Line?.End();
        }
    }

    private int Run(PowerButton keys)
    {
        // Limits apply to the whole session, so that they also stop a guest that restarts for ever.
        long started = Stopwatch.GetTimestamp();
        TimeSpan stopped = TimeSpan.Zero;
        ulong instructions = 0;
        while (true)
        {
            using Ps3Machine machine = MachineBuilder.Build(_config);
            keys.Machine = machine;
            var watch = new GuestWatch(machine, console);
            ScheduleScreenshots(machine);
            SetBreakpoint(machine);
            report.Prepare?.Invoke(machine);
            // Reading and unpacking files takes several times their size, which the collector would otherwise keep for a long time.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            report.Control.Attach(machine);
            report.Screens?.Attach(machine);
            RunOutcome outcome = machine.Run(new RunLimits
            {
                Timeout = report.Timeout - Stopwatch.GetElapsedTime(started) + stopped,
                Instructions = report.Instructions is { } most ? most - Math.Min(most, instructions) : null,
                Cancel = keys.Stopped,
            });
            instructions += machine.Instructions;
            report.Screens?.Detach();
            stopped += machine.Pause.StoppedTime;
            console.Drain(keys.Stopped);
            Report(machine);
            watch.Finish(outcome, report.LogBuffer);
            bool restarts = outcome.End is RunEnd.Restart or RunEnd.Reset && !report.NoReboot;
            report.Control.Detach(outcome, restarts);
            if (restarts)
            {
                keys.Machine = null;
                console.Forget();
                Terminal.Note(outcome.End == RunEnd.Restart ? "the guest restarts" : outcome.Message);
                MachineConfig before = _config;
                _config = renew(before);
                if (_config != before)
                    Warn();
                continue;
            }

            return Finish(outcome, keys.Reason);
        }
    }

    private int Finish(RunOutcome outcome, StopReason reason)
    {
        // The reader may have closed the output before it got the guest's last text.
        if (outcome.End is RunEnd.Cancelled or RunEnd.PowerOff && reason == StopReason.OutputClosed)
            return ExitCode.OutputClosed;
        (int code, string message) = outcome.End switch
        {
            RunEnd.PowerOff => (ExitCode.Success, "the guest powered off"),
            RunEnd.Restart => (ExitCode.GuestRestart, "the guest asked for a restart (--no-reboot)"),
            RunEnd.Reset => (ExitCode.GuestRestart, $"{outcome.Message} (--no-reboot)"),
            RunEnd.Quit => (ExitCode.Success, outcome.Message),
            RunEnd.Panic => (ExitCode.GuestPanic, $"guest panic: {outcome.Message}"),
            RunEnd.LockedUp => (ExitCode.GuestLockup, $"the guest has locked up: {outcome.Message}"),
            RunEnd.Timeout => (ExitCode.Timeout, $"time limit of {report.Timeout?.TotalSeconds:0.###} s reached: {outcome.Message}"),
            RunEnd.Stopped => (ExitCode.Stopped, $"stopped: {outcome.Message}"),
            RunEnd.InstructionLimit => (ExitCode.Timeout, $"limit of {report.Instructions} instructions reached: {outcome.Message}"),
            _ => (StopSignals.ExitCodeOf(reason), $"stopped by {StopSignals.Describe(reason)}: {outcome.Message}"),
        };
        console.Report();
        report.Line?.End();
        if (report.Line?.Dialogue is { } dialogue)
            (code, message) = Judge(dialogue, code, message);
        Terminal.Note(message);
        return code == ExitCode.Success && (_isOutputLost || console.HasLost) ? ExitCode.OutputLost : code;
    }

    // A run that ends before its dialogue has failed, even by a power-off.
    private static (int Code, string Message) Judge(Dialogue dialogue, int code, string message)
    {
        if (dialogue.Failure is { } failure)
            Terminal.Error(failure);
        else if (!dialogue.HasEnded)
            Terminal.Error($"the dialogue has not ended: {dialogue.Position}");
        else
            return (code, message);
        return (code == ExitCode.Success ? ExitCode.DialogueFailed : code, message);
    }

    private void Warn()
    {
        foreach (string warning in _config.Kernel.Warnings)
            Terminal.Note(warning);
    }

    private void SetBreakpoint(Ps3Machine machine)
    {
        if (report.Break is not { } place)
            return;
        foreach (PpuThread thread in machine.Ppe.Threads)
            thread.Stops.AddBreakpoint(place);
    }

    private void ScheduleScreenshots(Ps3Machine machine)
    {
        if (report is not { ScreenshotEvery: { } period, NumberedScreenshot: { } fileOf })
            return;
        ulong ticks = Math.Max(1, (ulong)(period.TotalSeconds * CellPpe.Core.IMachineClock.Frequency));
        void Take()
        {
            // There is no picture before the guest has turned its screen on; that is not an error.
            OutputFile file = fileOf(++_screenshots);
            if (machine.Screen.TryCapture(out Frame? frame))
                Save(frame, file);
            else
                Terminal.Note($"{file.Path} not written: the guest shows nothing on the screen");
            machine.Events.Schedule(machine.Clock.TimeBase + ticks, Take);
        }

        machine.Events.Schedule(machine.Clock.TimeBase + ticks, Take);
    }

    private void Report(Ps3Machine machine)
    {
        if (report.Screenshot is { } screenshot)
            SaveScreen(machine, screenshot);
        if (report.SpeTimeline is { } timeline)
            SaveTimeline(machine, timeline);
        if (report.Stats)
            MachineReports.PrintStats(machine);
        if (report.Audit)
            MachineReports.PrintAudit(machine);
        if (report.StateHash)
            Terminal.Note($"state hash {MachineStateHash.Of(machine)}");
    }

    private void SaveTimeline(Ps3Machine machine, OutputFile file)
    {
        if (machine.Spes?.Timeline is not { } timeline)
            throw new InvalidOperationException("--spe-timeline was accepted for a machine without SPEs.");
        if (file.TryWrite(timeline.Write))
            Terminal.Note($"{file.Path} written; open it with https://ui.perfetto.dev");
        else
            _isOutputLost = true;
    }

    private void SaveScreen(Ps3Machine machine, OutputFile file)
    {
        if (machine.Screen.TryCapture(out Frame? frame))
        {
            Save(frame, file);
            return;
        }

        Terminal.Error($"{file.Path} not written: the guest shows nothing on the screen");
        _isOutputLost = true;
    }

    // A picture that cannot be written does not end the run; the exit code reports it at the end.
    private void Save(Frame frame, OutputFile file) => _isOutputLost |= !file.TryWrite(stream => PngWriter.Write(frame, stream));
}
