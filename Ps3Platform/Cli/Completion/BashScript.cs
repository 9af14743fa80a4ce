using System.Text;

using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Completion;

/// <summary>Completion for bash (bash(1), "Programmable Completion"); it needs no package bash-completion.</summary>
internal static class BashScript
{
    public static string Of(CompletedCommand root)
    {
        var text = new StringBuilder($$"""
            # Completion of ps3 for bash: source <(ps3 completion bash)
            _ps3() {
                local current=${COMP_WORDS[COMP_CWORD]} path= option= operands=0 words= files= index word
                COMPREPLY=()
                for ((index = 1; index < COMP_CWORD; index++)); do
                    word=${COMP_WORDS[index]}
                    # "--clock=host" is three words to bash.
                    if [[ $word == = ]]; then
                        continue
                    fi
                    if [[ -n $option ]]; then
                        option=
                        continue
                    fi
                    case "$path:$word" in
            {{ScriptText.Descents(root, "path")}}            {{ScriptText.WithValue(root)}}) option=$word ;;
                        *:-?*) ;;
                        *) operands=$((operands + 1)) ;;
                    esac
                    case "$path" in
                        {{ScriptText.Programs(root)}}) if ((operands > 0)); then break; fi ;;
                    esac
                done
                if [[ $current == = ]]; then
                    current=
                fi
                case "$path:$option" in

            """);
        foreach ((string pattern, JsonShape value) in ScriptText.Values(root))
            text.Append($"        {pattern}) {Assign(value)} ;;\n");
        foreach (CompletedCommand command in root.All.Where(static one => one.Path != "help"))
            text.Append($"        {ScriptText.Quote($"{command.Path}:")}) {Behind(command)} ;;\n");
        return text.Append("""
                esac
                while IFS= read -r word; do
                    if [[ -n $word ]]; then
                        COMPREPLY+=("$word")
                    fi
                done < <(
                    if [[ -n $words ]]; then compgen -W "$words" -- "$current"; fi
                    if [[ -n $files ]]; then compgen -f -- "$current"; fi
                )
                if [[ -n $files ]]; then
                    # Marks folders with a slash and quotes blanks; not known to old versions.
                    compopt -o filenames 2>/dev/null
                fi
                return 0
            }
            complete -F _ps3 ps3

            """).ToString();
    }

    private static string Assign(JsonShape value) =>
        $"words={ScriptText.Quote(string.Join(' ', value.Words))}{(value.IsPath ? " files=1" : "")}";

    private static string Behind(CompletedCommand command)
    {
        string options = ScriptText.Quote(string.Join(' ', command.Options.SelectMany(static option => option.Names)));
        if (command.Commands.Count > 0)
        {
            string commands = ScriptText.Quote(string.Join(' ', command.Commands.Select(static one => one.Name)));
            return $"if [[ $current == -* ]]; then words={options}; else words={commands}; fi";
        }

        var text = new StringBuilder();
        if (command.EndsAtOperand)
            text.Append("if ((operands > 0)); then files=1; el");
        text.Append($"if [[ $current == -* ]]; then words={options}");
        for (int index = 0; index < command.Operands.Count; index++)
        {
            if (command.Operands[index] is { IsPath: false, Words.Count: 0 })
                continue;
            text.Append($"; elif ((operands == {index})); then {Assign(command.Operands[index])}");
        }

        return text.Append("; fi").ToString();
    }
}
