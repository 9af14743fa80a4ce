using Ps3Platform.Loaders;
using Ps3Platform.Machine;

using Xunit;

namespace Conformance.Tests;

/// <summary>
/// Other people's tests of PowerPC processors and kernels, run in Linux on the whole machine. Each takes minutes, and is
/// skipped until its initramfs has been built (README.md).
/// </summary>
[Trait("Category", "Long")]
public class SuiteTests
{
    private const int TailLines = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    [SkippableTheory]
    [InlineData("valgrind", "build-valgrind-tests.sh")]
    [InlineData("selftests", "build-selftests.sh")]
    public void Every_program_of_the_suite_passes_in_the_guest(string suite, string script)
    {
        ImageFile initramfs = Corpus.Initramfs(suite, script);

        GuestRun run = LinuxGuest.Boot(Corpus.Kernel(), initramfs, "", Patience);
        var report = SuiteReport.Parse(run.Console);

        Assert.True(report.Failures.Count == 0, $"{string.Join('\n', report.Failures)}\n\nThe console ends:\n{run.Tail(TailLines)}");
        Assert.True(
            report.Summary is not null, $"No summary: {run.Outcome.End} ({run.Outcome.Message}). The console ends:\n{run.Tail(TailLines)}");
        Assert.Equal(report.Counted(suite), report.Summary);
        Assert.NotEmpty(report.Passed);
        Assert.Equal(RunEnd.PowerOff, run.Outcome.End);
    }
}
