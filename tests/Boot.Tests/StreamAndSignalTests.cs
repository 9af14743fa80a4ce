using Xunit;

namespace Boot.Tests;

/// <summary>Standard streams that are closed, full or no longer read, and the signals that end a run.</summary>
public sealed class StreamAndSignalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-streams-").FullName;

    public StreamAndSignalTests() => Skip.IfNot(OperatingSystem.IsLinux(), "streams are closed with a shell");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("$PS3 boot >&-", 0)]
    [InlineData("$PS3 boot 2>&-", 0)]
    [InlineData("$PS3 boot >&- 2>&- <&-", 0)]
    [InlineData("$PS3 boot >/dev/full", 6)]
    [InlineData("$PS3 boot 2>/dev/full", 0)]
    [InlineData("$PS3 boot --no-such-option 2>&-", 2)]
    [InlineData("$PS3 info >&-", 0)]
    [InlineData("$PS3 info >/dev/full", 6)]
    public void A_stream_that_takes_nothing_changes_the_exit_code_only_if_text_is_lost(string line, int code)
    {
        ProgramResult run = Ps3Program.Shell(line, _folder);

        Assert.Equal(code, run.ExitCode);
        Assert.DoesNotContain("denied", run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Messages, StringComparison.Ordinal);
        // Text for a closed standard output must not be written to a file that got its descriptor.
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [SkippableTheory]
    [InlineData("$PS3 boot --append noshutdown | head -1")]
    [InlineData("$PS3 disasm penguin -n 10000 | head -1")]
    [InlineData("$PS3 help boot | head -1")]
    [InlineData("$PS3 boot --no-such-option 2>&1 >/dev/null | head -0; true")]
    public void A_reader_that_goes_ends_the_run_quietly(string line)
    {
        for (int round = 0; round < 3; round++)
        {
            ProgramResult run = Ps3Program.Shell(line, _folder);

            Assert.True(run.ExitCode is 141 or 0, $"{run.ExitCode}: {run.Messages}");
            Assert.DoesNotContain("error", run.Messages, StringComparison.Ordinal);
            Assert.DoesNotContain("stopped", run.Messages, StringComparison.Ordinal);
            Assert.InRange(run.Output.Split('\n').Length, 1, 2);
        }
    }

    [SkippableTheory]
    [InlineData("TERM", 143, "SIGTERM")]
    [InlineData("HUP", 129, "SIGHUP")]
    public void A_signal_stops_a_guest_and_keeps_everything(string signal, int code, string said)
    {
        for (int round = 0; round < 3; round++)
        {
            string screen = Path.Combine(_folder, $"screen{round}.png");
            string timeline = Path.Combine(_folder, $"timeline{round}.json");
            RunningProgram run = Ps3Program.Start("boot", "--append", "noshutdown", "--screenshot", screen, "--spe-timeline", timeline, "--stats");
            run.WaitFor("PENGUIN OK");
            Signals.Send(run.Id, signal);

            ProgramResult end = run.Wait();

            Assert.Equal(code, end.ExitCode);
            Assert.Contains($"stopped by {said}", end.Messages, StringComparison.Ordinal);
            Assert.Contains("MB resident", end.Messages, StringComparison.Ordinal);
            Assert.Equal("PNG"u8.ToArray(), File.ReadAllBytes(screen)[1..4]);
            using var parsed = System.Text.Json.JsonDocument.Parse(File.ReadAllText(timeline));
        }
    }

    [SkippableFact]
    public void A_signal_that_was_ignored_stays_ignored()
    {
        ProgramResult run = Ps3Program.Shell("trap '' HUP; $PS3 boot & sleep 0.5; kill -HUP $!; wait $!", _folder);

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("SIGHUP", run.Messages, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_signal_ends_a_program_of_an_SPE_and_keeps_its_trace()
    {
        string trace = Path.Combine(_folder, "trace.txt");
        string integer = Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "spe", "standalone", "integer.elf");

        ProgramResult run = Ps3Program.Shell($"$PS3 spu trace -o {trace} {integer} & sleep 2; kill -TERM $!; wait $!", _folder);

        Assert.Equal(143, run.ExitCode);
        Assert.EndsWith("\n", File.ReadAllText(trace), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_kernel_is_read_from_a_pipe()
    {
        string penguin = Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "penguin", "penguin.elf");

        ProgramResult input = Ps3Program.Shell($"gzip -c {penguin} | $PS3 info -", _folder);
        ProgramResult substituted = Ps3Program.Shell($"$PS3 info <(cat {penguin})", _folder);
        ProgramResult named = Ps3Program.Shell("mkfifo pipe; $PS3 info pipe", _folder);

        Assert.Contains("packed: gzip", input.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("ELF64", substituted.Output, StringComparison.Ordinal);
        Assert.Equal(2, named.ExitCode);
        Assert.Contains("pipe: is a pipe", named.Messages, StringComparison.Ordinal);
    }
}
