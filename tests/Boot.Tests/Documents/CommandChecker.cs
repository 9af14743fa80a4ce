namespace Boot.Tests.Documents;

/// <summary>Checks documented commands against the help's commands and options, files, scripts' options and test variables.</summary>
internal sealed class CommandChecker(CommandHelp help)
{
    private readonly string _root = DocumentRoot.Path;
    private readonly Lazy<string> _sources = new(ReadSources);

    /// <summary>The errors in a line of commands.</summary>
    /// <param name="line">The line, as a user would type it.</param>
    /// <param name="document">The document that contains it; files may also be relative to its folder.</param>
    public IEnumerable<string> Problems(string line, string document = "")
    {
        foreach (CommandLine command in CommandLine.Parse(line))
        {
            IEnumerable<string> found = command.Words[0] switch
            {
                "./ps3" or "ps3" => OfProgram([.. command.Words.Skip(1)]),
                "dotnet" => OfDotnet(command.Words),
                string other when other.Contains('/', StringComparison.Ordinal) && !other.Contains("://", StringComparison.Ordinal) => OfScript(command.Words, Path.GetDirectoryName(document) ?? ""),
                _ => [],
            };
            foreach (string problem in found.Concat(command.Words.SelectMany(OfFile)).Concat(command.Variables.SelectMany(OfVariable)))
                yield return problem;
        }
    }

    /// <summary>True for an option of some command, or of a script that documents may speak of.</summary>
    public bool KnowsOption(string name) =>
        help.All.Any(command => command.Options.Any(option => option.Names.Contains(name))) || _sources.Value.Contains(name, StringComparison.Ordinal);

    private IEnumerable<string> OfProgram(List<string> words)
    {
        if (words is ["test" or "format", ..])
            yield break;
        if (words is ["help", ..])
            words.RemoveAt(0);
        // "ps3 COMMAND --help" is about all of them.
        if (words.Count > 0 && words[0].All(char.IsAsciiLetterUpper))
            yield break;
        (HelpedCommand command, int used) = help.Find(words);
        if (used < words.Count && command.Commands.Count > 0 && words[used][0] is not ('-' or '['))
            yield return $"there is no command {words[used]}";
        // Arguments of an SPU program are not checked.
        bool endsAtOperand = command.Path is "spu run" or "spu trace";
        for (int index = used; index < words.Count; index++)
        {
            string word = words[index];
            // QEMU's options, with one dash and several letters, are accepted although the help does not list them.
            if (word[0] != '-' || word == "-" || (word[1] != '-' && word.Length > 2))
            {
                if (endsAtOperand)
                    yield break;
                continue;
            }

            string name = word.Split('=')[0];
            // Every command has this option, but no help page lists it.
            if (name == "--help")
                continue;
            if (command.Options.FirstOrDefault(option => option.Names.Contains(name)) is not { } known)
                yield return $"ps3 {command.Path} has no option {name}";
            else if (known.HasValue && !word.Contains('=', StringComparison.Ordinal) && ++index == words.Count)
                yield return $"ps3 {command.Path} {name} wants a value";
        }
    }

    private IEnumerable<string> OfScript(IReadOnlyList<string> words, string folder)
    {
        string path = Path.Combine(_root, words[0]);
        if (!File.Exists(path))
            path = Path.Combine(_root, folder, words[0]);
        // Files that a build makes are not in the repository.
        if (words[0].StartsWith('/') || words[0].StartsWith("../", StringComparison.Ordinal) || words[0].StartsWith("guests/", StringComparison.Ordinal))
            yield break;
        if (!File.Exists(path))
        {
            yield return $"there is no file {words[0]}";
            yield break;
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) == 0)
            yield return $"{words[0]} cannot be executed";
        string text = File.ReadAllText(path);
        foreach (string word in words.Where(static word => word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2))
        {
            // A script may pass its options to another one.
            string name = word.Split('=')[0];
            if (!text.Contains(name, StringComparison.Ordinal) && !_sources.Value.Contains(name, StringComparison.Ordinal))
                yield return $"{words[0]} does not know {word}";
        }
    }

    private IEnumerable<string> OfDotnet(IReadOnlyList<string> words)
    {
        for (int index = 1; index + 1 < words.Count; index++)
        {
            string value = words[index + 1];
            if (words[index] == "--filter" && value.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_') && !_sources.Value.Contains(value, StringComparison.Ordinal))
                yield return $"no test is named {value}";
        }

        // dotnet run ... -- words of the program
        int split = words.ToList().IndexOf("--");
        if (split > 0 && words.Any(static word => word.Contains("Ps3Platform/Cli", StringComparison.Ordinal)))
        {
            foreach (string problem in OfProgram([.. words.Skip(split + 1)]))
                yield return problem;
        }
    }

    // A path whose first folder is one of the repository's.
    private IEnumerable<string> OfFile(string word)
    {
        string path = word.StartsWith("./", StringComparison.Ordinal) ? word[2..] : word;
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || path.Any(static letter => letter is '*' or '<' or '$' or '=' or '[' or '{'))
            yield break;
        string folder = path[..slash];
        if (folder is "artifacts" or "guests" or ".." || !Directory.Exists(Path.Combine(_root, folder)))
            yield break;
        if (!Path.Exists(Path.Combine(_root, path)))
            yield return $"there is no {path}";
    }

    private IEnumerable<string> OfVariable(string assignment)
    {
        string name = assignment.Split('=')[0];
        bool isOthers = name.StartsWith("DOTNET_", StringComparison.Ordinal);
        if (!isOthers && !_sources.Value.Contains(name, StringComparison.Ordinal))
            yield return $"nothing reads {name}";
    }

    private static string ReadSources()
    {
        string root = DocumentRoot.Path;
        string[] folders = ["tests", "firmware-stubs", "Ps3Platform"];
        IEnumerable<string> files = folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories))
            .Where(static file => Path.GetExtension(file) is ".cs" or ".sh" or ".inc" or ".py" && !file.Contains("/obj/", StringComparison.Ordinal)
                && !file.Contains("/Documents/", StringComparison.Ordinal) && Path.GetFileName(file) != "DocumentTests.cs");
        return string.Join('\n', files.Append(Path.Combine(root, "ps3")).Select(File.ReadAllText));
    }
}
