using System.Diagnostics;

namespace Boot.Tests.Documents;

/// <summary>A command of a `console` block with its documented output. `...` matches anything: whole lines, or a part of one.</summary>
internal sealed record Transcript(string Command, IReadOnlyList<string> Expected)
{
    private const string Prompt = "$ ";
    private const string Anything = "...";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The commands of a block, in order.</summary>
    public static IEnumerable<Transcript> Of(CodeBlock block)
    {
        string? command = null;
        var expected = new List<string>();
        foreach (string line in block.Lines)
        {
            if (line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                if (command is not null)
                    yield return new Transcript(command, [.. expected]);
                command = line[Prompt.Length..];
                expected.Clear();
            }
            else
            {
                expected.Add(line);
            }
        }

        if (command is not null)
            yield return new Transcript(command, [.. expected]);
    }

    /// <summary>Runs the command in a shell at the repository's root, and returns the output of both streams, in order.</summary>
    public string[] Run()
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = DocumentRoot.Path, RedirectStandardOutput = true };
        string program = Path.Combine(AppContext.BaseDirectory, "ps3.dll");
        string command = Command.Replace("./ps3 ", $"dotnet '{program}' ", StringComparison.Ordinal);
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec 2>&1 </dev/null\n{command}");
        start.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Command} did not end within {Patience}");
        }

        return output.Result.TrimEnd('\n').Split('\n');
    }

    /// <summary>True when the output matches the documented lines.</summary>
    public static bool Matches(ReadOnlySpan<string> expected, ReadOnlySpan<string> actual)
    {
        if (expected.IsEmpty)
            return actual.IsEmpty;
        if (expected[0].Trim() != Anything)
            return !actual.IsEmpty && MatchesLine(expected[0].TrimEnd(), actual[0].TrimEnd()) && Matches(expected[1..], actual[1..]);
        for (int skipped = 0; skipped <= actual.Length; skipped++)
        {
            if (Matches(expected[1..], actual[skipped..]))
                return true;
        }

        return false;
    }

    private static bool MatchesLine(string expected, string actual)
    {
        string[] parts = expected.Split(Anything);
        if (parts.Length == 1)
            return expected == actual;
        int at = parts[0].Length;
        if (!actual.StartsWith(parts[0], StringComparison.Ordinal))
            return false;
        foreach (string part in parts[1..^1])
        {
            int found = actual.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
                return false;
            at = found + part.Length;
        }

        return actual.Length - at >= parts[^1].Length && actual.EndsWith(parts[^1], StringComparison.Ordinal);
    }
}
