using System.Diagnostics;
using System.Text;

namespace Boot.Tests;

/// <summary>The output and exit code of one run of the program.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Messages);

/// <summary>Runs the command line as a user does: its own process, its own exit code.</summary>
internal static class Ps3Program
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Whether this process, and processes that it starts, ignore Ctrl-C.</summary>
    public static bool IgnoresInterrupts
    {
        get
        {
            const ulong Interrupt = 1UL << 1;
            const string Ignored = "SigIgn:";
            return OperatingSystem.IsLinux() && File.ReadLines("/proc/self/status")
                .Where(static line => line.StartsWith(Ignored, StringComparison.Ordinal))
                .Any(static line => (Convert.ToUInt64(line[Ignored.Length..].Trim(), 16) & Interrupt) != 0);
        }
    }

    public static ProgramResult Run(params string[] arguments) => Start(arguments).Wait();

    /// <summary>Runs a line of a shell in which <c>$PS3</c> is the program; with the <c>pipefail</c> of bash.</summary>
    public static ProgramResult Shell(string line, string folder)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment["PS3"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "ps3.dll")}";
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"set -o pipefail; {line}");
        return new RunningProgram(Process.Start(start) ?? throw new InvalidOperationException("bash did not start"), Patience).Wait();
    }

    public static RunningProgram Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet")
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ps3.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        process.StandardInput.Close();
        return new RunningProgram(process, Patience);
    }
}

/// <summary>A run that has not ended yet.</summary>
internal sealed class RunningProgram
{
    private readonly Process _process;
    private readonly TimeSpan _patience;
    private readonly StringBuilder _output = new();
    private readonly Task _reading;
    private readonly Task<string> _messages;

    public RunningProgram(Process process, TimeSpan patience)
    {
        _process = process;
        _patience = patience;
        _reading = Task.Run(ReadOutput);
        _messages = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    private string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Waits until the program has printed a text.</summary>
    public void WaitFor(string text)
    {
        bool seen = SpinWait.SpinUntil(() => Output.Contains(text, StringComparison.Ordinal) || _process.HasExited, _patience);
        if (!seen || !Output.Contains(text, StringComparison.Ordinal))
            throw new TimeoutException($"ps3 did not print \"{text}\"");
    }

    /// <summary>Waits until the program has printed a text, and what it has printed before does not count.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to begin in what it has printed; receives where the text ends.</param>
    public void WaitForNext(string text, ref int from)
    {
        int start = from;
        int at = -1;
        bool seen = SpinWait.SpinUntil(
            () => (at = Output.IndexOf(text, start, StringComparison.Ordinal)) >= 0 || _process.HasExited, _patience);
        if (!seen || at < 0)
            throw new TimeoutException($"ps3 did not print \"{text}\" after:\n{Output}");
        from = at + text.Length;
    }

    /// <summary>How many characters it has printed.</summary>
    public int OutputLength => Output.Length;

    /// <summary>Ends it as kill -9 does, unless it has ended.</summary>
    public void Kill() => _process.Kill();

    public ProgramResult Wait()
    {
        if (!_process.WaitForExit(_patience))
        {
            _process.Kill();
            throw new TimeoutException($"ps3 did not end within {_patience}");
        }

        _reading.Wait();
        return new ProgramResult(_process.ExitCode, Output, _messages.Result);
    }

    private void ReadOutput()
    {
        var piece = new char[4096];
        for (int count; (count = _process.StandardOutput.Read(piece)) > 0;)
        {
            lock (_output)
                _output.Append(piece, 0, count);
        }
    }
}
