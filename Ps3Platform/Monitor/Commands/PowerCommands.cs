using System.Globalization;
using System.Text.Json.Nodes;

using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Monitor.Commands;

/// <summary>Commands that press the console's buttons and report temperatures, as the system manager tells guests of them.</summary>
internal static class PowerCommands
{
    // As of sendkey.
    private const int UsualHold = 100;
    private const int LongestHold = 60_000;

    /// <summary>All of them.</summary>
    public static IEnumerable<MonitorCommand> All =>
    [
        new()
        {
            Name = "power_button",
            QmpName = "power_button",
            Help = "Press the power button and let it go after 100 ms of guest time, or after HOLD-TIME ms; from 5000 on the machine turns "
                + "off.",
            Arguments = [new CommandArgument("hold-time", ArgumentForm.Number, IsOptional: true)],
            Run = static (machine, arguments) => Done(() => machine.HoldPowerButton(
                TimeSpan.FromMilliseconds(Number(arguments, "hold-time", LongestHold) ?? UsualHold))),
        },
        new()
        {
            Name = "reset_button",
            QmpName = "reset_button",
            Help = "Press the reset button, which the guest is told of; retail consoles have none. system_reset does not ask the guest.",
            Run = static (machine, _) => Done(machine.PressResetButton),
        },
        Temperature("thermal_alert", "Tell the guest that a part is too hot; ZONE is the part's number.", isHot: true),
        Temperature("thermal_clear", "Tell the guest that a part is no longer too hot.", isHot: false),
    ];

    private static MonitorCommand Temperature(string name, string help, bool isHot) => new()
    {
        Name = name,
        QmpName = name,
        Help = help,
        Arguments = [new CommandArgument("zone", ArgumentForm.Number)],
        Run = (machine, arguments) => Done(() => machine.ReportTemperature((uint)Number(arguments, "zone", byte.MaxValue)!.Value, isHot)),
    };

    private static int? Number(CommandArguments arguments, string name, int most)
    {
        if (arguments.Find(name) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= most ? number
            : throw new MonitorException($"{name} {text}: give 0 to {most}.");
    }

    private static JsonNode? Done(Action action)
    {
        action();
        return null;
    }
}
