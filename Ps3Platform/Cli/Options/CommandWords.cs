using System.CommandLine;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Options;

/// <summary>Reads the options and operands of one command.</summary>
/// <param name="root">All commands, for messages about an option of another command.</param>
/// <param name="command">The command.</param>
/// <param name="name">Its name, without <c>ps3</c>.</param>
internal sealed class CommandWords(RootCommand root, Command command, string name)
{
    private readonly Dictionary<Option, string> _given = [];
    private readonly List<string> _options = [];
    private readonly List<string> _operands = [];

    // Commands that run a program end their own options at its name, as env and strace do.
    private readonly bool _hasProgram = command.Arguments.Count > 0 && command.Arguments[^1].Arity.MaximumNumberOfValues > 1;

    // QEMU's options are translated only for commands that boot.
    private readonly bool _boots = command.Options.Any(static option => option.Name == "--append");

    /// <summary>Reads all words after the command's name.</summary>
    /// <exception cref="UsageException">A word is unknown.</exception>
    public string[] Read(IEnumerable<string> path, IEnumerable<string> words)
    {
        var left = new Queue<string>(words);
        while (left.TryDequeue(out string? word))
        {
            if (word == "--" || (_hasProgram && IsOperand(word)))
            {
                if (word != "--")
                    _operands.Add(word);
                _operands.AddRange(left);
                break;
            }

            if (ArgumentReader.IsHelp(word))
                return [.. path, "--help"];
            if (IsOperand(word))
                _operands.Add(word);
            else
                ReadOption(word, left);
        }

        CheckOperands();
        return _operands.Count == 0 ? [.. path, .. _options] : [.. path, .. _options, "--", .. _operands];
    }

    private static bool IsOperand(string word) => word.Length < 2 || word[0] != '-';

    private static bool TakesValue(Option option) => option is not ISetting { Placeholder: null };

    private Option? Find(string word) => command.Options.FirstOrDefault(option => option.Name == word || option.Aliases.Contains(word));

    private void ReadOption(string word, Queue<string> left)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        if (Find(word) is { } whole)
            Add(whole, word, TakesValue(whole) ? Next(whole, word, left) : null);
        else if (equals > 0 && Find(word[..equals]) is { } option)
        {
            string value = TakesValue(option) ? word[(equals + 1)..]
                : throw new UsageException($"{word[..equals]}: takes no value; leave \"{word[equals..]}\" out.");
            Add(option, word[..equals], value);
        }
        // "-n4", a value directly after a short name, as in objdump.
        else if (word.Length > 2 && word[1] != '-' && (char.IsAsciiDigit(word[2]) || word[2] == '.') && Find(word[..2]) is { } attached)
            Add(attached, word[..2], word[2..]);
        else if (_boots
            && QemuWords.TryReplace(word, left.TryPeek(out string? next) ? next : null, out string[] replacement, out bool takesValue))
            AddReplacement(word, replacement, takesValue, left);
        else
            throw Unknown(equals > 0 ? word[..equals] : word);
    }

    private string Next(Option option, string word, Queue<string> left)
    {
        // The name of another option is not taken as a value; such a value can be given with "=".
        if (left.TryPeek(out string? value) && (IsOperand(value) || (Find(value) is null && !ArgumentReader.IsHelp(value))))
            return left.Dequeue();
        throw new UsageException($"{word}: a value is missing behind it; write {word} {((ISetting)option).Placeholder}.");
    }

    private void AddReplacement(string word, string[] replacement, bool takesValue, Queue<string> left)
    {
        if (takesValue)
            left.Dequeue();
        if (replacement is [{ } first, ..] && Find(first) is { } option && first.StartsWith('-'))
            Add(option, word, replacement.Length > 1 ? replacement[1] : null);
        else
            _operands.AddRange(replacement);
    }

    private void Add(Option option, string word, string? value)
    {
        if (_given.TryGetValue(option, out string? before) && option is not ISetting { IsRepeatable: true })
            throw new UsageException(
                $"{word} {value}: {(before == word ? "it is given twice" : $"{before} says that already")}; give it once.");
        _given[option] = word;
        // Errors name the option as it was written, except for QEMU's options.
        string shown = Find(word) is null ? option.Name : word;
        if (value is { Length: 0 })
            _options.AddRange([shown, value]);
        else
            _options.Add(value is null ? shown : $"{shown}={value}");
    }

    private UsageException Unknown(string word)
    {
        string help = $"\"ps3 help {name}\" lists the options";
        IEnumerable<string> own = command.Options
            .SelectMany(static option => (IEnumerable<string>)[option.Name, .. option.Aliases])
            .Where(static known => known.StartsWith("--", StringComparison.Ordinal));
        if (Suggestions.Nearest(word, own) is { } near)
            return new UsageException($"{word}: no such option; did you mean {near}? {help}.");
        return Owner(root, "", word) is { } other
            ? new UsageException($"{word}: an option of \"ps3 {other}\", not of \"ps3 {name}\"; {help}.")
            : new UsageException($"{word}: no such option; {help}.");
    }

    private static string? Owner(Command parent, string path, string word)
    {
        foreach (Command one in parent.Subcommands)
        {
            string own = path.Length == 0 ? one.Name : $"{path} {one.Name}";
            if (one.Options.Any(option => option.Name == word || option.Aliases.Contains(word)))
                return own;
            if (Owner(one, own, word) is { } below)
                return below;
        }

        return null;
    }

    private void CheckOperands()
    {
        int most = command.Arguments.Sum(
            static argument => argument.Arity.MaximumNumberOfValues > 1 ? int.MaxValue / 2 : argument.Arity.MaximumNumberOfValues);
        if (_operands.Count > most)
        {
            string expected = most == 0 ? "nothing but options"
                : string.Join(" and ", command.Arguments.Select(static argument => argument.Name));
            throw new UsageException(
                $"{_operands[most]}: one word too many: \"ps3 {name}\" takes {expected}, which is "
                + $"{string.Join(' ', _operands.Take(most))}; "
                + "quote what belongs together, as in --append \"a b\".");
        }

        Argument? missing = command.Arguments.Skip(_operands.Count)
            .FirstOrDefault(static argument => argument.Arity.MinimumNumberOfValues > 0);
        if (missing is not null)
            throw new UsageException($"{missing.Name} is missing: {missing.Description} \"ps3 help {name}\" shows how to write it.");
    }
}
