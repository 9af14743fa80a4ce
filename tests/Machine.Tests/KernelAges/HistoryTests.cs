using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

using Xunit;

namespace Machine.Tests.KernelAges;

/// <summary>Every row of Lv1Hypervisor/KERNEL-HISTORY.md names the test that makes its calls; that test must exist.</summary>
public sealed partial class HistoryTests
{
    [Fact]
    public void Every_test_that_the_history_names_exists()
    {
        string root = Root();
        string[] sources =
        [
            .. Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText),
        ];
        int rows = 0;
        foreach (string line in File.ReadLines(Path.Combine(root, "Lv1Hypervisor", "KERNEL-HISTORY.md")))
        {
            if (!line.StartsWith('|') || line.StartsWith("| ---", StringComparison.Ordinal) || line.StartsWith("| Call |", StringComparison.Ordinal))
                continue;
            string[] cells = line.Trim('|').Split('|');
            Assert.True(cells.Length == 5, $"a row has {cells.Length} cells: {line}");
            MatchCollection names = Named().Matches(cells[4]);
            Assert.True(names.Count > 0 || cells[4].Contains("the same", StringComparison.Ordinal), $"a row without a test: {line}");
            foreach (Match name in names)
            {
                string text = name.Groups[1].Value;
                string wanted = text.EndsWith("...", StringComparison.Ordinal) ? $" void {text[..^3]}" : text.Contains('_') ? $" void {text}(" : text;
                Assert.True(
                    sources.Any(source => source.Contains(wanted, StringComparison.Ordinal))
                    || Directory.Exists(Path.Combine(root, "tests", text)),
                    $"there is no test {text}");
            }

            rows++;
        }

        Assert.True(rows > 30, $"only {rows} rows were found");
    }

    private static string Root([CallerFilePath] string source = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", ".."));

    [GeneratedRegex("`([A-Za-z0-9_.]+)`")]
    private static partial Regex Named();
}
