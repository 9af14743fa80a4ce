using System.Diagnostics;
using System.Text.RegularExpressions;

using Xunit;

namespace Architecture.Tests;

/// <summary>Follows the how-tos of CONTRIBUTING.md step by step on a copy of the tree, builds it, and runs the tests they add.</summary>
public sealed partial class HowToTests(HowToTests.Copy copy) : IClassFixture<HowToTests.Copy>
{
    [Theory]
    [InlineData("Add an instruction", "CellPpe.Tests", "TrailingZerosTests", 2)]
    [InlineData("Add a hypercall", "Lv1Hypervisor.Tests", "ThreadSwitchTests", 1)]
    [InlineData("Add a device", "Machine.Tests", "TallyTests", 1)]
    public void A_how_to_works_as_written(string title, string project, string test, int tests)
    {
        foreach (Match step in Step().Matches(Section(title)))
            copy.Apply(step);

        string output = copy.Dotnet("test", Path.Combine("tests", project), "-c", "Release", "--filter", $"FullyQualifiedName~{test}");

        Assert.Matches($@"Passed!.*Passed: +{tests},", output);
    }

    private static string Section(string title)
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root(), "CONTRIBUTING.md"));
        int start = page.IndexOf($"## {title}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"CONTRIBUTING.md has no section '{title}'");
        int end = page.IndexOf("\n## ", start, StringComparison.Ordinal);
        return end < 0 ? page[start..] : page[start..end];
    }

    // "In `file`, below the line that contains `text`:" or "In a new file `file`:", and the block that follows.
    [GeneratedRegex(
        @"In\s+(?<new>a\s+new\s+file\s+)?`(?<file>[^`]+)`"
        + @"(?:,\s+(?<where>below|above|instead\s+of)\s+the\s+line\s+that\s+(?<how>begins\s+with|contains)\s+`(?<anchor>[^`]+)`)?"
        + @":\n\n```\w+\n(?<text>.*?)```",
        RegexOptions.Singleline)]
    private static partial Regex Step();

    /// <summary>The files that git would commit, in a temporary folder.</summary>
    public sealed class Copy : IDisposable
    {
        private readonly string _root = Directory.CreateTempSubdirectory("howto-").FullName;

        /// <summary>Copies sources, without documents' pictures and what a build made.</summary>
        public Copy()
        {
            foreach (string path in Repository.Files("*"))
            {
                string target = Path.Combine(_root, Path.GetRelativePath(Repository.Root(), path));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(path, target);
            }
        }

        /// <summary>Does what a step says.</summary>
        public void Apply(Match step)
        {
            string file = Path.Combine(_root, step.Groups["file"].Value);
            string text = step.Groups["text"].Value;
            if (step.Groups["new"].Success)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, text);
                return;
            }

            List<string> lines = [.. File.ReadAllLines(file)];
            string anchor = step.Groups["anchor"].Value;
            bool atStart = step.Groups["how"].Value != "contains";
            int at = lines.FindIndex(
                line => atStart ? line.StartsWith(anchor, StringComparison.Ordinal) : line.Contains(anchor, StringComparison.Ordinal));
            Assert.True(at >= 0, $"{step.Groups["file"].Value} has no line '{anchor}'");
            string where = step.Groups["where"].Value;
            if (where.StartsWith("instead", StringComparison.Ordinal))
                lines.RemoveAt(at);
            lines.InsertRange(where == "below" ? at + 1 : at, text.TrimEnd('\n').Split('\n'));
            File.WriteAllLines(file, lines);
        }

        /// <summary>Runs the SDK there.</summary>
        public string Dotnet(params string[] arguments)
        {
            var start = new ProcessStartInfo("dotnet", arguments)
            {
                WorkingDirectory = _root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd() + errors.Result;
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, output);
            return output;
        }

        /// <inheritdoc/>
        public void Dispose() => Directory.Delete(_root, recursive: true);
    }
}
