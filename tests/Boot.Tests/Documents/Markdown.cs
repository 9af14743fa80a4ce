using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Boot.Tests.Documents;

/// <summary>A fenced block: its place, the kind that its fence names, and its lines.</summary>
internal sealed record CodeBlock(string File, int Line, string Kind, IReadOnlyList<string> Lines)
{
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>A line of a document that is a command, or a piece of code inside a sentence.</summary>
internal sealed record DocumentedText(string File, int Line, string Text)
{
    public override string ToString() => $"{File}:{Line}: {Text}";
}

/// <summary>The parts of one document that may contain commands.</summary>
internal sealed partial class MarkdownDocument
{
    private const string Fence = "```";

    private MarkdownDocument(string name, string text)
    {
        Name = name;
        Text = text;
        string[] lines = text.Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            if (!lines[index].TrimStart().StartsWith(Fence, StringComparison.Ordinal))
            {
                ReadLine(index + 1, lines[index]);
                continue;
            }

            int start = index;
            var inside = new List<string>();
            for (index++; index < lines.Length && !lines[index].TrimStart().StartsWith(Fence, StringComparison.Ordinal); index++)
                inside.Add(lines[index]);
            Blocks.Add(new CodeBlock(name, start + 1, lines[start].TrimStart()[Fence.Length..].Trim(), inside));
        }
    }

    /// <summary>Path below the repository's root.</summary>
    public string Name { get; }

    public string Text { get; }

    public List<CodeBlock> Blocks { get; } = [];

    /// <summary>Code inside sentences and tables.</summary>
    public List<DocumentedText> Spans { get; } = [];

    /// <summary>Code indented by four blanks.</summary>
    public List<DocumentedText> Indented { get; } = [];

    /// <summary>All documents that belong to the repository.</summary>
    public static IReadOnlyList<MarkdownDocument> All()
    {
        string root = DocumentRoot.Path;
        var start = new ProcessStartInfo("git") { WorkingDirectory = root, RedirectStandardOutput = true };
        string[] arguments = ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process git = Process.Start(start)!;
        string[] names = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return [.. names.Where(name => File.Exists(Path.Combine(root, name))).Select(static name => Read(name))];
    }

    /// <summary>Reads one document.</summary>
    public static MarkdownDocument Read(string name) => new(name, File.ReadAllText(Path.Combine(DocumentRoot.Path, name)).Replace("\r\n", "\n", StringComparison.Ordinal));

    private void ReadLine(int number, string line)
    {
        if (line.StartsWith("    ", StringComparison.Ordinal))
        {
            Indented.Add(new DocumentedText(Name, number, line.Trim()));
            return;
        }

        foreach (Match span in Span().Matches(line))
            Spans.Add(new DocumentedText(Name, number, span.Groups[1].Value.Replace("\\|", "|", StringComparison.Ordinal)));
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Span();
}
