using System.Reflection;

using Xunit;

namespace Architecture.Tests;

/// <summary>Holds <see cref="FolderOrder"/> against what is built.</summary>
public sealed class FolderOrderTests
{
    public static TheoryData<string> Assemblies => [.. FolderOrder.Table.Keys];

    [Fact]
    public void Every_product_project_has_an_order()
    {
        string[] projects = [.. Repository.ProjectReferences().Keys.Where(static name => name != "CellPpe.SpecGen").Order()];

        Assert.Equal(projects, FolderOrder.Table.Keys.Select(static name => name == "ps3" ? "Ps3Platform.Cli" : name).Order());
    }

    [Theory, MemberData(nameof(Assemblies))]
    public void A_folder_uses_only_what_is_below_it(string assembly)
    {
        Dictionary<string, int> levels = Levels(assembly);
        HashSet<string> known =
            [.. FolderOrder.KnownUses.Where(one => one.StartsWith(assembly + ": ", StringComparison.Ordinal))];
        var used = new HashSet<string>();
        var broken = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((string from, string user, string to, string what) in Uses(assembly))
        {
            bool isInOrder = levels.TryGetValue(from, out int above) && levels.TryGetValue(to, out int below) && below < above;
            string edge = $"{assembly}: {from} -> {to}";
            if (!isInOrder)
                used.Add(edge);
            if (!isInOrder && !known.Contains(edge))
                broken.Add($"{edge}: {user} uses {what}");
        }

        Assert.True(broken.Count == 0, string.Join("\n", broken) + $"\nThe order of the sources as they are:\n{Describe(assembly)}");
        string[] gone = [.. known.Except(used)];
        Assert.True(gone.Length == 0, $"in order now, delete from {nameof(FolderOrder.KnownUses)}:\n{string.Join("\n", gone)}");
    }

    [Theory, MemberData(nameof(Assemblies))]
    public void Folders_form_no_cycle(string assembly)
    {
        HashSet<string> known = [.. FolderOrder.KnownUses];
        List<(string From, string To)> edges =
        [
            .. Uses(assembly).Select(static use => (use.From, use.To)).Distinct()
                .Where(edge => !known.Contains($"{assembly}: {edge.From} -> {edge.To}")),
        ];
        // What uses nothing that is left is in no cycle; what remains in the end is.
        while (edges.RemoveAll(edge => edges.TrueForAll(other => other.From != edge.To)) > 0)
        {
        }

        Assert.Empty(edges.Select(static edge => $"{edge.From} -> {edge.To}"));
    }

    [Theory, MemberData(nameof(Assemblies))]
    public void The_table_names_the_folders_there_are(string assembly)
    {
        HashSet<string> folders = [.. Uses(assembly).SelectMany(static use => new[] { use.From, use.To })];

        string[] gone = [.. Levels(assembly).Keys.Except(folders).Where(folder => !Sources(assembly, folder).Any())];
        Assert.Empty(gone);
    }

    [Fact]
    public void A_type_name_belongs_to_one_product_project()
    {
        List<string> twice =
        [
            .. FolderOrder.Table.Keys.SelectMany(static assembly => TypeUses.Names(Location(assembly)))
                .GroupBy(static name => name).Where(static group => group.Count() > 1).Select(static group => group.Key)
                .Order(StringComparer.Ordinal),
        ];

        string[] unknown = [.. twice.Except(FolderOrder.KnownNames)];
        Assert.True(unknown.Length == 0, $"declared in several product projects: {string.Join(" ", unknown)}");
        string[] single = [.. FolderOrder.KnownNames.Except(twice)];
        Assert.True(single.Length == 0, $"declared once now, delete from {nameof(FolderOrder.KnownNames)}: {string.Join(" ", single)}");
    }

    [Fact]
    public void Folder_and_namespace_are_one()
    {
        List<string> elsewhere = [];
        foreach (string path in Products())
        {
            string expected = $"namespace {FolderAsNamespace(path)};";
            if (!File.ReadLines(path).Contains(expected) && Path.GetFileName(path) != "IsExternalInit.cs")
                elsewhere.Add($"{Path.GetRelativePath(Repository.Root(), path)}: no line \"{expected}\"");
        }

        Assert.Empty(elsewhere);
    }

    private static Dictionary<string, int> Levels(string assembly)
    {
        string[] lines = FolderOrder.Table[assembly].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.SelectMany(static (line, level) => line.Split(", ").Select(folder => (folder, level)))
            .ToDictionary(static one => one.folder, static one => one.level);
    }

    // By metadata, and by using directives of the sources: a constant or a comment's reference is in no metadata.
    private static IEnumerable<(string From, string User, string To, string What)> Uses(string assembly)
    {
        string root = Root(assembly);
        foreach ((TopType user, TopType used) in TypeUses.Of(Location(assembly)))
        {
            if (user.Namespace != used.Namespace && IsInside(user.Namespace, root) && IsInside(used.Namespace, root))
                yield return (Folder(user.Namespace, root), user.Name, Folder(used.Namespace, root), used.Name);
        }

        foreach (string path in Products())
        {
            string own = FolderAsNamespace(path);
            if (!IsInside(own, root) || IsInsideOther(own, root))
                continue;
            foreach (string line in File.ReadLines(path).Where(static line => line.StartsWith("using ", StringComparison.Ordinal)))
            {
                string used = line["using ".Length..].TrimEnd(';').Replace("static ", "", StringComparison.Ordinal);
                if (used != own && IsInside(used, root) && !IsInsideOther(used, root) && IsFolder(used))
                    yield return (Folder(own, root), Path.GetFileName(path), Folder(used, root), $"namespace {used}");
            }
        }
    }

    private static string Root(string assembly) => assembly == "ps3" ? "Ps3Platform.Cli" : assembly;

    private static bool IsInside(string name, string root) => name == root || name.StartsWith(root + ".", StringComparison.Ordinal);

    // Lv1Hypervisor.Contracts lies in the folder of Lv1Hypervisor.
    private static bool IsInsideOther(string name, string root) =>
        FolderOrder.Table.Keys.Select(Root).Any(other => other != root && IsInside(other, root) && IsInside(name, other));

    private static string Folder(string name, string root) => name == root ? "." : name[(root.Length + 1)..].Replace('.', '/');

    private static string Location(string assembly) => Assembly.Load(assembly).Location;

    private static string FolderAsNamespace(string path) =>
        Path.GetRelativePath(Repository.Root(), Path.GetDirectoryName(path)!).Replace(Path.DirectorySeparatorChar, '.');

    private static bool IsFolder(string name) =>
        Directory.Exists(Path.Combine(Repository.Root(), name.Replace('.', Path.DirectorySeparatorChar)));

    private static IEnumerable<string> Products() => Repository.Files("*.cs").Where(static path =>
        !Path.GetRelativePath(Repository.Root(), path).StartsWith("tests" + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    private static IEnumerable<string> Sources(string assembly, string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root(), Root(assembly).Replace('.', Path.DirectorySeparatorChar), folder), "*.cs");

    // Level by level what uses only folders of lower levels; what is left is in a cycle, or above one.
    private static string Describe(string assembly)
    {
        List<(string From, string To)> edges = [.. Uses(assembly).Select(static use => (use.From, use.To)).Distinct()];
        HashSet<string> left = [.. edges.SelectMany(static edge => new[] { edge.From, edge.To }), .. Levels(assembly).Keys];
        var lines = new List<string>();
        while (left.Count > 0)
        {
            string[] level =
            [
                .. left.Where(folder => edges.TrueForAll(edge => edge.From != folder || !left.Contains(edge.To)))
                .Order(StringComparer.Ordinal),
            ];
            if (level.Length == 0)
                level = [.. left];
            lines.Add(string.Join(", ", level));
            left.ExceptWith(level);
        }

        return string.Join("\n", lines);
    }
}
