using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Architecture.Tests;

/// <summary>The checkout as files.</summary>
internal static class Repository
{
    public static string Root([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", ".."));

    /// <summary>All files of the checkout that match one of the patterns; what a build made is left out.</summary>
    public static IEnumerable<string> Files(params string[] patterns) =>
        patterns.SelectMany(pattern => Directory.EnumerateFiles(Root(), pattern, SearchOption.AllDirectories))
            .Where(path => !IsMade(Path.GetRelativePath(Root(), path)));

    /// <summary>Project name to the names of the projects it references at run time (generators left out).</summary>
    public static Dictionary<string, string[]> ProjectReferences() =>
        Directory.EnumerateFiles(Root(), "*.csproj", SearchOption.AllDirectories)
            .Where(path => !path.Contains("artifacts", StringComparison.Ordinal)
                && !path.Contains($"{Path.DirectorySeparatorChar}tests{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path), References);

    private static string[] References(string project) =>
    [
        .. XDocument.Load(project).Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("OutputItemType") != "Analyzer")
            .Select(reference => Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include") ?? "").Replace('\\', '/'))),
    ];

    private static bool IsMade(string path) =>
        path.Split(Path.DirectorySeparatorChar)
        .Any(folder => folder is "artifacts" or "bin" or "obj" or "guests" or ".git" or "TestResults");
}
