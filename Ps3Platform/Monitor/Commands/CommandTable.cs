using System.Text.Json.Nodes;

using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Configuration.Kinds;
using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Monitor.Commands;

/// <summary>All commands. Both protocols, help, completion and the list for programs are made from it.</summary>
public sealed class CommandTable
{
    private const int MostShown = 40;

    /// <summary>A table of its own commands, <c>help</c> and <c>query-commands</c>, and of others.</summary>
    public CommandTable(IEnumerable<MonitorCommand> commands)
    {
        All =
        [
            new MonitorCommand
            {
                Name = "help",
                Aliases = ["?"],
                Help = "List the commands, or explain one.",
                Arguments = [new CommandArgument("command", ArgumentForm.Rest, IsOptional: true)],
                Run = (_, arguments) =>
                    new JsonArray([.. Explain(arguments.Find("command")).Select(static line => JsonValue.Create(line))]),
            },
            new MonitorCommand
            {
                QmpName = "query-commands",
                Help = "List the commands.",
                Run = (_, _) => Describe(),
            },
            .. commands,
        ];
    }

    /// <summary>The commands in the order in which help lists them.</summary>
    public IReadOnlyList<MonitorCommand> All { get; }

    /// <summary>The command that a line's words begin with.</summary>
    /// <param name="words">The words; at least one.</param>
    /// <param name="count">Words that are the command's name.</param>
    /// <exception cref="MonitorException">There is none; the message names the nearest.</exception>
    public MonitorCommand Find(IReadOnlyList<string> words, out int count)
    {
        ArgumentNullException.ThrowIfNull(words);
        for (count = Math.Min(2, words.Count); count > 0; count--)
        {
            string name = string.Join(' ', words.Take(count));
            if (All.FirstOrDefault(command => command.Name == name || command.Aliases.Contains(name)) is { } found)
                return found;
        }

        string[] group = [.. Names().Where(name => name.StartsWith(words[0] + " ", StringComparison.Ordinal))];
        if (group.Length > 0)
        {
            string ends = string.Join(", ", group.Select(static name => name[(name.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
            string problem = words.Count == 1 ? "of what?" : $"there is no '{Clip(words[1])}'.";
            throw new MonitorException($"{words[0]}: {problem} Give one of {ends}.", MonitorError.CommandNotFound);
        }

        string? near = Suggestions.Nearest(Clip(words[0]), Names());
        throw new MonitorException(
            $"There is no command '{Clip(words[0])}'{(near is null ? "" : $"; did you mean {near}?")} \"help\" lists the commands.",
            MonitorError.CommandNotFound);
    }

    /// <summary>The command of a name in JSON.</summary>
    /// <exception cref="MonitorException">There is none.</exception>
    public MonitorCommand FindQmp(string name) => All.FirstOrDefault(command => command.QmpName == name)
        ?? throw new MonitorException($"The command {Clip(name)} has not been found", MonitorError.CommandNotFound);

    /// <summary>The names of commands that a line may go on to be.</summary>
    public IReadOnlyList<string> Complete(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        string begun = string.Join(' ', line.TrimStart().Split(' ', StringSplitOptions.RemoveEmptyEntries))
            + (line.EndsWith(' ') && !string.IsNullOrWhiteSpace(line) ? " " : "");
        return [.. Names().Where(name => name.StartsWith(begun, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private static string Clip(string text) => text.Length <= MostShown ? text : text[..MostShown] + "...";

    private IEnumerable<string> Names() => All.Select(static command => command.Name).OfType<string>();

    private IEnumerable<string> Explain(string? name)
    {
        if (name is null)
        {
            MonitorCommand[] shown = [.. All.Where(static command => command.Name is not null)];
            int width = shown.Max(static command => command.Synopsis.Length);
            return shown.Select(command => $"{command.Synopsis.PadRight(width)}  {command.Help}");
        }

        string[] words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        MonitorCommand[] group = [.. All.Where(command => command.Name?.StartsWith(words[0] + " ", StringComparison.Ordinal) == true)];
        MonitorCommand[] explained = words.Length == 1 && group.Length > 0 ? group : [Find(words, out _)];
        return explained.SelectMany(Explain);
    }

    private static IEnumerable<string> Explain(MonitorCommand command)
    {
        yield return command.Synopsis;
        yield return $"  {command.Help}";
        if (command.Aliases.Count > 0)
            yield return $"  Also: {string.Join(", ", command.Aliases)}.";
        if (command.QmpName is { } name)
            yield return $"  In JSON: {name}.";
    }

    private JsonArray Describe() => new(
    [
        .. All.Where(static command => command.QmpName is not null).Select(static command => new JsonObject
        {
            ["name"] = command.QmpName,
            ["help"] = command.Help,
            ["arguments"] = new JsonArray([.. command.Arguments.Select(static argument => JsonValue.Create(argument.Name))]),
        }),
    ]);
}
