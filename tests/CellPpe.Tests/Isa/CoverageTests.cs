using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CellPpe.Ppe.Isa;
using CellPpe.Tests.Execution;
using CellPpe.Tests.FixedPoint;
using CellPpe.Tests.FloatingPoint;
using CellPpe.Tests.Storage;
using CellPpe.Tests.Vector;
using Xunit;

namespace CellPpe.Tests.Isa;

/// <summary>
/// Keeps CellPpe/Ppe/Isa/COVERAGE.md: how many independent vectors each instruction has. Run the tests with
/// UPDATE_COVERAGE=1 in the environment to write it anew.
/// </summary>
public sealed class CoverageTests
{
    [Fact]
    public void The_committed_page_is_what_the_corpora_say()
    {
        string page = Page();
        string file = FilePath();
        if (Environment.GetEnvironmentVariable("UPDATE_COVERAGE") == "1")
            File.WriteAllText(file, page);
        string committed = File.Exists(file) ? File.ReadAllText(file) : "";
        Assert.True(page == committed, $"{file} is stale: run this test with UPDATE_COVERAGE=1 and commit the page");
    }

    private static string Page()
    {
        Dictionary<string, int> fixed64 = Count(FixedCorpus.Bits64);
        Dictionary<string, int> fixed32 = Count(FixedCorpus.Bits32);
        Dictionary<string, int> floating = FloatVectorCorpus.Groups.GroupBy(static group => group.Mnemonic)
            .ToDictionary(static groups => groups.Key, static groups => groups.Sum(static group => group.Vectors.Count));
        Dictionary<string, int> vector = VectorCorpus.Entries.Values.GroupBy(static entry => entry.Mnemonic)
            .ToDictionary(static entries => entries.Key, static entries => entries.Sum(static entry => entry.Outcomes.Count));
        Dictionary<string, int> definitions = new([.. CellStorageTests.Covered, .. FloatRecordTests.Covered, .. BranchTests.Covered])
        {
            ["dcbz"] = StorageAccessTests.DcbzOffsets,
        };
        IReadOnlyDictionary<string, int>[] columns = [fixed64, fixed32, floating, vector, definitions];

        PpuInstructionInfo[] all = [.. Words.Instructions];
        PpuInstructionInfo[] without = [.. all.Where(info => columns.All(column => !column.ContainsKey(info.Mnemonic)))];
        var page = new StringBuilder();
        page.Append(
            """
            # Coverage of the instruction set

            Made by `tests/CellPpe.Tests/Isa/CoverageTests.cs` from the vector corpora; do not edit. A vector is one run of the
            instruction on a
            reference that knows nothing of this implementation (QEMU user mode), or, for what no reference has, its definition
            written a second time in a test: column "definition", which also counts
            comparisons of a form with Rc = 1 with the form without. What reaches the machine's state (interrupts,
            translation, special registers) has tests in the manual's words in `tests/CellPpe.Tests/Execution` instead and counts
            as "without" here.


            """);
        page.AppendLine(CultureInfo.InvariantCulture,
            $"{all.Length} instructions, {all.Length - without.Length} with vectors, {without.Length} without.");
        page.AppendLine().AppendLine("## Without vectors").AppendLine();
        foreach (IGrouping<string, PpuInstructionInfo> section in without.GroupBy(static info => info.Section))
            page.AppendLine(
                CultureInfo.InvariantCulture, $"- {section.Key}: {string.Join(", ", section.Select(static info => $"`{info.Mnemonic}`"))}");
        page.AppendLine().AppendLine("## Vectors by instruction");
        foreach (IGrouping<string, PpuInstructionInfo> section in all.GroupBy(static info => info.Section))
        {
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### {section.Key}").AppendLine();
            page.AppendLine("| instruction | 64-bit mode | 32-bit mode | floating point | vector | definition |");
            page.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: |");
            foreach (PpuInstructionInfo info in section)
            {
                IEnumerable<string> cells = columns.Select(column =>
                    column.TryGetValue(info.Mnemonic, out int count) ? count.ToString(CultureInfo.InvariantCulture) : "");
                page.AppendLine(CultureInfo.InvariantCulture, $"| `{info.Mnemonic}` | {string.Join(" | ", cells)} |");
            }
        }

        return page.ToString();
    }

    private static Dictionary<string, int> Count(FixedCorpus corpus)
    {
        var counts = new Dictionary<string, int>();
        foreach (FixedEntry entry in corpus.Entries.Values)
        {
            foreach (string mnemonic in entry.Mnemonics)
                counts[mnemonic] = counts.GetValueOrDefault(mnemonic) + entry.Changes.Count;
        }

        return counts;
    }

    private static string FilePath([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../CellPpe/Ppe/Isa/COVERAGE.md"));
}
