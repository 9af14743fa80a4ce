using System.Runtime.InteropServices;
using System.Runtime.Versioning;

using Ps3Platform.Host.Characters;

namespace Ps3Platform.Host.Terminals;

/// <summary>
/// Raw mode of the terminal at standard input. The former settings are restored when this is disposed of, and in every other end of the
/// process that it can notice: its exit, an exception that nobody handles, SIGQUIT. Signals that ask the program to end are the caller's,
/// who disposes of this on the way. While the process is stopped (SIGTSTP) the terminal has its former settings too. What is written is
/// treated as before, so that messages of this program need no carriage returns.
/// </summary>
internal sealed partial class TerminalMode : IDisposable
{
    private const int StandardInput = 0;

    // SIGSTOP (signal(7)); the number is another one in macOS.
    private static readonly int StopSignal = OperatingSystem.IsLinux() ? 19 : 17;

    private readonly Lock _gate = new();
    private readonly Termios _before;
    private readonly Termios _raw;
    private readonly List<PosixSignalRegistration> _signals = [];
    private bool _isDisposed;

    [UnsupportedOSPlatform("windows")]
    private TerminalMode(Termios before)
    {
        _before = before;
        _raw = before.ToRaw(keepsOutput: true);
        AppDomain.CurrentDomain.ProcessExit += OnEnd;
        AppDomain.CurrentDomain.UnhandledException += OnEnd;
        // The runtime's own handling of signals reads the settings once, to restore them at its end; it has to see those of before.
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => Restore()));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, Suspend));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, Resume));
        MakeRaw();
    }

    /// <summary>
    /// Standard input is a terminal whose keys this process gets: it is not in the background of a shell. False where terminals have no
    /// raw mode that is known here (Windows).
    /// </summary>
    public static bool IsAvailable => !OperatingSystem.IsWindows() && Termios.TryGet(StandardInput) is not null && IsInForeground;

    private static bool IsInForeground
    {
        get
        {
            // A terminal that does not control this process has no foreground group.
            int group = ForegroundGroup(StandardInput);
            return group < 0 || group == OwnGroup();
        }
    }

    /// <summary>Turns raw mode on.</summary>
    /// <returns>Null when standard input is no terminal.</returns>
    public static TerminalMode? TryEnter() =>
        !OperatingSystem.IsWindows() && Termios.TryGet(StandardInput) is { } before ? new TerminalMode(before) : null;

    /// <summary>Restores the former settings.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            Restore();
            _isDisposed = true;
        }

        AppDomain.CurrentDomain.ProcessExit -= OnEnd;
        AppDomain.CurrentDomain.UnhandledException -= OnEnd;
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
    }

    private void OnEnd(object? sender, EventArgs e) => Restore();

    private void Suspend(PosixSignalContext context)
    {
        // The runtime drops the signal's own effect.
        context.Cancel = true;
        Restore();
        _ = Kill(Environment.ProcessId, StopSignal);
    }

    private void Resume(PosixSignalContext context)
    {
        // Otherwise the runtime applies the settings that it has read at its start.
        context.Cancel = true;
        MakeRaw();
    }

    private void Restore() => Apply(_before);

    private void MakeRaw() => Apply(_raw);

    private void Apply(Termios settings)
    {
        lock (_gate)
        {
            // In the background the settings are those of another program, and setting them would stop this one (SIGTTOU).
            if (!_isDisposed && IsInForeground)
                settings.TryApply(StandardInput);
        }
    }

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ForegroundGroup(int terminal);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OwnGroup();
}
