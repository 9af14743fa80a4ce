using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Devices.Characters;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>A place from which commands can come (<see cref="CharacterSpec"/>): one that takes input.</summary>
internal sealed class MonitorPlaceKind : ValueKind<CharacterSpec>
{
    private const string Forms = "stdio, unix:PATH or tcp:[HOST:]PORT";

    public override string Placeholder => "WHERE";

    public override string Range => Forms;

    public override JsonShape Shape { get; } = new() { Pattern = "^(stdio|unix:.+|tcp:.+)$" };

    public override CharacterSpec WithPaths(CharacterSpec value, PathChange change) => value.WithPath(change.Apply);

    public override bool TryRead(string text, [MaybeNullWhen(false)] out CharacterSpec value, [NotNullWhen(false)] out string? problem)
    {
        if (!CharacterSpec.TryParse(text, out value, out problem))
        {
            // The kinds that it lists are more than a monitor has.
            problem = problem.StartsWith("no such kind", StringComparison.Ordinal) ? $"no such place; give {Forms}" : problem;
            return false;
        }

        if (value.Kind is CharacterKind.Stdio or CharacterKind.Unix or CharacterKind.Tcp)
            return true;
        problem = $"no commands come from there; give {Forms}";
        return false;
    }
}
