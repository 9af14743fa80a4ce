using System.Text;

using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Completion;

/// <summary>Parts common to the scripts of bash and zsh: patterns of "PATH:WORD" that identify the word at the cursor.</summary>
internal static class ScriptText
{
    /// <summary>Lines of a <c>case</c> that follow commands: <c>':boot') path='boot' ;;</c>.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="variable">The script's variable that holds the command's path.</param>
    public static string Descents(CompletedCommand root, string variable)
    {
        var text = new StringBuilder();
        // After "help", the same commands are completed as without it.
        foreach (CompletedCommand command in root.All.Where(static one => one.Path.Length > 0))
        {
            string parent = command.Path[..Math.Max(0, command.Path.LastIndexOf(' '))];
            string path = Quote(command.Path == "help" ? "" : command.Path);
            text.Append($"            {Quote($"{parent}:{command.Name}")}) {variable}={path} ;;\n");
        }

        return text.ToString();
    }

    /// <summary>A pattern of all "PATH:OPTION" whose option takes a value.</summary>
    public static string WithValue(CompletedCommand root) => Pattern(root.All.SelectMany(static command => command.Options
        .Where(static option => option.Value is not null).SelectMany(static option => option.Names)
        .Select(name => $"{command.Path}:{name}")));

    /// <summary>A pattern of all commands that pass the words after their first operand to a program.</summary>
    public static string Programs(CompletedCommand root) =>
        Pattern(root.All.Where(static command => command.EndsAtOperand).Select(static command => command.Path));

    /// <summary>Patterns of all "PATH:OPTION" whose values are the same, for values that are words or files.</summary>
    public static IEnumerable<(string Pattern, JsonShape Value)> Values(CompletedCommand root) =>
        from command in root.All
        from option in command.Options
        from value in (JsonShape[])(option.Value is { } one ? [one] : [])
        where value.IsPath || value.Words.Count > 0
        from name in option.Names
        group (Name: $"{command.Path}:{name}", value) by (value.IsPath, Words: string.Join(' ', value.Words)) into same
        select (Pattern(same.Select(static one => one.Name)), same.First().value);

    /// <summary>A text in single quotes, for all three shells.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Pattern(IEnumerable<string> names) => string.Join('|', names.Select(Quote));
}
