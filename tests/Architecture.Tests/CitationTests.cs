using System.Text.RegularExpressions;

using Xunit;

namespace Architecture.Tests;

/// <summary>Comments cite the notes of Lv1Hypervisor/Reference by section: each cited section must be there.</summary>
public sealed partial class CitationTests
{
    private static readonly string[] Extensions = ["*.cs", "*.c", "*.h", "*.S", "*.calls", "*.md"];

    [Fact]
    public void Every_cited_section_of_the_reference_exists()
    {
        Dictionary<string, HashSet<string>> sections = Notes().ToDictionary(path => Path.GetFileNameWithoutExtension(path), Sections);
        List<(string Place, string Note, string Section)> citations = [.. Repository.Files(Extensions).SelectMany(Citations)];

        Assert.True(citations.Count > 50, $"only {citations.Count} citations found: has the way to cite changed?");
        List<string> broken =
        [
            .. citations.Where(cited => !sections[cited.Note].Contains(cited.Section))
                .Select(cited => $"{cited.Place} cites {cited.Note}.md {cited.Section}"),
        ];
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_note_is_listed_in_the_references_readme()
    {
        string readme = File.ReadAllText(Path.Combine(Folder(), "README.md"));

        List<string> unlisted =
            [.. Notes().Select(path => Path.GetFileName(path)).Where(name => !readme.Contains($"({name})", StringComparison.Ordinal))];
        Assert.Empty(unlisted);
    }

    private static string Folder() => Path.Combine(Repository.Root(), "Lv1Hypervisor", "Reference");

    private static IEnumerable<string> Notes() =>
        Directory.EnumerateFiles(Folder(), "*.md").Where(path => Path.GetFileName(path) != "README.md");

    private static HashSet<string> Sections(string note) =>
        [.. File.ReadLines(note).Select(line => Heading().Match(line)).Where(match => match.Success)
            .Select(match => match.Groups[1].Value)];

    private static IEnumerable<(string Place, string Note, string Section)> Citations(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            foreach (Match match in Citation().Matches(line))
                yield return ($"{Path.GetRelativePath(Repository.Root(), path)}:{number}", match.Groups[1].Value, match.Groups[2].Value);
        }
    }

    // "## 4. Memory" and "### 4.1 allocate_memory".
    [GeneratedRegex(@"^#{2,4} (\d+(?:\.\d+)*)\.? ")]
    private static partial Regex Heading();

    // "lv1-calls.md 4.1", "irq-and-time 6"; the names that are also English words need their ".md".
    [GeneratedRegex(@"\b(lv1-calls|irq-and-time|boot-protocol|repository(?=\.md)|devices(?=\.md)|spe(?=\.md))(?:\.md)? (\d+(?:\.\d+)*)")]
    private static partial Regex Citation();
}
