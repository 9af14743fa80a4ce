using Xunit;

namespace Boot.Tests;

/// <summary><c>ps3 spu</c> as a user sees it: help, exit codes, listings, traces.</summary>
public sealed class SpuCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-spu-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--max-instructions", "run")]
    [InlineData("--section", "disasm")]
    [InlineData("--only", "trace")]
    public void Help_has_examples(string expected, string command)
    {
        ProgramResult run = Ps3Program.Run("spu", command, "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_exit_code_and_the_arguments_are_the_programs()
    {
        ProgramResult run = Ps3Program.Run("spu", "run", "--timeout", "5m", Program("arguments"), "9", "--help", "-x");

        Assert.Equal((9, "3 arguments\n1: 9\n2: --help\n3: -x\n"), (run.ExitCode, run.Output));
        Assert.Empty(run.Messages);
    }

    [Theory]
    [InlineData("halt", 134, "halted at 0x")]
    [InlineData("illegal", 132, "invalid instruction at 0x")]
    public void A_program_that_cannot_go_on_is_an_error(string name, int code, string message)
    {
        ProgramResult run = Ps3Program.Run("spu", "run", Program(name));

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(message, run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no such file", "run", "nowhere.elf")]
    [InlineData("not a time", "run", "--timeout", "soon", "HELLO")]
    [InlineData("auto, interpreter or compiled", "run", "--engine", "steam", "HELLO")]
    [InlineData("exact or relaxed", "run", "--spu-float", "wild", "HELLO")]
    [InlineData("host or instructions", "run", "--clock", "sundial", "HELLO")]
    [InlineData("multiple of 1M", "run", "--memory", "100K", "HELLO")]
    [InlineData("lists the options", "run", "--no-such-option", "HELLO")]
    [InlineData("the program is stripped", "disasm", "HELLO", "main")]
    [InlineData("lies in no segment", "disasm", "HELLO", "0x3fff0")]
    [InlineData(".rodata", "disasm", "HELLO", "--section", ".nothing")]
    [InlineData("channels or branches", "trace", "--only", "tea", "HELLO")]
    [InlineData("1 or more", "trace", "--count", "0", "HELLO")]
    public void Unusable_input_is_exit_code_2_and_says_the_way_out(string expected, params string[] arguments)
    {
        ProgramResult run = Ps3Program.Run(["spu", .. arguments.Select(static text => text == "HELLO" ? Program("hello") : text)]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_program_names_file_and_offset()
    {
        string path = Path.Combine(_folder, "broken.elf");
        File.WriteAllBytes(path, File.ReadAllBytes(Program("hello"))[..1000]);

        ProgramResult run = Ps3Program.Run("spu", "run", path);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{path}, offset 0x", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_has_its_own_exit_code_and_says_where()
    {
        ProgramResult run = Ps3Program.Run("spu", "run", "--max-instructions", "100000", "--stats", Program("integer"));

        Assert.Equal(124, run.ExitCode);
        Assert.Contains("limit of 100000 instructions reached at 0x", run.Messages, StringComparison.Ordinal);
        Assert.Contains("100000 instructions in", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_is_listed_by_section()
    {
        ProgramResult all = Ps3Program.Run("spu", "disasm", Program("hello"));
        ProgramResult some = Ps3Program.Run("spu", "disasm", Program("hello"), "-j", ".init", "-n", "2");

        Assert.Contains("Disassembly of section .text:", all.Output, StringComparison.Ordinal);
        Assert.Matches("\n +[0-9a-f]+:\t21 a0 08 04 \twrch    \\$ch16,\\$4\n", all.Output);
        Assert.Equal(2, some.Output.Split('\n').Count(static line => line.Contains(":\t", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_trace_shows_what_each_instruction_changed()
    {
        string path = Path.Combine(_folder, "trace.txt");

        ProgramResult run = Ps3Program.Run("spu", "trace", "--clock", "instructions", "-o", path, Program("hello"));
        ProgramResult channels = Ps3Program.Run("spu", "trace", "--only", "channels", "--count", "6", Program("hello"));

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("Hello from an SPE", run.Output, StringComparison.Ordinal);
        string trace = File.ReadAllText(path);
        Assert.Matches("ai      \\$1,\\$4,-16 +\\$1 = 0003ff", trace);
        Assert.Matches("stops with 0x2100\n", trace);
        Assert.Equal(0, channels.ExitCode);
        Assert.Matches("MFC_LSA <- 0x0003ff[0-9a-f]0\n(.*\n)+.*MFC_Cmd <- 0x00000040\n", channels.Messages);
    }

    [Fact]
    public void Measurements_are_printed_and_written()
    {
        string json = Path.Combine(_folder, "spu.json");
        string svg = Path.Combine(_folder, "spu.svg");

        ProgramResult run = Ps3Program.Run("bench", "spu", "--only", "dispatch,switch", "--rounds", "2", "--time", "5ms", "--json", json, "--svg", svg);
        ProgramResult wrong = Ps3Program.Run("bench", "spu", "--only", "tea");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("one-thread-each +[0-9.]+ us +[0-9.]+ \\.\\. [0-9.]+ +800\n", run.Output);
        using var parsed = System.Text.Json.JsonDocument.Parse(File.ReadAllText(json));
        Assert.Equal(5, parsed.RootElement.GetProperty("measurements").GetArrayLength());
        Assert.Contains(System.Xml.Linq.XDocument.Load(svg).Root!.Elements(), static element => element.Value == "time-sliced");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("dispatch, mailbox, dma", wrong.Messages, StringComparison.Ordinal);
    }

    private static string Program(string name) => Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "spe", "standalone", name + ".elf");
}
