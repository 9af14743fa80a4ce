using System.Reflection;
using System.Text.Json.Nodes;

using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Monitor.Commands;

/// <summary>The commands of every machine. A new command is a row here; both protocols have it then.</summary>
public static class StandardCommands
{
    /// <summary>The events that a machine raises.</summary>
    internal static readonly IReadOnlyList<string> Events =
        ["BLOCK_IO_ERROR", "DEVICE_TRAY_MOVED", "POWERDOWN", "RESET", "RESUME", "SHUTDOWN", "STOP"];

    private const int LastCalls = 1000;

    /// <summary>A table of all of them.</summary>
    public static CommandTable Create() => new(
        [.. Information(), .. Running(), .. DeviceCommands(), .. PowerCommands.All, .. InputCommands.All]);

    /// <summary>What the program calls itself to programs.</summary>
    internal static JsonObject Version()
    {
        Version version = Assembly.GetExecutingAssembly().GetName().Version ?? new Version(0, 0, 0);
        return new JsonObject
        {
            // Clients of QEMU look for this member.
            ["qemu"] = new JsonObject { ["major"] = version.Major, ["minor"] = version.Minor, ["micro"] = Math.Max(0, version.Build) },
            ["package"] = "ps3",
        };
    }

    private static IEnumerable<MonitorCommand> Information() =>
    [
        new()
        {
            Name = "info status",
            QmpName = "query-status",
            Help = "Whether the guest runs, and why not.",
            Run = static (machine, _) =>
            {
                MachineStatus status = machine.ReadStatus();
                return new JsonObject { ["status"] = ResultJson.Word(status), ["running"] = status == MachineStatus.Running };
            },
            Show = static result => [$"VM status: {StatusText((string?)result["status"])}"],
        },
        new()
        {
            Name = "info version",
            QmpName = "query-version",
            Help = "The program's version.",
            Run = static (_, _) => Version(),
            Show = static result =>
                [$"{result["package"]} {result["qemu"]!["major"]}.{result["qemu"]!["minor"]}.{result["qemu"]!["micro"]}"],
        },
        Devices("info block", "query-block", "The storage devices, what holds their bytes, and their counts.", DeviceClass.Storage),
        Devices("info network", "query-network", "The network devices: link, addresses, counts.", DeviceClass.Network),
        Devices("info usb", "query-usb", "The USB controllers, and what is plugged in.", DeviceClass.Usb),
        Devices("info devices", "query-devices", "What every device remembers.", null),
        new()
        {
            Name = "info cpus",
            QmpName = "query-cpus",
            Help = "The hardware threads of the PPE: where they are, and what they have done.",
            Run = static (machine, _) => ResultJson.Of(machine.ReadThreads()),
        },
        new()
        {
            Name = "info spes",
            QmpName = "query-spes",
            Help = "The SPEs that the guest has constructed.",
            Run = static (machine, _) => ResultJson.Of(machine.ReadSpes()),
        },
        new()
        {
            Name = "info hypercalls",
            QmpName = "query-hypercalls",
            Help = "How often each hypercall was made, failed, and was denied.",
            Run = static (machine, _) => ResultJson.Of(machine.ReadHypercalls()),
        },
        new()
        {
            Name = "info calls",
            QmpName = "query-last-hypercalls",
            Help = "The last thousand hypercalls with their arguments, oldest first.",
            Run = static (machine, _) => ResultJson.Of(machine.ReadLastHypercalls(LastCalls)),
            Show = ResultText.Calls,
        },
        new()
        {
            QmpName = "query-events",
            Help = "The events there are.",
            Run = static (_, _) => new JsonArray([.. Events.Select(static name => new JsonObject { ["name"] = name })]),
        },
    ];

    private static IEnumerable<MonitorCommand> Running() =>
    [
        Plain("stop", ["s"], "Stop the guest, its SPEs and its time.", static machine => machine.Stop()),
        Plain("cont", ["c"], "Let the guest run on.", static machine => machine.Continue()),
        Plain("system_reset", [], "Restart the machine, as switching off and on does.", static machine => machine.Reset()),
        Plain("system_powerdown", [], "Press the power button; the guest decides what follows.", static machine => machine.PowerDown()),
        Plain("quit", ["q"], "End the machine at once.", static machine => machine.Quit()),
        new()
        {
            Name = "screendump",
            QmpName = "screendump",
            Help = "Write the screen to a PNG file, in place of what was there.",
            Arguments = [new CommandArgument("filename")],
            Run = static (machine, arguments) => Done(() => machine.SaveScreen(arguments["filename"])),
        },
    ];

    private static IEnumerable<MonitorCommand> DeviceCommands() =>
    [
        new()
        {
            Name = "eject",
            QmpName = "eject",
            Help = "Take the medium out of a drive; with -f also when the guest has locked it.",
            Arguments = [new CommandArgument("force", ArgumentForm.Flag, IsOptional: true), new CommandArgument("device")],
            Run = static (machine, arguments) => Done(() => machine.Eject(arguments["device"], arguments.Has("force"))),
        },
        new()
        {
            Name = "change",
            QmpName = "blockdev-change-medium",
            Help = "Put another medium into a drive.",
            Arguments = [new CommandArgument("device"), new CommandArgument("filename")],
            Run = static (machine, arguments) => Done(() => machine.Change(arguments["device"], arguments["filename"])),
        },
        new()
        {
            Name = "device_add",
            QmpName = "device_add",
            Help = "Add a device.",
            Arguments = [new CommandArgument("driver", ArgumentForm.Properties)],
            Run = static (machine, arguments) => Done(() => machine.AddDevice(arguments["driver"], arguments.Properties)),
        },
        new()
        {
            Name = "device_del",
            QmpName = "device_del",
            Help = "Remove a device that was added.",
            Arguments = [new CommandArgument("id")],
            Run = static (machine, arguments) => Done(() => machine.RemoveDevice(arguments["id"])),
        },
    ];

    private static MonitorCommand Plain(string name, string[] aliases, string help, Action<IMachineControl> action) => new()
    {
        Name = name,
        QmpName = name,
        Aliases = aliases,
        Help = help,
        Run = (machine, _) => Done(() => action(machine)),
    };

    private static MonitorCommand Devices(string name, string qmpName, string help, DeviceClass? only) => new()
    {
        Name = name,
        QmpName = qmpName,
        Help = help,
        Run = (machine, _) => ResultJson.Of(machine.ReadDevices().Where(device => only is null || device.Class == only)),
        Show = ResultText.Devices,
    };

    private static JsonObject? Done(Action action)
    {
        action();
        return null;
    }

    private static string StatusText(string? status) => status switch
    {
        "running" => "running",
        "io-error" => "paused (io-error)",
        "prelaunch" => "paused (prelaunch)",
        _ => "paused",
    };
}
