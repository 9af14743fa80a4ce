using System.Diagnostics;
using System.Globalization;

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

    /// <summary>
    /// Whether this process ignores SIGINT or SIGQUIT, and so do the programs it starts: a script's shell has its background jobs
    /// ignore them.
    /// </summary>
    public static bool IsIgnored(string name)
    {
        const string Field = "SigIgn:";
        int number = name switch { "INT" => 2, "QUIT" => 3, _ => 0 };
        if (number == 0 || !OperatingSystem.IsLinux())
            return false;
        string line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith(Field, StringComparison.Ordinal));
        return (ulong.Parse(line[Field.Length..], NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture)
            & (1UL << (number - 1))) != 0;
    }
}
