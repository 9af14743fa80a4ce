using Xunit;

namespace Conformance.Tests;

/// <summary>A suite's console is understood, and a failure in it cannot get lost.</summary>
public class SuiteReportTests
{
    [Fact]
    public void Every_line_is_counted_and_a_failure_keeps_what_is_said_about_it()
    {
        var report = SuiteReport.Parse(
            "Linux (none) 6.1\r\nok one\r\nFAIL two 2 lines differ\r\n  < 1\r\n  > 2\r\nok three (1 lines differ as they may)\r\n"
            + "known four because\r\nskip five not here\r\n  not of a failure\r\nSUMMARY x: 2 ok, 1 FAIL, 1 known, 1 skip\r\n");

        Assert.Equal(["one", "three (1 lines differ as they may)"], report.Passed);
        Assert.Equal(["two 2 lines differ\n  < 1\n  > 2"], report.Failures);
        Assert.Equal(["four because"], report.Known);
        Assert.Equal(["five not here"], report.Skipped);
        Assert.Equal(report.Counted("x"), report.Summary);
    }

    [Fact]
    public void A_guest_that_stops_half_way_has_no_summary()
    {
        var report = SuiteReport.Parse("ok one\nok tw");

        Assert.Null(report.Summary);
    }
}
