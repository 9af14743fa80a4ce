using System.CommandLine;

using Ps3Platform.Cli.Options;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Completion;

/// <summary>An option as completion sees it.</summary>
/// <param name="Names">Its names, with dashes, the long one first.</param>
/// <param name="Help">The first sentence of its help.</param>
/// <param name="Value">The form of its value, or null for a flag.</param>
internal sealed record CompletedOption(IReadOnlyList<string> Names, string Help, JsonShape? Value);

/// <summary>A command as completion sees it: the words that may follow it.</summary>
/// <param name="Path">Its words, without <c>ps3</c>; empty for the root.</param>
/// <param name="Help">The first sentence of its help.</param>
/// <param name="Commands">Commands below it, each by its last word.</param>
/// <param name="Options">Its options.</param>
/// <param name="Operands">The forms of its operands; the last one applies to all further operands.</param>
/// <param name="EndsAtOperand">True when the words after its first operand are passed to a program.</param>
internal sealed record CompletedCommand(
    string Path, string Help, IReadOnlyList<CompletedCommand> Commands, IReadOnlyList<CompletedOption> Options,
    IReadOnlyList<JsonShape> Operands, bool EndsAtOperand)
{
    /// <summary>The last word of the path.</summary>
    public string Name => Path[(Path.LastIndexOf(' ') + 1)..];

    /// <summary>This command and all below it.</summary>
    public IEnumerable<CompletedCommand> All => Commands.SelectMany(static one => one.All).Prepend(this);

    /// <summary>Reads a command and all below it, from the same declarations as the help pages.</summary>
    public static CompletedCommand Of(Command command, string path = "")
    {
        bool isRoot = command is RootCommand;
        IEnumerable<CompletedCommand> below = command.Subcommands.Select(one => Of(one, isRoot ? one.Name : $"{path} {one.Name}"));
        if (isRoot)
            below = below.Append(new CompletedCommand("help", "Explain a command.", [], [], [], EndsAtOperand: false));
        List<CompletedOption> options = [.. command.Options.OfType<ISetting>().Select(setting => Of((Option)setting, setting))];
        options.Add(new CompletedOption(["--help", "-h"], "Print help.", null));
        if (isRoot)
            options.Add(new CompletedOption(["--version"], "Print the version.", null));
        return new CompletedCommand(
            path, FirstSentence(command.Description), [.. below], options,
            [.. command.Arguments.Select(static argument => argument is IOperand operand ? operand.Shape : new JsonShape())],
            command.Arguments.Count > 0 && command.Arguments[^1].Arity.MaximumNumberOfValues > 1);
    }

    private static CompletedOption Of(Option option, ISetting setting) =>
        new([option.Name, .. option.Aliases], FirstSentence(setting.Help), setting.Placeholder is null ? null : setting.Shape);

    private static string FirstSentence(string? text)
    {
        string line = (text ?? "").Split('\n')[0];
        int end = line.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? line : line[..end]).TrimEnd('.');
    }
}
