using System.Text;

using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Completion;

/// <summary>Completion for fish (complete(1) of fish), from version 3 on.</summary>
internal static class FishScript
{
    public static string Of(CompletedCommand root)
    {
        string paths = string.Join(' ', root.All.Where(static one => one.Path.Length > 0).Select(static one => ScriptText.Quote(one.Path)));
        var text = new StringBuilder($$"""
            # Completion of ps3 for fish: ps3 completion fish | source
            function __ps3_at --description 'True where a command of ps3 is being written'
                set -l path ''
                set -l tokens (commandline -opc)
                set -e tokens[1]
                for token in $tokens
                    test "$token" = help; and continue
                    set -l next (string trim -- "$path $token")
                    contains -- "$next" {{paths}}; or break
                    set path $next
                end
                test "$path" = "$argv[1]"
            end
            complete -c ps3 -e
            complete -c ps3 -f

            """);
        foreach (CompletedCommand command in root.All.Where(static one => one.Path != "help"))
        {
            string start = $"complete -c ps3 -n {ScriptText.Quote($"__ps3_at \"{command.Path}\"")}";
            foreach (CompletedCommand below in command.Commands)
                text.Append($"{start} -a {ScriptText.Quote(below.Name)} -d {ScriptText.Quote(below.Help)}\n");
            foreach (CompletedOption option in command.Options)
                text.Append($"{start}{Names(option)}{Value(option.Value)} -d {ScriptText.Quote(option.Help)}\n");
            // fish does not tell which operand is being completed, so the values of all operands are offered.
            if (command.Operands.Any(static operand => operand.IsPath))
                text.Append($"{start} -F\n");
            string[] words = [.. command.Operands.SelectMany(static operand => operand.Words)];
            if (words.Length > 0)
                text.Append($"{start} -a {ScriptText.Quote(string.Join(' ', words))}\n");
        }

        return text.ToString();
    }

    private static string Names(CompletedOption option) => string.Concat(option.Names.Select(static name =>
        name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}"));

    private static string Value(JsonShape? value) => value switch
    {
        null => "",
        { IsPath: true } => " -r -F",
        { Words.Count: > 0 } => $" -x -a {ScriptText.Quote(string.Join(' ', value.Words))}",
        _ => " -x",
    };
}
