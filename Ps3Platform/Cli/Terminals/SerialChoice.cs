using Ps3Platform.Devices.Characters;
using Ps3Platform.Devices.Usb;
using Ps3Platform.Host.Terminals;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;

namespace Ps3Platform.Cli.Terminals;

/// <summary>Which serial adapter a guest has when the user names none.</summary>
internal static class SerialChoice
{
    /// <summary>
    /// Adds one at the standard streams for a dialogue, and for a user at a terminal: who boots a kernel there expects to type. The
    /// built-in guest has no driver for it, and with the instruction clock a run must not depend on where it was started.
    /// </summary>
    /// <param name="options">The options; changed if an adapter is added.</param>
    /// <param name="isBuiltIn">The guest is the built-in one.</param>
    public static void Complete(SourcedOptions options, bool isBuiltIn)
    {
        MachineOptions given = options.Options;
        if (given.Serial is not null || given.Usb.Named.Any(static spec => spec.Kind == UsbKind.Serial))
            return;
        bool isWanted = given is { Console.Kind: CharacterKind.Stdio, Clock: ClockMode.Host, Expect: null }
            && given.Kernel != "-" && !isBuiltIn && !IsAtStreams(given.Monitor) && !IsAtStreams(given.Qmp)
            && given.Usb is { IsNone: false, HasRoom: true }
            && InteractiveTerminal.IsAvailable && !Console.IsOutputRedirected;
        if (isWanted || given.Expect is not null)
            options.Set(MachineSchema.Find("serial")!, CharacterSpec.Stdio.ToString(), "--serial");
    }

    /// <summary>The serial adapter is at the standard streams.</summary>
    public static bool IsStandard(MachineOptions options) =>
        IsAtStreams(options.Serial) || options.Usb.Named.Any(static spec => IsAtStreams(spec.Characters));

    private static bool IsAtStreams(CharacterSpec? place) => place?.Kind == CharacterKind.Stdio;
}
