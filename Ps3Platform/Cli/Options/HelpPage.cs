using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;

using Ps3Platform.Cli.Shell;

namespace Ps3Platform.Cli.Options;

/// <summary>Prints a command's help page: as wide as the terminal, at most <see cref="Widest"/> columns.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private const int Widest = 100;
    private const int Narrowest = 40;
    private const int UsualWidth = 80;
    private const int LabelWidth = 26;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        ArgumentNullException.ThrowIfNull(parseResult);
        foreach (string line in Lines(parseResult.CommandResult.Command, TerminalWidth()))
            Console.WriteLine(line);
        return ExitCode.Success;
    }

    /// <summary>The page's lines.</summary>
    public static IEnumerable<string> Lines(Command command, int width)
    {
        string name = NameOf(command);
        foreach (string paragraph in (command.Description ?? "").Split('\n'))
        {
            // Lines that begin with blanks are examples, and are not wrapped.
            foreach (string line in paragraph.StartsWith(' ') ? [paragraph] : Wrap(paragraph, width))
                yield return line;
        }

        yield return "";
        yield return "Usage:";
        string operands = string.Concat(command.Arguments.Select(static argument =>
            (argument.Arity.MinimumNumberOfValues > 0 ? $" {argument.Name}" : $" [{argument.Name}]") + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")));
        yield return command.Subcommands.Count > 0 ? $"  {name} COMMAND ..." : $"  {name} [OPTION]...{operands}";

        IEnumerable<(string Title, IEnumerable<(string Label, string Text)> Entries)> sections =
        [
            ("Commands", command.Subcommands.Select(static one => (one.Name, FirstSentence(one.Description ?? "")))),
            ("Operands", command.Arguments.Select(static argument => (argument.Name, argument.Description ?? ""))),
            ("Options", command.Options.Where(static option => option is ISetting).Select(static option => (LabelOf(option), TextOf((ISetting)option)))),
        ];
        foreach ((string title, IEnumerable<(string Label, string Text)> entries) in sections)
        {
            if (!entries.Any())
                continue;
            yield return "";
            yield return $"{title}:";
            foreach ((string label, string text) in entries)
            {
                foreach (string line in Entry(label, text, width))
                    yield return line;
            }
        }

        string[] notations = [.. command.Options.OfType<ISetting>().Select(static setting => setting.Notation).OfType<string>().Distinct()];
        if (notations.Length > 0)
            yield return "";
        foreach (string line in notations.SelectMany(notation => Wrap(notation, width)))
            yield return line;
        yield return "";
        yield return command.Subcommands.Count > 0
            ? $"\"{name.Replace("ps3", "ps3 help", StringComparison.Ordinal)} COMMAND\" says more about one."
            : $"\"{name} --help\" and \"{name.Replace("ps3", "ps3 help", StringComparison.Ordinal)}\" print this.";
    }

    private static int TerminalWidth()
    {
        int width = UsualWidth;
        try
        {
            if (!Console.IsOutputRedirected && Console.WindowWidth > 0)
                width = Console.WindowWidth;
        }
        catch (IOException)
        {
            // The terminal does not report its width.
        }

        return Math.Clamp(width, Narrowest, Widest);
    }

    private static string NameOf(Command command)
    {
        var names = new List<string>();
        for (Command? one = command; one is not null and not RootCommand; one = one.Parents.OfType<Command>().FirstOrDefault())
            names.Insert(0, one.Name);
        return string.Join(' ', ["ps3", .. names]);
    }

    // Short names first, as in most programs.
    private static string LabelOf(Option option)
    {
        IEnumerable<string> shortNames = option.Aliases.Where(static name => name.Length == 2);
        string names = string.Join(", ", (string[])[.. shortNames, option.Name, .. option.Aliases.Except(shortNames)]);
        return ((ISetting)option).Placeholder is { } placeholder ? $"{names} {placeholder}" : names;
    }

    private static string TextOf(ISetting setting)
    {
        string[] facts = [.. ((string?[])[setting.Range, setting.Default is null ? null : $"default {setting.Default}"]).OfType<string>()];
        return facts.Length == 0 ? setting.Help : $"{setting.Help} [{string.Join("; ", facts)}]";
    }

    private static string FirstSentence(string text)
    {
        string line = text.Split('\n')[0];
        int end = line.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? line : line[..(end + 1)];
    }

    private static IEnumerable<string> Entry(string label, string text, int width)
    {
        string start = $"  {label}";
        string indent = new(' ', LabelWidth);
        if (start.Length > LabelWidth - 2)
        {
            yield return start;
            start = "";
        }

        foreach (string line in Wrap(text, width - LabelWidth))
        {
            yield return start.PadRight(LabelWidth) + line;
            start = indent;
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            if (line.Length > 0)
                line.Append(' ');
            line.Append(word);
        }

        yield return line.ToString();
    }
}
