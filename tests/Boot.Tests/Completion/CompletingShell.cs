using System.Diagnostics;

namespace Boot.Tests.Completion;

/// <summary>A shell that has read the script of <c>ps3 completion</c>; returns its completions for a command line.</summary>
internal abstract class CompletingShell
{
    /// <summary>All shells that have a script.</summary>
    public static IReadOnlyList<CompletingShell> All { get; } = [new Bash(), new Zsh(), new Fish()];

    /// <summary>The shell's name.</summary>
    public abstract string Name { get; }

    /// <summary>True when it is installed.</summary>
    public bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, Name)));

    protected abstract IEnumerable<string> Options { get; }

    /// <summary>The shell's completions of the last word.</summary>
    /// <param name="script">The file with the completion script.</param>
    /// <param name="folder">The working directory, whose files may be offered.</param>
    /// <param name="words">The words after <c>ps3</c>; the last one is to be completed.</param>
    public string[] Complete(string script, string folder, IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(Name) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (string option in Options)
            start.ArgumentList.Add(option);
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Line(Quote(script), words));
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{Name} did not start");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        // Any other output of the script would appear in the user's command line.
        if (errors.Result.Length > 0)
            throw new InvalidOperationException($"{Name}: {errors.Result}");
        string written = Written(words[^1]);
        return
        [
            .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(word => word.StartsWith(written, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>A shell script that prints each completion in a line.</summary>
    protected abstract string Line(string script, IReadOnlyList<string> words);

    protected static string Quote(string word) => $"'{word}'";

    // Behind "--clock=" only the value is completed.
    private static string Written(string word) =>
        word.StartsWith("--", StringComparison.Ordinal) ? word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..] : word;

    /// <summary>bash as it calls a completion function: an "=" is a word of its own.</summary>
    private sealed class Bash : CompletingShell
    {
        public override string Name => "bash";

        protected override IEnumerable<string> Options => ["--norc", "--noprofile"];

        protected override string Line(string script, IReadOnlyList<string> words)
        {
            string[] broken = [.. words.SelectMany(Break)];
            return $"source {script}; [[ $(complete -p ps3) == 'complete -F _ps3 ps3' ]] || echo 'ps3 is not registered' >&2\n"
                + $"COMP_WORDS=(./ps3 {string.Join(' ', broken.Select(Quote))}); COMP_CWORD={broken.Length}; _ps3\n"
                + "printf '%s\\n' \"${COMPREPLY[@]}\"";
        }

        private static string[] Break(string word)
        {
            int at = word.IndexOf('=', StringComparison.Ordinal);
            return at < 0 ? [word] : at == word.Length - 1 ? [word[..at], "="] : [word[..at], "=", word[(at + 1)..]];
        }
    }

    /// <summary>
    /// zsh. The parts of its completion system that the script calls are replaced by ones that print, because zsh completes only on a
    /// terminal. zsh itself then filters the candidates by the word written so far.
    /// </summary>
    private sealed class Zsh : CompletingShell
    {
        public override string Name => "zsh";

        protected override IEnumerable<string> Options => ["-f"];

        protected override string Line(string script, IReadOnlyList<string> words) =>
            "compdef() { [[ \"$*\" == '_ps3 ps3' ]] || echo 'ps3 is not registered' >&2 }\n"
            + "compset() { : }; _files() { print -rl -- *(N) }\n"
            + "_describe() { local entry; for entry in \"${(@P)@[-1]}\"; do print -r -- \"${entry%%:*}\"; done }\n"
            + $"source {script}; words=(ps3 {string.Join(' ', words.Select(Quote))}); CURRENT={words.Count + 1}; _ps3";
    }

    /// <summary>fish, which has a command that prints completions.</summary>
    private sealed class Fish : CompletingShell
    {
        public override string Name => "fish";

        protected override IEnumerable<string> Options => ["--no-config"];

        // It prints "--clock=host" with the option, and a description behind a tab.
        protected override string Line(string script, IReadOnlyList<string> words) =>
            $"source {script}; complete -C {Quote($"ps3 {string.Join(' ', words)}")} "
            + "| string replace -r '\\t.*' '' | string replace -r '^--[a-z-]+=' ''";
    }
}
