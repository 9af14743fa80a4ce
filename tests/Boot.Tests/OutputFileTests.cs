using System.Runtime.Versioning;
using System.Text.Json;

using Xunit;

namespace Boot.Tests;

/// <summary>Files that the program writes are complete or missing, and the exit code reports a failure.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OutputFileTests : IDisposable
{
    private const int OutputLost = 6;
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-out-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("boot --screenshot /dev/full")]
    [InlineData("boot --spe-timeline /dev/full")]
    [InlineData("profile -o /dev/full")]
    [InlineData("bench spu --only switch --rounds 1 --time 1ms --json /dev/full")]
    [InlineData("bench spu --only switch --rounds 1 --time 1ms --svg /dev/full")]
    [InlineData("spu trace -o /dev/full HELLO")]
    public void A_file_that_cannot_be_written_is_an_exit_code(string arguments)
    {
        Skip.IfNot(File.Exists("/dev/full"), "no /dev/full on this host");

        ProgramResult run = Ps3Program.Run(arguments.Replace("HELLO", Hello, StringComparison.Ordinal).Split(' '));

        Assert.Equal(OutputLost, run.ExitCode);
        Assert.Contains("/dev/full not written: no space is left on its device", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void A_screen_that_shows_nothing_is_no_picture()
    {
        string path = Path.Combine(_folder, "screen.png");

        // The run stops before the guest has found the GPU.
        ProgramResult run = Ps3Program.Run("boot", "--screenshot", path, "--instructions", "1000");

        Assert.Equal(124, run.ExitCode);
        Assert.Contains("shows nothing on the screen", run.Messages, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [SkippableFact]
    public void A_file_that_is_replaced_keeps_its_link_and_its_mode()
    {
        string target = Path.Combine(_folder, "target.txt");
        string link = Path.Combine(_folder, "link.txt");
        File.WriteAllText(target, "before");
        File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(link, "target.txt");

        ProgramResult run = Ps3Program.Run("spu", "trace", "--count", "3", "-o", link, Hello);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("target.txt", new FileInfo(link).LinkTarget);
        Assert.Contains("stqr", File.ReadAllText(target), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(target));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }

    [SkippableFact]
    public void A_killed_run_leaves_the_file_that_was_there_or_a_whole_one()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "files without names are Linux's");
        string path = Path.Combine(_folder, "trace.txt");
        int replaced = 0;
        // Killed at ten different times: while the host program starts, while the trace is written, while it takes its name.
        for (int round = 0; round < 10; round++)
        {
            File.WriteAllText(path, "before");
            RunningProgram run = Ps3Program.Start("spu", "trace", "--count", "20000", "-o", path, Program("integer"));
            Thread.Sleep(100 + (round * 100));
            run.Kill();
            run.Wait();

            string text = File.ReadAllText(path);
            Assert.True(text == "before" || text.Count(static one => one == '\n') >= 20_000, $"{text.Length} bytes in round {round}");
            replaced += text == "before" ? 0 : 1;
            Assert.All(Directory.GetFiles(_folder), name => Assert.Equal(path, name));
        }

        Assert.InRange(replaced, 0, 9);
    }

    [SkippableFact]
    public void Numbered_screenshots_are_whole_when_the_run_is_killed()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "files without names are Linux's");
        for (int round = 0; round < 4; round++)
        {
            RunningProgram run = Ps3Program.Start("boot", "--append", "noshutdown", "--screenshot", Path.Combine(_folder, $"s{round}.png"), "--screenshot-every", "5ms", "--video", "480p");
            run.WaitFor("PENGUIN");
            Thread.Sleep(round * 40);
            run.Kill();
            run.Wait();
        }

        byte[] end = "IEND"u8.ToArray();
        string[] pictures = Directory.GetFiles(_folder);
        Assert.NotEmpty(pictures);
        Assert.All(pictures, picture =>
        {
            Assert.EndsWith(".png", picture, StringComparison.Ordinal);
            Assert.Equal(end, File.ReadAllBytes(picture)[^8..^4]);
        });
    }

    [SkippableFact]
    public void Measurements_that_are_interrupted_are_kept()
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no SIGTERM");
        string path = Path.Combine(_folder, "spu.json");
        RunningProgram run = Ps3Program.Start("bench", "spu", "--only", "dispatch,dma,atomic", "--rounds", "20", "--json", path);
        run.WaitFor("one-thread-each");
        Signals.Send(run.Id, "TERM");

        ProgramResult end = run.Wait();

        Assert.Equal(143, end.ExitCode);
        using var parsed = JsonDocument.Parse(File.ReadAllText(path));
        Assert.NotEqual(0, parsed.RootElement.GetProperty("measurements").GetArrayLength());
    }

    private static string Hello => Program("hello");

    private static string Program(string name) => Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "spe", "standalone", name + ".elf");
}
