using System.Text;

using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;

namespace Conformance.Tests;

/// <summary>How a guest ended and all that it printed.</summary>
internal sealed record GuestRun(RunOutcome Outcome, string Console)
{
    /// <summary>The end of the console, for the message of a test.</summary>
    public string Tail(int lines) =>
        string.Join('\n', Console.TrimEnd().Split('\n')[^Math.Min(lines, Console.TrimEnd().Split('\n').Length)..]);
}

/// <summary>Boots Linux with an initramfs on a machine of its own, in this process, to its end.</summary>
internal static class LinuxGuest
{
    public static GuestRun Boot(BootImage kernel, ImageFile initramfs, string commandLine, TimeSpan timeout)
    {
        var console = new List<byte>();
        using Ps3Machine machine = MachineBuilder.Build(new MachineConfig
        {
            Kernel = kernel,
            Initrd = initramfs,
            CommandLine = $"console=hvc0 quiet {commandLine}".TrimEnd(),
            Console = bytes => console.AddRange(bytes),
        });
        RunOutcome outcome = machine.Run(new RunLimits { Timeout = timeout });
        return new GuestRun(outcome, Encoding.UTF8.GetString([.. console]));
    }
}
