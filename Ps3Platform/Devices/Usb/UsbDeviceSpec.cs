using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Characters;

namespace Ps3Platform.Devices.Usb;

/// <summary>A USB device, as a user writes it (<see cref="Forms"/>).</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Disk">The image of a <see cref="UsbKind.Disk"/>.</param>
/// <param name="Characters">What a <see cref="UsbKind.Serial"/> is connected to.</param>
public sealed record UsbDeviceSpec(UsbKind Kind, BlockOptions? Disk = null, CharacterSpec? Characters = null)
{
    /// <summary>How each kind is written.</summary>
    public const string Forms = "keyboard, mouse, tablet, gamepad, serial=BACKEND or disk=FILE[,ro][,snapshot]";

    private static readonly (string Word, UsbKind Kind)[] Plain =
    [
        ("keyboard", UsbKind.Keyboard), ("mouse", UsbKind.Mouse), ("tablet", UsbKind.Tablet), ("gamepad", UsbKind.Gamepad),
    ];

    /// <summary>The kind as a word: "keyboard".</summary>
    public string Word => Kind switch
    {
        UsbKind.Serial => "serial",
        UsbKind.Disk => "disk",
        _ => Plain.First(pair => pair.Kind == Kind).Word,
    };

    /// <summary>It is connected to something on the host.</summary>
    public bool NeedsHost => Kind is UsbKind.Serial or UsbKind.Disk;

    /// <summary>The same with other paths of the host: of a disk's image, of a serial adapter's socket or file.</summary>
    public UsbDeviceSpec WithPaths(Func<string, string> change) => this with
    {
        Disk = Disk?.WithPath(change),
        Characters = Characters?.WithPath(change),
    };

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="text">The text.</param>
    /// <param name="spec">What it means.</param>
    /// <param name="problem">What is wrong and what to write instead, as a clause without a full stop.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out UsbDeviceSpec? spec, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string word = equals < 0 ? text : text[..equals];
        string? rest = equals < 0 ? null : text[(equals + 1)..];
        spec = null;
        problem = null;
        switch (word)
        {
            case "serial" when rest is null or "":
                problem = $"serial leads somewhere: write for instance serial=pty; give {CharacterSpec.Forms}";
                break;
            case "serial":
                if (CharacterSpec.TryParse(rest, out CharacterSpec? characters, out problem))
                    spec = new UsbDeviceSpec(UsbKind.Serial, Characters: characters);
                break;
            case "disk" when rest is null or "":
                problem = "disk has a file: write for instance disk=stick.img";
                break;
            case "disk":
                if (BlockOptions.TryParse(rest, out BlockOptions? disk, out problem))
                    spec = new UsbDeviceSpec(UsbKind.Disk, disk);
                break;
            default:
                if (Array.Find(Plain, pair => pair.Word == word) is not { Word: not null } plain)
                    problem = $"no such device; give {Forms}";
                else if (rest is not null)
                    problem = $"{word} takes nothing behind it; write {word} alone";
                else
                    spec = new UsbDeviceSpec(plain.Kind);
                break;
        }

        return spec is not null;
    }

    /// <summary>As a user would write it.</summary>
    public override string ToString() => Kind switch
    {
        UsbKind.Serial => $"serial={Characters}",
        UsbKind.Disk => $"disk={Disk}",
        _ => Word,
    };
}
