using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Devices.Characters;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>Where a stream of characters goes, and perhaps comes from (<see cref="CharacterSpec"/>).</summary>
/// <param name="hasPage">Also to the terminal of the web console's page.</param>
internal sealed class CharacterPlaceKind(bool hasPage = false) : ValueKind<CharacterSpec>
{
    public override string Placeholder => "WHERE";

    public override string Range => hasPage ? $"{CharacterSpec.Forms}; with --web also web" : CharacterSpec.Forms;

    public override JsonShape Shape { get; } = new()
    {
        Pattern = hasPage ? "^(stdio|pty|null|web|tcp:.+|unix:.+|file:.+)$" : "^(stdio|pty|null|tcp:.+|unix:.+|file:.+)$",
    };

    public override CharacterSpec WithPaths(CharacterSpec value, PathChange change) => value.WithPath(change.Apply);

    public override bool TryRead(string text, [MaybeNullWhen(false)] out CharacterSpec value, [NotNullWhen(false)] out string? problem)
    {
        if (!CharacterSpec.TryParse(text, out value, out problem, Suggestions.Nearest))
            return false;
        if (hasPage || value.Kind != CharacterKind.Web)
            return true;
        problem = $"the page of --web has a terminal for --serial only; give {CharacterSpec.Forms}";
        return false;
    }
}
