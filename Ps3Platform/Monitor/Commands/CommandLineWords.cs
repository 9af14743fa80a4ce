using System.Text;

using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Monitor.Commands;

/// <summary>A line's words, and what they are to a command.</summary>
internal static class CommandLineWords
{
    /// <summary>Splits a line at blanks. Quotation marks keep blanks; a backslash within them takes the next character as it is.</summary>
    /// <exception cref="MonitorException">A quotation mark is missing.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        List<string> words = [];
        var word = new StringBuilder();
        bool isQuoted = false;
        bool hasWord = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"')
            {
                isQuoted = !isQuoted;
                hasWord = true;
            }
            else if (isQuoted && c == '\\' && i + 1 < line.Length)
                word.Append(line[++i]);
            else if (isQuoted || !char.IsWhiteSpace(c))
            {
                word.Append(c);
                hasWord = true;
            }
            else if (hasWord)
            {
                words.Add(word.ToString());
                word.Clear();
                hasWord = false;
            }
        }

        if (isQuoted)
            throw new MonitorException("A quotation mark is missing at the end.");
        if (hasWord)
            words.Add(word.ToString());
        return words;
    }

    /// <summary>Gives a command's arguments the words behind its name.</summary>
    /// <exception cref="MonitorException">There are too few words, too many, or others than the command takes.</exception>
    public static CommandArguments Read(MonitorCommand command, IReadOnlyList<string> words)
    {
        var read = new CommandArguments();
        int at = 0;
        for (; at < words.Count && words[at].Length == 2 && words[at][0] == '-' && !char.IsAsciiDigit(words[at][1]); at++)
        {
            CommandArgument? flag = command.Arguments.FirstOrDefault(
                argument => argument.Form == ArgumentForm.Flag && argument.Letter == words[at][1..]);
            read.SetFlag(flag?.Name ?? throw Usage(command, $"there is no flag {words[at]}"));
        }

        foreach (CommandArgument argument in command.Arguments.Where(static argument => argument.Form != ArgumentForm.Flag))
        {
            if (at == words.Count)
            {
                if (!argument.IsOptional)
                    throw Usage(command, $"{argument.Shown} is missing");
                continue;
            }

            switch (argument.Form)
            {
                case ArgumentForm.Rest:
                    read[argument.Name] = string.Join(' ', words.Skip(at));
                    at = words.Count;
                    break;
                case ArgumentForm.Properties:
                    ReadProperties(command, argument, words[at++], read);
                    break;
                default:
                    read[argument.Name] = words[at++];
                    break;
            }
        }

        return at == words.Count ? read : throw Usage(command, "there are more words than it takes");
    }

    private static void ReadProperties(MonitorCommand command, CommandArgument argument, string word, CommandArguments read)
    {
        string[] parts = word.Split(',');
        read[argument.Name] = parts[0];
        foreach (string part in parts.Skip(1))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            // A key alone is switched on, as in QEMU.
            (string key, string value) = equals < 0 ? (part, "on") : (part[..equals], part[(equals + 1)..]);
            if (key.Length == 0)
                throw Usage(command, "a key is missing");
            if (!read.TryAddProperty(key, value))
                throw Usage(command, $"{key} is given twice");
        }
    }

    private static MonitorException Usage(MonitorCommand command, string problem) =>
        new($"{command.Name}: {problem}; write {command.Synopsis}");
}
