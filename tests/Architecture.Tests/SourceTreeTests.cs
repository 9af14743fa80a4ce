using Xunit;

namespace Architecture.Tests;

/// <summary>How many sources a folder has, and how long their lines are.</summary>
public sealed class SourceTreeTests
{
    private const int MostFiles = 15;
    private const int MostColumns = 140;

    [Fact]
    public void A_folder_has_at_most_fifteen_sources()
    {
        List<string> crowded =
        [
            .. Sources().GroupBy(Path.GetDirectoryName).Select(static group => (Folder: Relative(group.Key!), Count: group.Count()))
                .Where(static one => one.Count > MostFiles)
                .Select(static one => $"{one.Folder}: {one.Count} files"),
        ];

        Assert.Empty(crowded);
    }

    [Fact]
    public void A_line_has_at_most_140_columns()
    {
        IEnumerable<string> wide = Sources()
            .SelectMany(static path => File.ReadLines(path).Select((text, index) => (Path: path, Line: index + 1, text.Length)))
            .Where(static line => line.Length > MostColumns)
            .Select(static line => $"{Relative(line.Path)}:{line.Line}: {line.Length} columns");

        Assert.Empty(wide);
    }

    private static IEnumerable<string> Sources() => Repository.Files("*.cs");

    private static string Relative(string path) =>
        Path.GetRelativePath(Repository.Root(), path).Replace(Path.DirectorySeparatorChar, '/');
}
