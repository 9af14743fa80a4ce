using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Devices.Characters;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>Where a stream of characters goes, and perhaps comes from (<see cref="CharacterSpec"/>).</summary>
internal sealed class CharacterPlaceKind : ValueKind<CharacterSpec>
{
    public override string Placeholder => "WHERE";

    public override string Range => CharacterSpec.Forms;

    public override JsonShape Shape { get; } = new() { Pattern = "^(stdio|pty|null|tcp:.+|unix:.+|file:.+)$" };

    public override CharacterSpec WithPaths(CharacterSpec value, PathChange change) => value.WithPath(change.Apply);

    public override bool TryRead(string text, [MaybeNullWhen(false)] out CharacterSpec value, [NotNullWhen(false)] out string? problem) =>
        CharacterSpec.TryParse(text, out value, out problem, Suggestions.Nearest);
}
