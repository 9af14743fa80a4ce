using System.Diagnostics;

namespace Boot.Tests;

/// <summary>What one run of the program printed and returned.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Messages);

/// <summary>Runs the command line as a user does: its own process, its own exit code.</summary>
internal static class Ps3Program
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static ProgramResult Run(params string[] arguments) => Start(arguments).Wait();

    public static RunningProgram Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ps3.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        return new RunningProgram(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start"), Patience);
    }
}

/// <summary>A run that has not ended yet.</summary>
internal sealed class RunningProgram(Process process, TimeSpan patience)
{
    private readonly Task<string> _output = process.StandardOutput.ReadToEndAsync();
    private readonly Task<string> _messages = process.StandardError.ReadToEndAsync();

    public int Id => process.Id;

    public ProgramResult Wait()
    {
        if (!process.WaitForExit(patience))
        {
            process.Kill();
            throw new TimeoutException($"ps3 did not end within {patience}");
        }

        return new ProgramResult(process.ExitCode, _output.Result, _messages.Result);
    }
}
