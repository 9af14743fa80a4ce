using System.Diagnostics;

namespace Boot.Tests;

/// <summary>Sends signals, as kill(1) does.</summary>
internal static class Signals
{
    /// <summary>Sends a signal by its name without SIG.</summary>
    public static void Send(int process, string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{process}"]);
        kill.WaitForExit();
    }
}
