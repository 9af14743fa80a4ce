namespace Boot.Tests.Documents;

/// <summary>A simple command of a shell: variables set for it, and its words.</summary>
internal sealed record CommandLine(IReadOnlyList<string> Variables, IReadOnlyList<string> Words)
{
    /// <summary>Takes a line apart as a shell does, as far as documents use one: quotes, comments, lists and pipes; several commands
    /// may also stand beside each other in columns.</summary>
    public static IReadOnlyList<CommandLine> Parse(string line)
    {
        var commands = new List<CommandLine>();
        var words = new List<string>();
        foreach (string word in Split(line))
        {
            bool isNext = word is "./ps3" && words.Count > 0;
            if (word is "|" or "&&" or ";" or "||" or "&" || isNext)
            {
                Add(commands, words);
                words = isNext ? [word] : [];
            }
            else
            {
                words.Add(word);
            }
        }

        Add(commands, words);
        return commands;
    }

    private static void Add(List<CommandLine> commands, List<string> words)
    {
        string[] variables = [.. words.TakeWhile(static word => word.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
            && word[..at].All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))];
        string[] rest =
            [.. words.Skip(variables.Length).TakeWhile(static word => word[0] is not ('>' or '<') && word is not ("2>" or "2>&1"))];
        if (rest.Length > 0)
            commands.Add(new CommandLine(variables, rest));
    }

    private static IEnumerable<string> Split(string line)
    {
        var word = new System.Text.StringBuilder();
        bool any = false;
        char quote = '\0';
        foreach (char letter in line)
        {
            if (quote != '\0' ? letter == quote : letter is '"' or '\'')
            {
                quote = quote == '\0' ? letter : '\0';
                any = true;
            }
            else if (quote == '\0' && letter == '#' && !any)
            {
                yield break;
            }
            else if (quote == '\0' && char.IsWhiteSpace(letter))
            {
                if (any)
                    yield return word.ToString();
                word.Clear();
                any = false;
            }
            else
            {
                word.Append(letter);
                any = true;
            }
        }

        if (any && word.Length > 0)
            yield return word.ToString();
    }
}
