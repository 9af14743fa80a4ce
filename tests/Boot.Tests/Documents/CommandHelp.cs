using System.Text.RegularExpressions;

namespace Boot.Tests.Documents;

/// <summary>An option as a command's help shows it: its names, and whether a value follows.</summary>
internal sealed record HelpedOption(IReadOnlyList<string> Names, bool HasValue);

/// <summary>The help of one command.</summary>
internal sealed record HelpedCommand(string Path, string Text, IReadOnlyList<HelpedOption> Options, IReadOnlyList<string> Commands);

/// <summary>The existing commands and options, read from the program's own help, so that no second list is needed.</summary>
public sealed partial class CommandHelp
{
    private readonly Dictionary<string, HelpedCommand> _commands = [];

    /// <summary>Reads the help of every command.</summary>
    public CommandHelp() => Ask("");

    internal IReadOnlyCollection<HelpedCommand> All => _commands.Values;

    /// <summary>The command that the first words name, and the number of those words.</summary>
    internal (HelpedCommand Command, int Words) Find(IReadOnlyList<string> words)
    {
        HelpedCommand command = _commands[""];
        int used = 0;
        while (used < words.Count && command.Commands.Contains(words[used]))
            command = _commands[string.Join(' ', words.Take(++used))];
        return (command, used);
    }

    private void Ask(string path)
    {
        ProgramResult run = Ps3Program.Run([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"ps3 {path} --help ended with {run.ExitCode}: {run.Messages}");
        var command = new HelpedCommand(path, run.Output, [.. Entries(run.Output, "Options:").Select(Option).OfType<HelpedOption>()], [.. Entries(run.Output, "Commands:").Select(static entry => entry.Split(' ')[0])]);
        _commands.Add(path, command);
        foreach (string name in command.Commands)
            Ask($"{path} {name}".TrimStart());
    }

    // The left column of a section: lines with an indent of two, up to the gap before the description.
    private static IEnumerable<string> Entries(string help, string section)
    {
        bool inside = false;
        foreach (string line in help.Split('\n'))
        {
            if (line.Length > 0 && line[0] != ' ')
                inside = line.TrimEnd() == section;
            else if (inside && Entry().Match(line) is { Success: true } entry)
                yield return Gap().Split(entry.Groups[1].Value.TrimEnd())[0];
        }
    }

    private static HelpedOption? Option(string entry)
    {
        string[] parts = [.. entry.Split(',', ' ').Where(static part => part.Length > 0)];
        string[] names = [.. parts.TakeWhile(static part => part[0] == '-')];
        return names.Length == 0 ? null : new HelpedOption(names, parts.Length > names.Length);
    }

    [GeneratedRegex("^  (\\S.*)$")]
    private static partial Regex Entry();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Gap();
}
