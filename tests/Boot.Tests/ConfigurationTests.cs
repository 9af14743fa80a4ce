using Ps3Platform.Machine.Configuration;

using Xunit;

namespace Boot.Tests;

/// <summary><c>ps3 boot --config FILE</c>: builds the same machine as options do; options take precedence.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private const string Options =
        """{ "append": "procs=0", "memory": "64M", "cpus": 1, "clock": "instructions", "state-hash": true, "spes": 2 }""";

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_and_the_command_line_build_the_same_machine()
    {
        ProgramResult options = Ps3Program.Run(
            "boot", "--append", "procs=0", "-m", "64M", "--cpus", "1", "--clock", "instructions", "--state-hash", "--spes", "2");

        ProgramResult file = Ps3Program.Run("boot", "--config", Write(Options));

        Assert.Equal(0, options.ExitCode);
        Assert.Contains("state hash", options.Messages, StringComparison.Ordinal);
        Assert.Equal(options, file);
    }

    [Fact]
    public void A_saved_machine_is_the_same_machine_in_every_folder()
    {
        string deeper = Directory.CreateDirectory(Path.Combine(_folder, "deeper")).FullName;
        ProgramResult boot = Ps3Program.Shell(
            "$PS3 boot -m 64M --clock instructions --state-hash --append procs=0 --spes 2 --screenshot a.png --save deeper/m.json; "
            + "mv a.png b.png", _folder);
        string saved = File.ReadAllText(Path.Combine(deeper, "m.json"));

        ProgramResult run = Ps3Program.Shell("$PS3 run m.json", deeper);
        ProgramResult other = Ps3Program.Shell("$PS3 run deeper/m.json --memory 96M", _folder);

        Assert.Equal((0, boot.Output, boot.Messages), (run.ExitCode, run.Output, run.Messages));
        Assert.NotEqual(boot.Messages, other.Messages);
        Assert.Contains("\"screenshot\": \"../a.png\"", saved, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "a.png")));
        Assert.Empty(Directory.GetFiles(deeper, "*.png"));
    }

    [Theory]
    [InlineData("FILE is missing", "run")]
    [InlineData("nowhere.json: no such file; give a JSON file of options", "run", "nowhere.json")]
    [InlineData("--save /: is a folder", "boot", "--save", "/")]
    public void What_cannot_be_run_or_saved_is_named(string expected, params string[] arguments)
    {
        ProgramResult run = Ps3Program.Run(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistyped_key_of_a_machine_has_its_place_and_the_nearest_name()
    {
        string file = Write("// a machine\n{ \"memroy\": 64 }");

        ProgramResult run = Ps3Program.Run("run", file);

        Assert.Equal((2, $"ps3: error: {file}:2:3: memroy: no such option; did you mean memory?\n"), (run.ExitCode, run.Messages));
    }

    [Fact]
    public void The_command_line_takes_precedence_over_the_file()
    {
        ProgramResult options = Ps3Program.Run(
            "boot", "--append", "procs=0", "-m", "32M", "--clock", "instructions", "--state-hash", "--spes", "2");

        ProgramResult both = Ps3Program.Run("boot", "--config", Write(Options), "--memory", "32M", "--cpus=2");

        Assert.Equal(options, both);
    }

    [Fact]
    public void Paths_in_a_file_begin_at_its_folder()
    {
        File.Copy(Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "penguin", "penguin.elf"), Path.Combine(_folder, "own.elf"));
        string config = Write("""{ "kernel": "own.elf", "append": "procs=0", "screenshot": "last.png", "video": "480p" }""");

        ProgramResult run = Ps3Program.Run("boot", "--config", config);

        Assert.Equal(0, run.ExitCode);
        Assert.True(File.Exists(Path.Combine(_folder, "last.png")), run.Messages);
    }

    [Theory]
    [InlineData("{ \"memroy\": 64 }", ":1:3: memroy: no such option; did you mean memory?")]
    [InlineData("{\n  \"cpus\": 3 }", ":2:11: cpus 3: a PPE has two hardware threads; give 1 or 2.")]
    [InlineData("{ \"kernel\": \"nowhere\" }", ":1:13: kernel ")]
    [InlineData("{ \"initrd\": \"nowhere\" }", ":1:13: initrd ")]
    [InlineData("{ \"screenshot\": \"no/where.png\" }", ":1:17: screenshot ")]
    [InlineData("{ \"host-threads\": 2, \"cpus\": 1 }", ":1:19: host-threads 2: has no effect with --cpus 1")]
    [InlineData("{ \"clock\": \"\\u001b]0;title\\u0007\" }", "clock \\u001b]0;title\\u0007: give host or instructions")]
    [InlineData("{", "not JSON")]
    public void What_is_wrong_in_a_file_is_exit_code_2_with_its_place(string json, string expected)
    {
        string file = Write(json);

        ProgramResult run = Ps3Program.Run("boot", "--config", file);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"ps3: error: {file}:", run.Messages, StringComparison.Ordinal);
        Assert.Contains(expected, run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Messages.TrimEnd('\n'), static letter => char.IsControl(letter));
    }

    [Theory]
    [InlineData("no such file", "--config", "nowhere.json")]
    [InlineData("is a folder", "--config", "/")]
    [InlineData("--memory 100M: give a multiple of 16M", "--memory", "100M")]
    [InlineData("--spe-quantum 2ms: has no effect with --spes 0", "--spes", "0", "--spe-quantum", "2ms")]
    public void What_is_wrong_on_the_command_line_names_the_option(string expected, params string[] arguments)
    {
        ProgramResult run = Ps3Program.Run(["boot", .. arguments]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_of_the_manual_page_is_a_file_of_options()
    {
        string manual = File.ReadAllText(Path.Combine(Guests.RepositoryRoot(), "Ps3Platform", "Cli", "README.md"));
        int start = manual.IndexOf("{\n  \"$schema\"", StringComparison.Ordinal);
        string example = manual[start..(manual.IndexOf("\n}", start, StringComparison.Ordinal) + 2)];
        var sourced = new SourcedOptions();

        ConfigurationFile.Read(System.Text.Encoding.UTF8.GetBytes(example), "manual", sourced);

        MachineOptions options = sourced.Options;
        Assert.Equal(("vmlinux.xz", 512UL << 20, 1, true), (options.Kernel, options.MemorySize, options.Threads, options.Stats));
    }

    [Theory]
    [InlineData("schema")]
    [InlineData("run", "--schema")]
    public void The_schema_is_printed(params string[] arguments)
    {
        ProgramResult run = Ps3Program.Run(arguments);

        Assert.Equal((0, ""), (run.ExitCode, run.Messages));
        using var schema = System.Text.Json.JsonDocument.Parse(run.Output);
        Assert.True(schema.RootElement.GetProperty("properties").TryGetProperty("memory", out _));
    }

    private string Write(string json)
    {
        string path = Path.Combine(_folder, "machine.json");
        File.WriteAllText(path, json);
        return path;
    }
}
