using System.Diagnostics.CodeAnalysis;
using System.Globalization;

using Ps3Platform.Devices.Network;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>A network back end (<see cref="NetworkSpec"/>).</summary>
internal sealed class NetworkSpecKind : ValueKind<NetworkSpec>
{
    public override string Placeholder => "none|user|switch|tap[,...]";

    public override string Range => NetworkSpec.Forms;

    public override JsonShape Shape { get; } = new() { Pattern = "^(none|user|switch|tap)(,.*)?$" };

    public override NetworkSpec WithPaths(NetworkSpec value, PathChange change) => value.WithSocket(change.Apply);

    public override bool TryRead(string text, [MaybeNullWhen(false)] out NetworkSpec value, [NotNullWhen(false)] out string? problem) =>
        NetworkSpec.TryParse(text, out value, out problem);
}

/// <summary>A station's Ethernet address, in the low 48 bits.</summary>
internal sealed class MacAddressKind : ValueKind<ulong>
{
    private const int Parts = 6;
    private const ulong GroupBit = 1UL << 40;
    private const string Example = "write for instance 02:00:50:53:33:07";

    public override string Placeholder => "ADDRESS";

    public override JsonShape Shape { get; } = new() { Pattern = "^[0-9A-Fa-f]{1,2}([:-][0-9A-Fa-f]{1,2}){5}$" };

    public override bool TryRead(string text, out ulong value, [NotNullWhen(false)] out string? problem)
    {
        value = 0;
        string[] parts = text.Split(':', '-');
        problem = parts.Length == Parts ? null : $"not an Ethernet address; {Example}";
        foreach (string part in parts)
        {
            if (part.Length > 2 || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte number))
            {
                problem = $"not an Ethernet address; {Example}";
                return false;
            }

            value = (value << 8) | number;
        }

        if (problem is null && (value == 0 || (value & GroupBit) != 0))
            problem = $"not the address of one station: its first byte is even, and not all are 0; {Example}";
        return problem is null;
    }

    public override string Write(ulong value)
    {
        string digits = value.ToString("x12", CultureInfo.InvariantCulture);
        return string.Join(':', Enumerable.Range(0, Parts).Select(part => digits.Substring(2 * part, 2)));
    }
}
