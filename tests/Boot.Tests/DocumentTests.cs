using System.Text.RegularExpressions;

using Boot.Tests.Documents;

using Ps3Platform.Machine.Configuration;

using Xunit;

namespace Boot.Tests;

/// <summary>
/// Checks the commands in documents. Blocks marked `console` are run and compared. Commands in blocks marked `sh`, in code indented by
/// blanks, in sentences and in the help's examples are checked against the commands, options and files that exist. Blocks marked `text`
/// are not commands.
/// </summary>
public sealed partial class DocumentTests(CommandHelp help) : IClassFixture<CommandHelp>
{
    private const string ManualPage = "Ps3Platform/Cli/README.md";

    private readonly CommandChecker _checker = new(help);

    public static TheoryData<string, int> ConsoleBlocks
    {
        get
        {
            var blocks = new TheoryData<string, int>();
            foreach (CodeBlock block in MarkdownDocument.All().SelectMany(static document => document.Blocks)
                .Where(static block => block.Kind == "console"))
                blocks.Add(block.File, block.Line);
            return blocks;
        }
    }

    [SkippableTheory, MemberData(nameof(ConsoleBlocks))]
    public void What_a_document_shows_is_what_the_program_prints(string file, int line)
    {
        Skip.If(OperatingSystem.IsWindows(), "needs /bin/sh");
        CodeBlock block = MarkdownDocument.Read(file).Blocks.Single(block => block.Line == line);
        Transcript[] transcripts = [.. Transcript.Of(block)];

        Assert.NotEmpty(transcripts);
        foreach (Transcript transcript in transcripts)
        {
            Assert.StartsWith("./ps3 ", transcript.Command, StringComparison.Ordinal);
            string[] actual = transcript.Run();
            Assert.True(Transcript.Matches([.. transcript.Expected], actual),
                $"{block}: $ {transcript.Command}\nprints\n{string.Join('\n', actual)}");
        }
    }

    [Fact]
    public void Commands_in_blocks_exist_with_their_options_and_files()
    {
        string[] problems = [.. from document in MarkdownDocument.All()
                                from block in document.Blocks
                                where block.Kind is "sh" or "console"
                                from line in Joined(block.Lines)
                                where block.Kind == "sh" || line.StartsWith("$ ", StringComparison.Ordinal)
                                from problem in _checker.Problems(
                                    line.StartsWith("$ ", StringComparison.Ordinal) ? line[2..] : line, block.File)
                                select $"{block}: {line.Trim()}: {problem}"];

        Assert.Empty(problems);
    }

    [Fact]
    public void Commands_in_sentences_exist_with_their_options_and_files()
    {
        string[] problems = [.. from document in MarkdownDocument.All()
                                from text in document.Spans.Concat(document.Indented)
                                where IsCommand(text.Text)
                                from problem in _checker.Problems(text.Text, text.File)
                                select $"{text}: {problem}"];

        Assert.Empty(problems);
    }

    [Fact]
    public void Options_in_sentences_exist()
    {
        string[] problems = [.. from document in MarkdownDocument.All()
                                from text in document.Spans
                                where Option().Match(text.Text) is { Success: true, Index: 0 } option && !_checker.KnowsOption(option.Value)
                                select text.ToString()];

        Assert.Empty(problems);
    }

    [Fact]
    public void A_block_with_commands_says_so()
    {
        string[] unmarked = [.. from document in MarkdownDocument.All()
                                from block in document.Blocks
                                where block.Kind is not ("sh" or "console" or "text")
                                from line in block.Lines
                                where line.StartsWith("$ ", StringComparison.Ordinal) || IsCommand(line.Trim())
                                select $"{block}: mark the block of `{line.Trim()}` as console (run and compared), sh (checked) or text"];

        Assert.Empty(unmarked);
    }

    [Fact]
    public void The_manual_page_has_every_option()
    {
        string manual = MarkdownDocument.Read(ManualPage).Text;
        string[] words = [.. Option().Matches(manual).Select(static match => match.Value)];
        string[] missing = [.. from command in help.All
                               from option in command.Options
                               where !option.Names.Any(name => name is "--help" or "--version" || words.Contains(name)
                                   || (name.Length == 2 && manual.Contains($"`{name}", StringComparison.Ordinal)))
                               select $"ps3 {command.Path} {option.Names[^1]}"];

        Assert.Empty(missing);
    }

    [Fact]
    public void The_manual_page_has_no_other_options()
    {
        string[] known = ["--help", .. help.All.SelectMany(static command => command.Options).SelectMany(static option => option.Names)];

        Assert.Empty(Option().Matches(MarkdownDocument.Read(ManualPage).Text).Select(static match => match.Value).Distinct().Except(known));
    }

    [Fact]
    public void The_manual_page_tells_values_and_default_of_every_option_of_boot()
    {
        string manual = MarkdownDocument.Read(ManualPage).Text;
        string boot = manual[manual.IndexOf("**BOOT**", StringComparison.Ordinal)..manual.IndexOf("**PROFILE**", StringComparison.Ordinal)];
        string[] rows = [.. boot.Split('\n').Where(static line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(static line => line.Replace("`", "", StringComparison.Ordinal))];
        string synopsis = manual[..manual.IndexOf("ps3 profile", StringComparison.Ordinal)];
        var problems = new List<string>();
        foreach (OptionField field in MachineSchema.Fields)
        {
            string label = field.IsOperand ? field.Placeholder! : $"--{field.Name}";
            bool Mentions(string text, string word) => Regex.IsMatch(text, $"(?<![\\w-]){Regex.Escape(word)}(?![\\w-])");
            string row = string.Join('\n', rows.Where(row => Mentions(row.Split('|')[1], label)));
            IEnumerable<string> values = field.Shape.Words.Concat(
                field.Shape.Maximum is { } most ? [$"{field.Shape.Minimum}", $"{most}"] : []);
            // A row has a list of words as a list, and other ranges as in the help.
            if (field.Range is { } range && field.Shape is { IsNumber: true, IsString: true })
                values = values.Append(range);
            problems.AddRange(values.Where(value => !Mentions(row, value)).Select(value => $"{label}: its row does not tell of {value}"));
            if (field.Default is { } standard && !Mentions(row, $"default {standard}")
                && !row.Contains($"{standard} (default)", StringComparison.Ordinal))
                problems.Add($"{label}: its row does not tell the default, {standard}");
            if (row.Length == 0 || !Mentions(synopsis, label))
                problems.Add($"{label}: no row, or not in the synopsis");
        }

        Assert.Empty(problems);
    }

    [Fact]
    public void The_manual_page_has_every_command_and_exit_code()
    {
        string manual = MarkdownDocument.Read(ManualPage).Text;
        string source = File.ReadAllText(Path.Combine(DocumentRoot.Path, "Ps3Platform", "Cli", "Shell", "ExitCode.cs"));
        string[] codes = [.. ExitCodeConstant().Matches(source).Select(static match => match.Groups[1].Value)];

        Assert.NotEmpty(codes);
        Assert.All(codes, code => Assert.Contains($"| {code} |", manual, StringComparison.Ordinal));
        Assert.All(help.All.Where(static command => command.Commands.Count == 0), command =>
            Assert.Contains($"ps3 {command.Path}", manual, StringComparison.Ordinal));
    }

    [Fact]
    public void Examples_of_the_help_are_commands_that_exist()
    {
        string[] problems = [.. from command in help.All
                                from line in command.Text.Split('\n')
                                let example = Gap().Split(line.Trim())[0]
                                where IsCommand(example) && !line.Contains('[', StringComparison.Ordinal) && !line.Contains(
                                    '<', StringComparison.Ordinal) && !example.Contains("COMMAND", StringComparison.Ordinal)
                                from problem in _checker.Problems(example)
                                select $"ps3 {command.Path} --help: {example}: {problem}"];

        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("./ps3 boot --no-such-option", "no option --no-such-option")]
    [InlineData("./ps3 boot vmlinux --append", "wants a value")]
    [InlineData("./ps3 bot", "no command bot")]
    [InlineData("./ps3 info tests/nothing.elf", "there is no tests/nothing.elf")]
    [InlineData("tests/Speed/nothing.sh", "there is no")]
    [InlineData("tests/Speed/compare.sh --nothing-knows-this", "does not know --nothing-knows-this")]
    [InlineData("PS3_NOTHING_READS_THIS=1 dotnet test tests/Fuzz.Tests", "nothing reads PS3_NOTHING")]
    [InlineData("dotnet test tests/Fuzz.Tests --filter NoSuchTestClass", "no test is named NoSuchTestClass")]
    public void The_checker_finds(string command, string problem) =>
        Assert.Contains(_checker.Problems(command), found => found.Contains(problem, StringComparison.Ordinal));

    [Theory]
    [InlineData("./ps3 boot vmlinux --append \"console=hvc0 quiet\" --timeout 1m   # a comment with --other")]
    [InlineData("./ps3 spu run hello.elf --its --own")]
    [InlineData("./ps3 boot a.elf          ./ps3 info b.elf")]
    [InlineData("dotnet run -c Release --project Ps3Platform/Cli -- boot --stats")]
    public void The_checker_accepts(string command) => Assert.Empty(_checker.Problems(command));

    [Theory]
    [InlineData("a\n...\nd", "a\nb\nc\nd", true)]
    [InlineData("a\n...\nd", "a\nd", true)]
    [InlineData("a\n...", "a", true)]
    [InlineData("took ... s", "took 1.5 s", true)]
    [InlineData("took ... s", "took 1.5 ms!", false)]
    [InlineData("a\nb", "a", false)]
    [InlineData("a", "a\nb", false)]
    public void A_transcript_is_compared_with_gaps(string expected, string actual, bool matches) =>
        Assert.Equal(matches, Transcript.Matches(expected.Split('\n'), actual.Split('\n')));

    private static bool IsCommand(string text) =>
        text.StartsWith("./ps3 ", StringComparison.Ordinal) || text.StartsWith("ps3 ", StringComparison.Ordinal)
        || text.StartsWith("dotnet ", StringComparison.Ordinal)
        || (text.Split(' ')[0] is var first && first.EndsWith(".sh", StringComparison.Ordinal)
            && first.Contains('/', StringComparison.Ordinal));

    // A backslash at the end continues the command in the next line.
    private static string[] Joined(IReadOnlyList<string> lines) =>
        string.Join('\n', lines).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');

    [GeneratedRegex("(?<![\\w-])--[a-z][a-z0-9-]*")]
    private static partial Regex Option();

    [GeneratedRegex("const int \\w+ = (\\d+);")]
    private static partial Regex ExitCodeConstant();

    [GeneratedRegex(" {3,}")]
    private static partial Regex Gap();
}
