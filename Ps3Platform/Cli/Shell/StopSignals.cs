using System.Runtime.InteropServices;

namespace Ps3Platform.Cli.Shell;

/// <summary>Why a run was stopped from outside. The numbers are those of the signals (signal(7)).</summary>
internal enum StopReason
{
    /// <summary>The dialogue with the guest has failed. No signal.</summary>
    DialogueFailed = -1,

    /// <summary>It was not stopped.</summary>
    None = 0,

    /// <summary>The terminal has gone (SIGHUP).</summary>
    Hangup = 1,

    /// <summary>Ctrl-C (SIGINT).</summary>
    Interrupt = 2,

    /// <summary>The reader of standard output has gone (SIGPIPE).</summary>
    OutputClosed = 13,

    /// <summary>kill, timeout, a service manager, a host that shuts down (SIGTERM).</summary>
    Terminate = 15,
}

/// <summary>Handles the signals that request a program to end. While an instance exists, they have no other effect.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Starts to handle signals.</summary>
    /// <param name="asked">Called for each signal on a runtime thread; returns true to end the process at once.</param>
    public StopSignals(Func<StopReason, bool> asked)
    {
        Add(PosixSignal.SIGINT, StopReason.Interrupt, asked);
        Add(PosixSignal.SIGTERM, StopReason.Terminate, asked);
        Add(PosixSignal.SIGHUP, StopReason.Hangup, asked);
    }

    /// <summary>The exit code for a reason: 128 plus the signal's number, as shells report a program that a signal has killed.</summary>
    public static int ExitCodeOf(StopReason reason) => reason switch
    {
        StopReason.DialogueFailed => ExitCode.DialogueFailed,
        StopReason.Hangup => ExitCode.HungUp,
        StopReason.OutputClosed => ExitCode.OutputClosed,
        StopReason.Terminate => ExitCode.Terminated,
        _ => ExitCode.Interrupted,
    };

    /// <summary>The reason for a message: "Ctrl-C".</summary>
    public static string Describe(StopReason reason) => reason switch
    {
        StopReason.DialogueFailed => "the dialogue",
        StopReason.Hangup => "SIGHUP (the terminal has gone)",
        StopReason.OutputClosed => "the end of standard output's reader",
        StopReason.Terminate => "SIGTERM",
        _ => "Ctrl-C",
    };

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _registrations.Clear();
    }

    // nohup and shells' background jobs start programs with signals ignored; those stay ignored.
    private static bool IsIgnored(StopReason reason)
    {
        const string Ignored = "SigIgn:";
        if (!OperatingSystem.IsLinux() || !File.Exists("/proc/self/status"))
            return false;
        string? line = File.ReadLines("/proc/self/status")
            .FirstOrDefault(static line => line.StartsWith(Ignored, StringComparison.Ordinal));
        return line is not null && ((Convert.ToUInt64(line[Ignored.Length..].Trim(), 16) >> ((int)reason - 1)) & 1) != 0;
    }

    private void Add(PosixSignal signal, StopReason reason, Func<StopReason, bool> asked)
    {
        if (IsIgnored(reason))
            return;
        _registrations.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = !asked(reason)));
    }
}
