using Xunit;

namespace Architecture.Tests;

/// <summary>Pages that a newcomer reads first stay short and complete.</summary>
public sealed class PageTests
{
    private const int LinesOfArchitecture = 150;
    private const int TermsOfGlossary = 60;

    [Fact]
    public void Architecture_is_short_enough_to_remember()
    {
        int lines = File.ReadAllLines(Path.Combine(Repository.Root(), "ARCHITECTURE.md")).Length;
        Assert.True(lines <= LinesOfArchitecture, $"ARCHITECTURE.md has {lines} lines; details belong into the folders");
    }

    [Fact]
    public void The_glossary_is_short_and_has_each_term_once_in_order()
    {
        List<List<string>> tables = Terms();
        List<string> all = [.. tables.SelectMany(terms => terms)];

        Assert.NotEmpty(all);
        Assert.True(all.Count <= TermsOfGlossary, $"{all.Count} terms");
        Assert.Equal(all.Count, all.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        foreach (List<string> terms in tables)
        {
            Assert.Equal(terms.Order(StringComparer.OrdinalIgnoreCase), terms);
        }
    }

    [Fact]
    public void The_page_of_guests_names_every_folder_of_guests()
    {
        string folder = Path.Combine(Repository.Root(), "firmware-stubs");
        string page = File.ReadAllText(Path.Combine(folder, "README.md"));

        foreach (string guest in Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)!))
        {
            Assert.Contains($"[`{guest}/`]({guest}/README.md)", page, StringComparison.Ordinal);
        }
    }

    // One list for each heading.
    private static List<List<string>> Terms()
    {
        List<List<string>> tables = [];
        foreach (string line in File.ReadAllLines(Path.Combine(Repository.Root(), "GLOSSARY.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                tables.Add([]);
            }
            else if (line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| word |", StringComparison.Ordinal))
            {
                tables[^1].Add(line[2..line.IndexOf(" |", 2, StringComparison.Ordinal)]);
            }
        }

        return tables;
    }
}
