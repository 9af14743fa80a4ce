using Xunit;

namespace Architecture.Tests;

/// <summary>How many sources a folder has, and how long their lines are.</summary>
public sealed class SourceTreeTests
{
    private const int MostFiles = 15;
    private const int MostColumns = 140;

    // Folders with more files than that, and how many.
    private static readonly Dictionary<string, int> Crowded = new()
    {
        ["CellPpe/Ppe/Arithmetic/FloatingPoint"] = 22,
        ["CellPpe/Ppe/Arithmetic/Vector"] = 27,
        ["CellPpe/Ppe/Execution"] = 24,
        ["CellPpe/Recompiler"] = 17,
        ["CellPpe/Recompiler/Backends/Msil"] = 27,
        ["SpuRuntime/Execution"] = 16,
        ["tests/Boot.Tests"] = 21,
        ["tests/CellPpe.Tests/Execution"] = 20,
    };

    // Folders with longer lines, with all below them, and how many such lines.
    private static readonly Dictionary<string, int> Wide = new()
    {
        ["CellPpe/Core"] = 10,
        ["CellPpe/Ppe"] = 80,
        ["CellPpe/Recompiler"] = 77,
        ["CellPpe/SpecGen"] = 20,
        ["Lv1Hypervisor"] = 4,
        ["Ps3Platform/Cli"] = 72,
        ["Ps3Platform/Devices"] = 6,
        ["Ps3Platform/Host"] = 4,
        ["Ps3Platform/Loaders"] = 71,
        ["Ps3Platform/Machine"] = 30,
        ["Ps3Platform/Standalone"] = 62,
        ["SpuRuntime"] = 151,
        ["tests/Architecture.Tests"] = 8,
        ["tests/Bench"] = 12,
        ["tests/Boot.Tests"] = 51,
        ["tests/CellPpe.Tests"] = 48,
        ["tests/Conformance.Tests"] = 4,
        ["tests/Devices.Tests"] = 8,
        ["tests/Differential.Tests"] = 50,
        ["tests/Fuzz.Tests"] = 10,
        ["tests/Loaders.Tests"] = 20,
        ["tests/Lv1Hypervisor.Tests"] = 1,
        ["tests/Machine.Tests"] = 24,
        ["tests/Speed"] = 2,
        ["tests/SpuRuntime.Tests"] = 104,
        ["tests/Standalone.Tests"] = 23,
    };

    [Fact]
    public void A_folder_has_at_most_fifteen_sources()
    {
        List<string> crowded =
        [
            .. Sources().GroupBy(Path.GetDirectoryName).Select(static group => (Folder: Relative(group.Key!), Count: group.Count()))
                .Where(static one => one.Count > Crowded.GetValueOrDefault(one.Folder, MostFiles))
                .Select(static one => $"{one.Folder}: {one.Count} files"),
        ];

        Assert.Empty(crowded);
    }

    [Fact]
    public void A_line_has_at_most_140_columns()
    {
        Dictionary<string, List<string>> wide = Sources()
            .SelectMany(static path => File.ReadLines(path).Select((text, index) => (Path: path, Line: index + 1, text.Length)))
            .Where(static line => line.Length > MostColumns)
            .Select(static line => $"{Relative(line.Path)}:{line.Line}: {line.Length} columns")
            .GroupBy(static place => Wide.Keys.FirstOrDefault(folder => place.StartsWith(folder + "/", StringComparison.Ordinal)) ?? "")
            .ToDictionary(static group => group.Key, static group => group.ToList());

        Assert.Empty(wide.GetValueOrDefault("", []));
        foreach ((string folder, int most) in Wide)
        {
            List<string> lines = wide.GetValueOrDefault(folder, []);
            Assert.True(lines.Count <= most, $"{folder} had {most} wide lines and has {lines.Count}:\n{string.Join("\n", lines)}");
        }
    }

    private static IEnumerable<string> Sources() => Repository.Files("*.cs");

    private static string Relative(string path) =>
        Path.GetRelativePath(Repository.Root(), path).Replace(Path.DirectorySeparatorChar, '/');
}
