using System.Globalization;
using System.Text.Json.Nodes;

using Ps3Platform.Devices.Usb.Input;
using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Monitor.Commands;

/// <summary>Commands that press keys and move pointers.</summary>
internal static class InputCommands
{
    // As QEMU has it.
    private const int UsualHold = 100;

    /// <summary>All of them.</summary>
    public static IEnumerable<MonitorCommand> All =>
    [
        new()
        {
            Name = "sendkey",
            QmpName = "send-key",
            Help = "Press keys together, such as ctrl-alt-f1, and let them go after 100 ms of guest time, or after HOLD-TIME ms. Names are "
                + "those of the keys of a US keyboard: a, 1, ret, spc, minus, shift, f1, up, kp_0.",
            Arguments =
            [
                new CommandArgument("keys", ArgumentForm.Keys), new CommandArgument("hold-time", ArgumentForm.Number, IsOptional: true),
            ],
            Run = static (machine, arguments) => Done(() => machine.PressKeys(
                arguments["keys"], TimeSpan.FromMilliseconds(Number(arguments, "hold-time", 0, 60_000) ?? UsualHold))),
        },
        new()
        {
            Name = "mouse_move",
            Help = "Move the mouse by DX to the right and DY down, and turn its wheel by DZ.",
            Arguments =
            [
                new CommandArgument("dx", ArgumentForm.Number), new CommandArgument("dy", ArgumentForm.Number),
                new CommandArgument("dz", ArgumentForm.Number, IsOptional: true),
            ],
            Run = static (machine, arguments) => Give(machine, arguments, static (input, x, y) => input.MoveBy(x, y), -short.MaxValue),
        },
        new()
        {
            Name = "mouse_to",
            Help = $"Put the tablet's pointer at a place: X and Y from 0 to {IPointerSink.Largest} (right, bottom).",
            Arguments = [new CommandArgument("x", ArgumentForm.Number), new CommandArgument("y", ArgumentForm.Number)],
            Run = static (machine, arguments) => Give(machine, arguments, static (input, x, y) => input.MoveTo(x, y), 0),
        },
        new()
        {
            Name = "mouse_button",
            Help = "Say which buttons are down: the sum of 1 left, 2 right, 4 middle.",
            Arguments = [new CommandArgument("state", ArgumentForm.Number)],
            Run = static (machine, arguments) => Done(() =>
            {
                int state = Number(arguments, "state", 0, 31)!.Value;
                machine.GiveInput(input => input.Press((PointerButtons)state));
            }),
        },
    ];

    private static JsonNode? Give(IMachineControl machine, CommandArguments arguments, Action<InputRouter, int, int> give, int least)
    {
        bool isPlace = least == 0;
        int x = Number(arguments, isPlace ? "x" : "dx", least, short.MaxValue)!.Value;
        int y = Number(arguments, isPlace ? "y" : "dy", least, short.MaxValue)!.Value;
        int wheel = isPlace ? 0 : Number(arguments, "dz", least, short.MaxValue) ?? 0;
        machine.GiveInput(input =>
        {
            give(input, x, y);
            if (wheel != 0)
                input.TurnWheel(wheel);
        });
        return null;
    }

    private static int? Number(CommandArguments arguments, string name, int least, int most)
    {
        if (arguments.Find(name) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            && number >= least && number <= most ? number : throw new MonitorException($"{name} {text}: give {least} to {most}.");
    }

    private static JsonNode? Done(Action action)
    {
        action();
        return null;
    }
}
