using System.Text.Json.Nodes;

using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Monitor.Commands;

/// <summary>
/// A command, declared once for people and for programs: a line "NAME ARGUMENTS" and the JSON command <see cref="QmpName"/> do the same.
/// </summary>
public sealed class MonitorCommand
{
    /// <summary>Its name on a line, of one or two words: "info status". Null: for programs only.</summary>
    public string? Name { get; init; }

    /// <summary>Its name in JSON. Null: for people only.</summary>
    public string? QmpName { get; init; }

    /// <summary>Other names on a line.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What it does, as whole sentences.</summary>
    public required string Help { get; init; }

    /// <summary>Its arguments: flags first, then in the order in which a line has them.</summary>
    public IReadOnlyList<CommandArgument> Arguments { get; init; } = [];

    /// <summary>
    /// Carries it out. The result is JSON for programs, or null for nothing. Throws <see cref="MonitorException"/> when it cannot be done.
    /// </summary>
    public required Func<IMachineControl, CommandArguments, JsonNode?> Run { get; init; }

    /// <summary>The result as lines for a person.</summary>
    public Func<JsonNode, IEnumerable<string>> Show { get; init; } = ResultText.Lines;

    /// <summary>How a line of it looks: "eject [-f] DEVICE".</summary>
    public string Synopsis => string.Join(' ', [Name, .. Arguments.Select(static argument => argument.Shown)]);
}
