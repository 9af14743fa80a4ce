using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Devices.Usb;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>What is plugged into the USB sockets (<see cref="UsbDeviceList"/>).</summary>
internal sealed class UsbDevicesKind : ValueKind<UsbDeviceList>
{
    public override string Placeholder => "DEVICE";

    public override string Range => $"{UsbDeviceSpec.Forms}, or none";

    public override JsonShape Shape { get; } = new() { Pattern = "^(keyboard|mouse|tablet|gamepad|none|serial=|disk=)" };

    public override UsbDeviceList WithPaths(UsbDeviceList value, PathChange change) => value.WithPaths(change.Apply);

    public override bool TryRead(
        string text, [MaybeNullWhen(false)] out UsbDeviceList value, [NotNullWhen(false)] out string? problem)
    {
        problem = text.Contains('\0', StringComparison.Ordinal) ? "holds a NUL character; leave it out" : null;
        value = null;
        return problem is null && UsbDeviceList.TryParse(text, out value, out problem);
    }
}
