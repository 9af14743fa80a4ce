using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

using Xunit;

namespace Architecture.Tests;

/// <summary>Holds ARCHITECTURE.md's picture and the house rules against what is built.</summary>
public sealed class ArchitectureTests
{
    private static readonly string[] Ours =
    [
        "CellPpe.Core", "CellPpe.Recompiler", "CellPpe.Ppe", "SpuRuntime", "Lv1Hypervisor.Contracts", "Lv1Hypervisor",
        "Ps3Platform.Devices", "Ps3Platform.Loaders", "Ps3Platform.Machine", "Ps3Platform.Monitor", "Ps3Platform.Standalone",
        "Ps3Platform.Host", "Ps3Platform.Screens", "Ps3Platform.Web",
        "ps3",
    ];

    // An arrow of the picture: project, and all it may reference.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["CellPpe.Core"] = [],
        ["CellPpe.SpecGen"] = [],
        ["CellPpe.Recompiler"] = ["CellPpe.Core"],
        ["CellPpe.Ppe"] = ["CellPpe.Core", "CellPpe.Recompiler"],
        ["SpuRuntime"] = ["CellPpe.Core", "CellPpe.Recompiler"],
        ["Lv1Hypervisor.Contracts"] = ["CellPpe.Core"],
        ["Lv1Hypervisor"] = ["CellPpe.Core", "Lv1Hypervisor.Contracts"],
        ["Ps3Platform.Devices"] = ["CellPpe.Core", "Lv1Hypervisor.Contracts"],
        ["Ps3Platform.Loaders"] = ["CellPpe.Core"],
        ["Ps3Platform.Machine"] = ["CellPpe.Core", "CellPpe.Ppe", "SpuRuntime", "Lv1Hypervisor", "Ps3Platform.Devices",
            "Ps3Platform.Loaders"],
        ["Ps3Platform.Monitor"] = ["Ps3Platform.Machine"],
        ["Ps3Platform.Host"] = ["Ps3Platform.Devices"],
        ["Ps3Platform.Screens"] = ["Ps3Platform.Devices"],
        ["Ps3Platform.Web"] = ["Ps3Platform.Monitor", "Ps3Platform.Screens"],
        ["Ps3Platform.Standalone"] = ["CellPpe.Core", "SpuRuntime", "Ps3Platform.Loaders"],
        ["Ps3Platform.Cli"] = ["Ps3Platform.Host", "Ps3Platform.Machine", "Ps3Platform.Monitor", "Ps3Platform.Screens",
            "Ps3Platform.Standalone", "Ps3Platform.Web"],
    };

    public static TheoryData<string> Assemblies => [.. Ours];

    [Fact]
    public void Projects_reference_only_what_the_picture_shows()
    {
        foreach ((string project, string[] references) in Repository.ProjectReferences())
        {
            Assert.True(Allowed.ContainsKey(project), $"{project} is not in the picture");
            Assert.Empty(references.Except(Allowed[project]).Select(reference => $"{project} -> {reference}"));
        }
    }

    [Theory, MemberData(nameof(Assemblies))]
    public void Nothing_is_global(string assembly)
    {
        const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        List<string> mutable = [..  Assembly.Load(assembly).GetTypes()
            .Where(type => !IsGenerated(type))
            .SelectMany(type => type.GetFields(Statics))
            .Where(field => !field.IsInitOnly && !field.IsLiteral && !field.Name.Contains('<', StringComparison.Ordinal))
            .Select(field => $"{field.DeclaringType}.{field.Name}")];

        Assert.Empty(mutable);
    }

    [Theory, MemberData(nameof(Assemblies))]
    public void Only_what_serves_the_host_knows_sockets(string assembly)
    {
        string?[] references = [.. Assembly.Load(assembly).GetReferencedAssemblies().Select(static name => name.Name)];

        // The VNC server has its own, since no emulation references it; the web console's are ASP.NET Core's.
        bool mayKnow = assembly is "Ps3Platform.Host" or "Ps3Platform.Screens";
        Assert.Equal(mayKnow, references.Contains("System.Net.Sockets"));
    }

    [Theory, MemberData(nameof(Assemblies))]
    public void Every_public_type_is_documented(string assembly)
    {
        Assembly loaded = Assembly.Load(assembly);
        HashSet<string> documented =
        [
            .. XDocument.Load(Path.ChangeExtension(loaded.Location, ".xml")).Descendants("member")
                .Where(member => member.Element("summary") is not null || member.Element("inheritdoc") is not null)
                .Select(member => (string)member.Attribute("name")!),
        ];

        List<string> undocumented =
        [
            .. loaded.GetExportedTypes().Where(type => !IsGenerated(type))
                .Select(type => "T:" + type.FullName!.Replace('+', '.')).Where(name => !documented.Contains(name)),
        ];
        Assert.Empty(undocumented);
    }

    [Fact]
    public void No_file_has_outgrown_one_head()
    {
        const int Lines = 800;
        IEnumerable<string> tooLong = Directory.EnumerateFiles(Repository.Root(), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}artifacts{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(path => (Path: path, Count: File.ReadLines(path).Count()))
            .Where(file => file.Count > Lines)
            .Select(file => $"{Path.GetRelativePath(Repository.Root(), file.Path)}: {file.Count} lines");

        Assert.Empty(tooLong);
    }

    [Fact]
    public void Every_test_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root(), "Ps3.sln"));

        List<string> missing =
        [
            .. Directory.EnumerateFiles(Repository.Root(), "*.csproj", SearchOption.AllDirectories)
                .Where(path => !path.Contains("artifacts", StringComparison.Ordinal))
                .Select(path => Path.GetFileName(path)!).Where(name => !solution.Contains(name, StringComparison.Ordinal)),
        ];
        Assert.Empty(missing);
    }

    private static bool IsGenerated(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal) || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
}
