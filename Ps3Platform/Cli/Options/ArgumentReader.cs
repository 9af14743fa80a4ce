using System.CommandLine;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Host.Files;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Options;

/// <summary>
/// Reads a command line before System.CommandLine does: finds the command, names the wrong word and suggests another, translates QEMU's
/// options, and leaves the words after a program's name to the program. It returns options as <c>--name=value</c>.
/// </summary>
internal sealed class ArgumentReader(RootCommand root)
{
    private static readonly string[] HelpWords = ["--help", "-h", "-?", "-help"];

    /// <summary>The command line in an unambiguous form.</summary>
    /// <exception cref="UsageException">A word is unknown; the message names it and what to write instead.</exception>
    public string[] Read(IReadOnlyList<string> arguments)
    {
        if (arguments.Count > 0 && arguments[0] == "help")
            return ReadHelp(arguments);
        var path = new List<string>();
        Command command = root;
        int next = 0;
        while (next < arguments.Count && command.Subcommands.FirstOrDefault(one => one.Name == arguments[next]) is { } found)
        {
            command = found;
            path.Add(found.Name);
            next++;
        }

        if (command.Subcommands.Count == 0)
            return new CommandWords(root, command, string.Join(' ', path)).Read(path, arguments.Skip(next));
        if (next == arguments.Count || HelpWords.Contains(arguments[next]))
            return [.. path, "--help"];
        return command == root && arguments[next] is "--version" or "-version" ? ["--version"]
            : throw Unknown(command, path, arguments[next]);
    }

    /// <summary>True for the words that request a help page.</summary>
    public static bool IsHelp(string word) => HelpWords.Contains(word);

    private static UsageException Unknown(Command command, List<string> path, string word)
    {
        string name = string.Join(' ', ["ps3", .. path]);
        string list = $"\"{string.Join(' ', ["ps3", "help", .. path])}\" lists the commands";
        if (word.StartsWith('-'))
            return new UsageException(
                $"{word}: options stand behind a command, as in \"{name} {command.Subcommands[0].Name} {word}\"; {list}.");
        if (Suggestions.Nearest(word, command.Subcommands.Select(static one => one.Name)) is { } near)
            return new UsageException($"{word}: no such command; did you mean \"{name} {near}\"? {list}.");
        return FileKinds.Of(word) == FileKind.Regular
            ? new UsageException($"{word}: no such command; to boot that file write \"ps3 boot {word}\". {list}.")
            : new UsageException($"{word}: no such command; {list}.");
    }

    private string[] ReadHelp(IReadOnlyList<string> arguments)
    {
        var path = new List<string>();
        Command command = root;
        foreach (string word in arguments.Skip(1).Where(static word => !HelpWords.Contains(word)))
        {
            command = command.Subcommands.FirstOrDefault(one => one.Name == word) ?? throw Unknown(command, path, word);
            path.Add(word);
        }

        return [.. path, "--help"];
    }
}
