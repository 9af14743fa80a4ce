using Boot.Tests.Documents;

using Xunit;

namespace Boot.Tests.Completion;

/// <summary>The scripts of <c>ps3 completion</c>, run in their shells; a shell that is not installed is skipped by name.</summary>
public sealed class CompletionTests(CompletionScripts scripts, CommandHelp help)
    : IClassFixture<CompletionScripts>, IClassFixture<CommandHelp>
{
    private static readonly (string Line, string[] Expected)[] Cases =
    [
        ("b", ["bench", "boot"]),
        ("spu ", ["disasm", "run", "trace"]),
        ("help sp", ["spu"]),
        ("completion ", ["bash", "fish", "zsh"]),
        ("boot --cl", ["--clock"]),
        ("boot --clock ", ["host", "instructions"]),
        ("boot --clock i", ["instructions"]),
        ("boot --clock=", ["host", "instructions"]),
        ("boot --clock=h", ["host"]),
        ("boot --clock=host --engine c", ["compiled"]),
        ("boot --append text --spe-policy t", ["time-sliced"]),
        ("boot --log d", ["debug"]),
        ("boot --video 7", ["720p"]),
        ("boot --memory ", []),
        ("boot -m 64M --fixups n", ["none"]),
        ("boot pen", ["penguin"]),
        ("boot ker", ["kernel.elf"]),
        ("boot --initrd ker", ["kernel.elf"]),
        ("profile --format p", ["perfetto"]),
        ("profile -o ker", ["kernel.elf"]),
        ("spu run ker", ["kernel.elf"]),
        ("spu run --max", ["--max-instructions"]),
        ("spu run --spu-float r", ["relaxed"]),
        ("bench spu --js", ["--json"]),
        ("bench spu --json ker", ["kernel.elf"]),
    ];

    public static TheoryData<string, string> Lines
    {
        get
        {
            var lines = new TheoryData<string, string>();
            foreach (CompletingShell shell in CompletingShell.All)
            {
                foreach ((string line, _) in Cases)
                    lines.Add(shell.Name, line);
            }

            return lines;
        }
    }

    public static TheoryData<string> Shells => [.. CompletingShell.All.Select(static shell => shell.Name)];

    [SkippableTheory, MemberData(nameof(Lines))]
    public void A_shell_offers_what_fits(string shell, string line)
    {
        string[] expected = Cases.Single(one => one.Line == line).Expected;

        Assert.Equal(expected, scripts.Complete(shell, line));
    }

    [SkippableTheory, MemberData(nameof(Shells))]
    public void Every_option_of_every_command_is_offered(string shell)
    {
        foreach (HelpedCommand command in help.All.Where(static command => command.Path.Length > 0 && command.Commands.Count == 0))
        {
            IEnumerable<string> names = command.Options.SelectMany(static option => option.Names).Append("--help");
            names = names.Where(static name => name.StartsWith("--", StringComparison.Ordinal)).Distinct();
            string[] expected = [.. names.Order(StringComparer.Ordinal)];

            Assert.Equal(expected, scripts.Complete(shell, $"{command.Path} --").Where(static name => name != "--help=").Distinct());
        }
    }

    [SkippableTheory, MemberData(nameof(Shells))]
    public void Every_command_is_offered(string shell)
    {
        foreach (HelpedCommand command in help.All.Where(static command => command.Commands.Count > 0))
        {
            IEnumerable<string> expected = command.Path.Length == 0 ? command.Commands.Append("help") : command.Commands;

            Assert.Equal(expected.Order(StringComparer.Ordinal), scripts.Complete(shell, $"{command.Path} ".TrimStart()));
        }
    }

    [SkippableTheory]
    [InlineData("bash")]
    [InlineData("zsh")]
    public void Words_after_a_program_are_its_arguments(string shell) =>
        Assert.DoesNotContain("--stats", scripts.Complete(shell, "spu run hello.elf --"));

    [Fact]
    public void A_shell_without_a_script_is_named()
    {
        ProgramResult run = Ps3Program.Run("completion", "tcsh");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("tcsh: no such shell; give bash, zsh or fish", run.Messages, StringComparison.Ordinal);
    }
}

/// <summary>The scripts as the program prints them, and a folder with one file.</summary>
public sealed class CompletionScripts : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-completion-").FullName;

    /// <summary>Writes the scripts and the folder.</summary>
    public CompletionScripts()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "work"));
        File.WriteAllText(Path.Combine(_folder, "work", "kernel.elf"), "");
        foreach (CompletingShell shell in CompletingShell.All)
        {
            ProgramResult run = Ps3Program.Run("completion", shell.Name);
            if (run.ExitCode != 0)
                throw new InvalidOperationException(run.Messages);
            File.WriteAllText(Script(shell.Name), run.Output);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal string[] Complete(string name, string line)
    {
        CompletingShell shell = CompletingShell.All.Single(one => one.Name == name);
        Skip.IfNot(shell.IsInstalled, $"{name} is not installed");
        return shell.Complete(Script(name), Path.Combine(_folder, "work"), line.Split(' '));
    }

    private string Script(string shell) => Path.Combine(_folder, $"ps3.{shell}");
}
