using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

using SpuRuntime.Isa;
using SpuRuntime.Tests.Vectors;

using Xunit;

namespace SpuRuntime.Tests.Isa;

/// <summary>
/// Keeps SpuRuntime/Isa/COVERAGE.md: what evidence each instruction has. Run the tests with UPDATE_COVERAGE=1 in the environment to
/// write it anew.
/// </summary>
public sealed class CoverageTests
{
    [Fact]
    public void The_committed_page_is_what_the_tests_say()
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
        SpuInstructionInfo[] all = [.. Words.Instructions];
        int defined = all.Count(static info => PlainSpu.Definitions.ContainsKey(info.Mnemonic));
        var page = new StringBuilder();
        page.Append(
            """
            # Coverage of the instruction set

            Made by `tests/SpuRuntime.Tests/Isa/CoverageTests.cs`; do not edit. Column "vectors": runs of the instruction compared with its
            definition written a second time (`tests/SpuRuntime.Tests/Vectors/Plain*.cs`) in the normal run; `PS3_SPU_VECTORS`
            makes it more.
            The base and step fractions of `frest` and `frsqest` are tables in both and are held against the manual's promises by
            `EstimateTests`. Column "words": random words of the instruction whose text GNU objdump prints as we do; column "assembled": how
            many of them, at most, GNU as also encodes back (it refuses some operands that make no sense).


            """);
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"{all.Length} instructions, {defined} with a second definition, {all.Length - defined} without.");
        foreach (IGrouping<string, SpuInstructionInfo> section in all.GroupBy(static info => info.Section))
        {
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {section.Key}").AppendLine();
            page.AppendLine("| instruction | vectors | words | assembled |");
            page.AppendLine("| --- | ---: | ---: | ---: |");
            foreach (SpuInstructionInfo info in section)
            {
                string optional = info.Has("optional") ? " (optional)" : "";
                int vectors = PlainSpu.Definitions.ContainsKey(info.Mnemonic) ? VectorTests.RoundsOf(info, VectorTests.Sample) : 0;
                int assembled = BinutilsTests.IsRefused(info) ? 0 : BinutilsTests.WordsPerInstruction;
                page.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| `{info.Mnemonic}`{optional} | {vectors} | {BinutilsTests.WordsPerInstruction} | {assembled} |");
            }
        }

        return page.ToString();
    }

    private static string FilePath([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../SpuRuntime/Isa/COVERAGE.md"));
}
