using System.ComponentModel;
using System.Diagnostics;

using Ps3Platform.Cli.Shell;

namespace Ps3Platform.Cli.Guests;

/// <summary>Runs the script that builds Linux, on the user's terminal.</summary>
internal static class BuildScript
{
    /// <summary>Runs it to its end. Ctrl-C reaches it too, as it has the same terminal; a build that ends so can be continued.</summary>
    /// <returns>An <see cref="ExitCode"/>; the script says itself what went wrong.</returns>
    /// <exception cref="UsageException">There is no bash.</exception>
    public static int Run(string script, IEnumerable<string> arguments)
    {
        StopReason stopped = StopReason.None;
        using var signals = new StopSignals(reason =>
        {
            stopped = reason;
            // The build has had the signal of a terminal as well; this process waits for its end.
            return false;
        });
        var start = new ProcessStartInfo("bash") { UseShellExecute = false };
        start.ArgumentList.Add(script);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            using Process process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start");
            while (!process.WaitForExit(TimeSpan.FromMilliseconds(200)))
            {
                // kill reaches this process alone: what it has started is ended by it.
                if (stopped is StopReason.Terminate or StopReason.Hangup)
                    process.Kill(entireProcessTree: true);
            }

            if (stopped != StopReason.None)
                return StopSignals.ExitCodeOf(stopped);
            return process.ExitCode == 0 ? ExitCode.Success : ExitCode.Usage;
        }
        catch (Win32Exception e)
        {
            throw new UsageException(
                $"guest build: bash cannot be run ({e.Message}); the build needs a Linux host with Debian's packages.");
        }
    }
}
