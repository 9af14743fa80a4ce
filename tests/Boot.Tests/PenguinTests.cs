using Xunit;

namespace Boot.Tests;

/// <summary>Golden boots of the embedded guest, through the command line.</summary>
public sealed class PenguinTests
{
    private static string Golden => Path.Combine(Guests.RepositoryRoot(), "tests", "Boot.Tests", "Golden", "penguin.txt");

    // PS3_UPDATE_GOLDEN=1 writes the transcript instead of comparing it; read the difference before you commit it.
    [Theory]
    [InlineData("auto")]
    [InlineData("interpreter")]
    [InlineData("compiled")]
    public void With_the_instruction_clock_the_transcript_is_the_golden_one(string engine)
    {
        ProgramResult run = Ps3Program.Run("boot", "--clock", "instructions", "--engine", engine);

        Assert.Equal(0, run.ExitCode);
        if (Environment.GetEnvironmentVariable("PS3_UPDATE_GOLDEN") == "1")
            File.WriteAllText(Golden, run.Output);
        Assert.Equal(File.ReadAllText(Golden), run.Output);
    }

    [Theory]
    [InlineData("auto", "auto")]
    [InlineData("compiled", "interpreter")]
    public void Two_runs_with_the_instruction_clock_end_in_the_same_state(string firstEngine, string secondEngine)
    {
        ProgramResult first = Ps3Program.Run("boot", "--clock", "instructions", "--state-hash", "--engine", firstEngine);
        ProgramResult second = Ps3Program.Run("boot", "--clock", "instructions", "--state-hash", "--engine", secondEngine);

        Assert.Equal(first.Output, second.Output);
        Assert.Contains("state hash ", first.Messages, StringComparison.Ordinal);
        Assert.Equal(first.Messages, second.Messages);
    }

    [Fact]
    public void Another_memory_size_ends_in_another_state()
    {
        string Hash(string memory) => Ps3Program.Run("boot", "--clock", "instructions", "--state-hash", "--memory", memory)
            .Messages.Split('\n').Single(line => line.Contains("state hash", StringComparison.Ordinal));

        Assert.NotEqual(Hash("256M"), Hash("128M"));
    }

    [Theory]
    [InlineData("host", "2", "256M", "480p", "auto")]
    [InlineData("host", "1", "256M", "720p", "compiled")]
    [InlineData("instructions", "2", "64M", "1080p", "compiled")]
    [InlineData("instructions", "1", "512M", "720p", "interpreter")]
    public void Every_check_of_the_guest_holds(string clock, string cpus, string memory, string video, string engine)
    {
        ProgramResult run = Ps3Program.Run("boot", "--clock", clock, "--cpus", cpus, "--memory", memory, "--video", video, "--engine", engine);

        string[] failed = [.. run.Output.Split('\n').Where(line => line.Contains("FAIL", StringComparison.Ordinal))];
        Assert.Empty(failed);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("PENGUIN OK", run.Output, StringComparison.Ordinal);
        Assert.Contains($"av: monitor mode {video}", run.Output, StringComparison.Ordinal);
        Assert.Contains("the guest powered off", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rsx_is_refused_and_the_refusal_is_information()
    {
        ProgramResult run = Ps3Program.Run("boot", "--log", "info");

        Assert.Contains("lv1 refused the registers: device map -17, page table entry -5", run.Output, StringComparison.Ordinal);
        Assert.Contains("lv1_gpu_device_map (212) is refused to an OtherOS, as on a console", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ordinary_boot_logs_no_warning()
    {
        ProgramResult run = Ps3Program.Run("boot");

        Assert.Equal(["ps3: the guest powered off"], run.Messages.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_halted_guest_is_reported_as_locked_up()
    {
        ProgramResult run = Ps3Program.Run("boot", "--append", "noshutdown", "--clock", "instructions");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("the guest has locked up", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void The_instruction_limit_is_exact()
    {
        ProgramResult run = Ps3Program.Run("boot", "--clock", "instructions", "--instructions", "1234567", "--stats");

        Assert.Equal(124, run.ExitCode);
        Assert.Contains("1,234,567 instructions", run.Messages, StringComparison.Ordinal);
    }
}
