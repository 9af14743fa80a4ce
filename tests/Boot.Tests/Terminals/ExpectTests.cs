using Xunit;

namespace Boot.Tests.Terminals;

/// <summary><c>--expect</c>: dialogues with guests, their exit codes, and the example of the guide.</summary>
public sealed class ExpectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-expect-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void The_dialogue_of_the_guide_asks_a_Linux_a_question()
    {
        string guide = File.ReadAllText(Path.Combine(Guests.RepositoryRoot(), "Ps3Platform", "Cli", "GUIDE.md"));
        int start = guide.IndexOf("# check.expect", StringComparison.Ordinal);
        string file = Write(guide[start..guide.IndexOf("```", start, StringComparison.Ordinal)]);

        ProgramResult run = Ps3Program.Run(
            "boot", Guests.Path("vmlinux-6.1-full.xz"), "--initrd", Guests.Path("initramfs.cpio.gz"), "--append",
            "shell console=tty0 console=ttyUSB0", "--expect", file, "--timeout", "4m");

        Assert.True(run.ExitCode == 0, run.Messages + run.Output);
        Assert.Contains("/ # uname -m", run.Output, StringComparison.Ordinal);
        Assert.Contains("the guest powered off", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void The_console_is_a_part_of_the_dialogue()
    {
        ProgramResult run = Ps3Program.Run("boot", "--append", "noshutdown", "--expect", Write("wait for PENGUIN OK\nquit"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("ended by the dialogue", run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wait for PENGUIN OK\nwithin 200ms\nwait for more", "{0}:3: \"more\" did not come within 0.2 s; the last line is \"")]
    [InlineData("fail on PENGUIN\nwait for more", "{0}:1: the guest printed \"PENGUIN\" while line 2 waits for \"more\"")]
    public void A_dialogue_that_fails_stops_the_machine(string file, string message)
    {
        string path = Write(file);

        ProgramResult run = Ps3Program.Run("boot", "--append", "noshutdown", "--expect", path);

        Assert.Equal(8, run.ExitCode);
        Assert.Contains(
            $"ps3: error: {string.Format(System.Globalization.CultureInfo.InvariantCulture, message, path)}", run.Messages,
            StringComparison.Ordinal);
        Assert.Contains("stopped by the dialogue", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_that_ends_before_its_dialogue_is_a_failure()
    {
        string path = Write("wait for PENGUIN OK\nwait for more");

        ProgramResult run = Ps3Program.Run("boot", "--expect", path);

        Assert.Equal(8, run.ExitCode);
        Assert.Contains($"the dialogue has not ended: {path}:2: waits for \"more\"", run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(":1: wiat: no such step; did you mean wait for?", "wiat for a")]
    [InlineData("expect ", "wait for a", "--serial", "pty")]
    public void What_cannot_be_is_named_before_the_guest_runs(string message, string file, params string[] options)
    {
        ProgramResult run = Ps3Program.Run(["boot", "--expect", Write(file), .. options]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, run.Messages, StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        string path = Path.Combine(_folder, "t.expect");
        File.WriteAllText(path, text);
        return path;
    }
}
