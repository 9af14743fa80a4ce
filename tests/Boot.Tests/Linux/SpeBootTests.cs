using System.Text.RegularExpressions;

using Xunit;

namespace Boot.Tests.Linux;

/// <summary>Unmodified Linux and its SPEs: it finds as many as the command line sets, and its own kernel code switches them.</summary>
public sealed partial class SpeBootTests
{
    private static readonly string Userland = Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "spe", "initramfs.cpio.gz");

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(8)]
    public void Linux_sees_as_many_as_there_are(int count)
    {
        ProgramResult run = Run("only=list", "--spes", $"{count}");

        Assert.Contains($"SPETEST-INIT spus={count} ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Error initializing spus", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("BUG", run.Output, StringComparison.Ordinal);
        // The guest's programs report it when there is no SPE.
        Assert.Contains(count == 0 ? "SPETEST-EXIT 1" : "SPETEST-EXIT 0", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [SkippableTheory]
    [InlineData("hello,mailbox,dma,list,proxy,atomic")]
    [InlineData("hello,mailbox,list,atomic", "--spe-policy", "time-sliced", "--spe-threads", "2")]
    [InlineData("hello,mailbox,list,atomic", "--spe-policy", "round-robin")]
    [InlineData("hello,mailbox,list,atomic", "--host-threads", "2")]
    [InlineData("hello,list,atomic", "--clock", "instructions")]
    public void Programs_on_spes_get_right_results_however_they_are_scheduled(string programs, params string[] options)
    {
        ProgramResult run = Run($"only={programs}", options);

        Assert.DoesNotMatch(Failure(), run.Output);
        Assert.Contains("SPETEST-EXIT 0", run.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Everything_else_that_programs_ask_of_spufs_is_there()
    {
        ProgramResult run = Run("only=signals,events,memory,mapping,files,faults,gang,nosched,priority,cleanup,sgemm,throughput");

        Assert.DoesNotMatch(Failure(), run.Output);
        Assert.Contains("SPETEST-EXIT 0", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING: CPU", run.Output, StringComparison.Ordinal);
        // Linux takes si_addr from SPU_NPC: of nop, nop and a word or a channel that does not exist it is the third.
        Assert.Contains("ok faults.illegal-npc: signal 4 address 8", run.Output, StringComparison.Ordinal);
        Assert.Contains("ok faults.channel-npc: signal 4 address 8", run.Output, StringComparison.Ordinal);
        Assert.Contains("ok faults.event.illegal-npc: event 0010 npc c", run.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_kernel_saves_and_restores_contexts_when_there_are_more_than_spes()
    {
        ProgramResult run = Run("only=switch");

        Assert.DoesNotMatch(Failure(), run.Output);
        Match switches = Switches().Match(run.Output);
        Assert.True(switches.Success, run.Output);
        Assert.True(int.Parse(switches.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) >= 100, switches.Value);
    }

    [SkippableFact]
    public void With_the_instruction_clock_two_runs_of_spes_end_in_the_same_state()
    {
        ProgramResult first = Run("only=hello,atomic", "--clock", "instructions", "--state-hash", "--instructions", "250000000");
        ProgramResult second = Run("only=hello,atomic", "--clock", "instructions", "--state-hash", "--instructions", "250000000");

        Assert.Contains("ok hello.output", first.Output, StringComparison.Ordinal);
        Assert.Equal(first.Output, second.Output);
        Assert.Contains("state hash ", first.Messages, StringComparison.Ordinal);
        Assert.Equal(first.Messages, second.Messages);
    }

    private static ProgramResult Run(string words, params string[] options) => Ps3Program.Run(
    [
        "boot", Guests.Path("vmlinux-6.1-ps3-debug.xz"), "--initrd", Userland, "--append", $"console=hvc0 {words}", "--timeout", "4m",
        .. options,
    ]);

    [GeneratedRegex(@"^FAIL ", RegexOptions.Multiline)]
    private static partial Regex Failure();

    [GeneratedRegex(@"switch\.count: (\d+) switches")]
    private static partial Regex Switches();
}
