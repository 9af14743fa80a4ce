using System.Diagnostics.CodeAnalysis;

namespace Ps3Platform.Devices.Usb;

/// <summary>
/// What a user plugs into the USB sockets: devices with semicolons between them (<see cref="UsbDeviceSpec.Forms"/>), or "none". A keyboard
/// and a tablet are there beside them unless it says "none". A semicolon of a file's name is written twice.
/// </summary>
public sealed class UsbDeviceList : IEquatable<UsbDeviceList>
{
    private const string NoneWord = "none";

    private readonly bool _isNone;

    private UsbDeviceList(bool isNone, IReadOnlyList<UsbDeviceSpec> named)
    {
        _isNone = isNone;
        Named = named;
    }

    /// <summary>Nothing is named: a keyboard and a tablet.</summary>
    public static UsbDeviceList Default { get; } = new(false, []);

    /// <summary>The user wants nothing that is not named.</summary>
    public bool IsNone => _isNone;

    /// <summary>A socket is left for another device.</summary>
    public bool HasRoom => All.Count() < UsbLayout.Sockets;

    /// <summary>The devices that the user has named.</summary>
    public IReadOnlyList<UsbDeviceSpec> Named { get; }

    /// <summary>All devices.</summary>
    public IEnumerable<UsbDeviceSpec> All =>
        (_isNone ? [] : new[] { UsbKind.Keyboard, UsbKind.Tablet })
        .Where(kind => Named.All(spec => spec.Kind != kind)).Select(static kind => new UsbDeviceSpec(kind)).Concat(Named);

    /// <summary>The same devices with other paths of the host (<see cref="UsbDeviceSpec.WithPaths"/>).</summary>
    public UsbDeviceList WithPaths(Func<string, string> change) => new(_isNone, [.. Named.Select(spec => spec.WithPaths(change))]);

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="text">The text.</param>
    /// <param name="list">What it means.</param>
    /// <param name="problem">What is wrong and what to write instead, as a clause without a full stop.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out UsbDeviceList? list, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        const char Mark = '\0';
        bool isNone = false;
        List<UsbDeviceSpec> named = [];
        list = null;
        problem = null;
        foreach (string part in text.Replace(";;", Mark.ToString(), StringComparison.Ordinal).Split(';'))
        {
            if (part == NoneWord)
            {
                isNone = true;
                continue;
            }

            if (!UsbDeviceSpec.TryParse(part.Replace(Mark, ';'), out UsbDeviceSpec? spec, out problem))
                return false;
            named.Add(spec);
        }

        var read = new UsbDeviceList(isNone, named);
        if (read.All.Count() > UsbLayout.Sockets)
        {
            problem = $"there are {UsbLayout.Sockets} sockets, and a keyboard and a tablet in two unless \"none\" is given; "
                + "name fewer devices";
        }
        else
        {
            list = read;
        }

        return list is not null;
    }

    /// <summary>As a user would write it.</summary>
    public override string ToString() => string.Join(';', (IEnumerable<string>)[
        .. _isNone ? new[] { NoneWord } : [],
        .. Named.Select(static spec => spec.ToString().Replace(";", ";;", StringComparison.Ordinal)),
    ]);

    /// <inheritdoc/>
    public bool Equals(UsbDeviceList? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UsbDeviceList);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
