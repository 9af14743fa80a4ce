using Xunit;

namespace Boot.Tests;

/// <summary>What a person meets: help, errors with a way out, exit codes, files.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("boot", "--initrd")]
    [InlineData("profile", "--symbols-user")]
    [InlineData("info", "KERNEL")]
    [InlineData("disasm", "--system-map")]
    public void Help_names_what_there_is(string command, string expected)
    {
        ProgramResult run = Ps3Program.Run(command, "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no such file", "boot", "nowhere/vmlinux")]
    [InlineData("not a size", "boot", "--memory", "much")]
    [InlineData("multiple of 16M", "boot", "--memory", "100M")]
    [InlineData("1 or 2", "boot", "--cpus", "3")]
    [InlineData("480p", "boot", "--video", "4k")]
    [InlineData("host or instructions", "boot", "--clock", "sundial")]
    [InlineData("not a time", "boot", "--timeout", "soon")]
    [InlineData("auto or none", "boot", "--fixups", "all")]
    [InlineData("--help", "boot", "--no-such-option")]
    [InlineData("speedscope, perfetto or chrome", "profile", "--format", "svg")]
    [InlineData("not a time", "profile", "--interval", "often")]
    [InlineData("there is no folder", "profile", "-o", "nowhere/at/all.json")]
    [InlineData("nowhere.map", "profile", "--symbols", "nowhere.map")]
    [InlineData("lies in no segment", "disasm", "-", "0x77000000")]
    [InlineData("no such symbol", "disasm", "-", "nothing_of_that_name")]
    public void Unusable_input_is_exit_code_2_and_says_the_way_out(string expected, params string[] arguments)
    {
        ProgramResult run = Ps3Program.Run(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_kernel_names_file_and_offset()
    {
        string path = Path.Combine(_folder, "broken");
        byte[] elf = File.ReadAllBytes(Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "penguin", "penguin.elf"));
        File.WriteAllBytes(path, elf[..60]);

        ProgramResult run = Ps3Program.Run("boot", path);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(path, run.Messages, StringComparison.Ordinal);
        Assert.Contains("offset", run.Messages, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_time_limit_has_its_own_exit_code()
    {
        ProgramResult run = Ps3Program.Run("boot", "--append", "noshutdown procs=0", "--timeout", "1ms");

        Assert.Equal(124, run.ExitCode);
        Assert.Contains("time limit of 0.001 s reached", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void A_screenshot_of_the_last_picture_is_written()
    {
        string path = Path.Combine(_folder, "screen.png");

        ProgramResult run = Ps3Program.Run("boot", "--screenshot", path, "--video", "480p");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("PNG"u8.ToArray(), File.ReadAllBytes(path)[1..4]);
    }

    [Theory]
    [InlineData("speedscope", "\"profiles\"")]
    [InlineData("perfetto", "\"traceEvents\"")]
    public void A_profile_is_printed_and_written(string format, string expected)
    {
        string path = Path.Combine(_folder, "profile.json");

        ProgramResult run = Ps3Program.Run("profile", "--clock", "instructions", "--interval", "50us", "--format", format, "-o", path, "--state-hash");
        ProgramResult plain = Ps3Program.Run("boot", "--clock", "instructions", "--state-hash");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(plain.Output, run.Output);
        Assert.StartsWith(plain.Messages, run.Messages, StringComparison.Ordinal);
        Assert.Contains("kernel_main", run.Messages, StringComparison.Ordinal);
        Assert.Contains(expected, File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_tell_of_engine_start_and_memory()
    {
        ProgramResult run = Ps3Program.Run("boot", "--stats");

        Assert.Contains("million a second", run.Messages, StringComparison.Ordinal);
        Assert.Contains("% interpreted", run.Messages, StringComparison.Ordinal);
        Assert.Contains("first instruction ", run.Messages, StringComparison.Ordinal);
        Assert.Contains("MB resident", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void The_built_in_guest_can_be_inspected_and_disassembled()
    {
        ProgramResult info = Ps3Program.Run("info");
        ProgramResult disassembly = Ps3Program.Run("disasm", "-", "kernel_main", "-n", "4");

        Assert.Contains("ELF64", info.Output, StringComparison.Ordinal);
        Assert.Contains("mfspr", disassembly.Output, StringComparison.Ordinal);
    }
}
