using System.Text;

using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Completion;

/// <summary>Completion for zsh (zshcompsys(1)), to be sourced, or put as <c>_ps3</c> into a folder of <c>fpath</c>.</summary>
internal static class ZshScript
{
    public static string Of(CompletedCommand root)
    {
        var text = new StringBuilder($$"""
            #compdef ps3
            # Completion of ps3 for zsh: source <(ps3 completion zsh), behind compinit
            _ps3() {
                local current=${words[CURRENT]} at= option= word=
                local -i operands=0 index files=0
                local -a values choices
                for ((index = 2; index < CURRENT; index++)); do
                    word=${words[index]}
                    if [[ -n $option ]]; then
                        option=
                        continue
                    fi
                    case "$at:$word" in
            {{ScriptText.Descents(root, "at")}}            {{ScriptText.WithValue(root)}}) option=$word ;;
                        *:-?*) ;;
                        *) operands+=1 ;;
                    esac
                    case "$at" in
                        {{ScriptText.Programs(root)}}) if ((operands > 0)); then break; fi ;;
                    esac
                done
                if [[ -z $option && $current == --*=* ]]; then
                    option=${current%%=*}
                    compset -P '*='
                fi
                case "$at:$option" in

            """);
        foreach ((string pattern, JsonShape value) in ScriptText.Values(root))
            text.Append($"        {pattern}) {Assign(value)} ;;\n");
        foreach (CompletedCommand command in root.All.Where(static one => one.Path != "help"))
            text.Append($"        {ScriptText.Quote($"{command.Path}:")})\n{Behind(command)}            ;;\n");
        return text.Append("""
                esac
                if ((${#choices})); then
                    _describe -o 'option' choices
                fi
                if ((${#values})); then
                    _describe 'value' values
                fi
                if ((files)); then
                    _files
                fi
            }
            if [[ ${funcstack[1]} == _ps3 ]]; then
                _ps3 "$@"
            else
                compdef _ps3 ps3
            fi

            """).ToString();
    }

    private static string Assign(JsonShape value) =>
        $"values=({string.Join(' ', value.Words.Select(ScriptText.Quote))}){(value.IsPath ? "; files=1" : "")}";

    private static string Behind(CompletedCommand command)
    {
        var text = new StringBuilder();
        if (command.Commands.Count > 0)
            Append(text, "values", command.Commands.Select(static one => Described(one.Name, one.Help)));
        if (command.EndsAtOperand)
            text.Append("            if ((operands > 0)); then files=1; else\n");
        text.Append("            if [[ $current == -* ]]; then\n");
        Append(text, "choices", command.Options.SelectMany(static option => option.Names.Select(name => Described(name, option.Help))));
        for (int index = 0; index < command.Operands.Count; index++)
        {
            if (command.Operands[index] is not { IsPath: false, Words.Count: 0 })
                text.Append($"            elif ((operands == {index})); then {Assign(command.Operands[index])}\n");
        }

        text.Append("            fi\n");
        return text.Append(command.EndsAtOperand ? "            fi\n" : "").ToString();
    }

    // _describe wants "name:description", and a backslash before a colon that belongs to the name.
    private static string Described(string name, string help) => ScriptText.Quote($"{name}:{help}");

    private static void Append(StringBuilder text, string array, IEnumerable<string> entries)
    {
        text.Append($"            {array}=(\n");
        foreach (string entry in entries)
            text.Append($"                {entry}\n");
        text.Append("            )\n");
    }
}
