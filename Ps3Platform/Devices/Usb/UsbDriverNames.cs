using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Devices.HotPlug;

namespace Ps3Platform.Devices.Usb;

/// <summary>The names by which a monitor's user adds devices, which are QEMU's, and their properties.</summary>
internal static class UsbDriverNames
{
    private static readonly (string Name, UsbKind Kind, string? Property)[] Table =
    [
        ("usb-kbd", UsbKind.Keyboard, null),
        ("usb-mouse", UsbKind.Mouse, null),
        ("usb-tablet", UsbKind.Tablet, null),
        ("usb-gamepad", UsbKind.Gamepad, null),
        ("usb-serial", UsbKind.Serial, "chardev"),
        ("usb-storage", UsbKind.Disk, "file"),
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(static row => row.Name)];

    /// <summary>What a user asks for.</summary>
    /// <exception cref="DeviceOperationException">A property is missing, unknown or wrong.</exception>
    public static (UsbDeviceSpec Spec, string? Id) Parse(string driver, IReadOnlyDictionary<string, string> properties)
    {
        (_, UsbKind kind, string? property) = Array.Find(Table, row => row.Name == driver);
        bool isDisk = kind == UsbKind.Disk;
        foreach (string key in properties.Keys)
        {
            if (key != "id" && key != property && !(isDisk && key is "ro" or "snapshot"))
                throw new DeviceOperationException($"{driver} has no property '{key}'; give {Known(property, isDisk)}.");
        }

        string? id = properties.GetValueOrDefault("id");
        if (property is null)
            return (new UsbDeviceSpec(kind), id);
        if (!properties.TryGetValue(property, out string? value))
            throw new DeviceOperationException($"{driver} needs {property}=; give {Known(property, isDisk)}.");
        return (isDisk ? Disk(value, properties) : Serial(value), id);
    }

    private static UsbDeviceSpec Disk(string file, IReadOnlyDictionary<string, string> properties)
    {
        var options = new BlockOptions(file) { IsReadOnly = IsOn(properties, "ro"), IsSnapshot = IsOn(properties, "snapshot") };
        return options is { IsReadOnly: true, IsSnapshot: true }
            ? throw new DeviceOperationException("ro and snapshot contradict each other; leave one of the two out.")
            : new UsbDeviceSpec(UsbKind.Disk, options);
    }

    private static UsbDeviceSpec Serial(string text) => CharacterSpec.TryParse(text, out CharacterSpec? spec, out string? problem)
        ? new UsbDeviceSpec(UsbKind.Serial, Characters: spec) : throw new DeviceOperationException($"chardev={text}: {problem}.");

    private static bool IsOn(IReadOnlyDictionary<string, string> properties, string key) =>
        properties.TryGetValue(key, out string? value) && value switch
        {
            "on" or "true" or "" => true,
            "off" or "false" => false,
            _ => throw new DeviceOperationException($"{key}={value}: give on or off."),
        };

    private static string Known(string? property, bool isDisk) =>
        string.Concat(property is null ? "" : $"{property}=, ", isDisk ? "ro=on, snapshot=on, " : "", "id=");
}
