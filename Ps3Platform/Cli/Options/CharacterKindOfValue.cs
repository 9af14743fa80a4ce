using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Devices.Characters;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Options;

/// <summary>A character back end.</summary>
internal sealed class CharacterKindOfValue : ValueKind<CharacterSpec>
{
    public override string Placeholder => "WHERE";

    public override string Range => CharacterSpec.Forms;

    public override bool TryRead(string text, [MaybeNullWhen(false)] out CharacterSpec value, [NotNullWhen(false)] out string? problem) =>
        CharacterSpec.TryParse(text, out value, out problem, Suggestions.Nearest);
}
