namespace Conformance.Tests;

/// <summary>What a suite said in the guest, read from its console (guest/report.sh writes it).</summary>
internal sealed record SuiteReport
{
    /// <summary>Programs that passed.</summary>
    public required IReadOnlyList<string> Passed { get; init; }

    /// <summary>Programs that failed, each with the lines under it that say how.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>Programs that failed as they may, with the reason.</summary>
    public required IReadOnlyList<string> Known { get; init; }

    /// <summary>Programs that do not apply, with the reason.</summary>
    public required IReadOnlyList<string> Skipped { get; init; }

    /// <summary>The last line of the suite; null when the guest did not get there.</summary>
    public required string? Summary { get; init; }

    /// <summary>The summary that the lines above it add up to.</summary>
    public string Counted(string suite) =>
        $"SUMMARY {suite}: {Passed.Count} ok, {Failures.Count} FAIL, {Known.Count} known, {Skipped.Count} skip";

    /// <summary>Reads a console.</summary>
    public static SuiteReport Parse(string console)
    {
        List<string> passed = [], failures = [], known = [], skipped = [];
        string? summary = null;
        bool underFailure = false;
        foreach (string raw in console.Split('\n'))
        {
            string line = raw.TrimEnd('\r');
            if (underFailure && line.StartsWith("  ", StringComparison.Ordinal))
            {
                failures[^1] += $"\n{line}";
                continue;
            }

            underFailure = false;
            if (line.StartsWith("ok ", StringComparison.Ordinal))
                passed.Add(line[3..]);
            else if (line.StartsWith("known ", StringComparison.Ordinal))
                known.Add(line[6..]);
            else if (line.StartsWith("skip ", StringComparison.Ordinal))
                skipped.Add(line[5..]);
            else if (line.StartsWith("SUMMARY ", StringComparison.Ordinal))
                summary = line;
            else if (line.StartsWith("FAIL ", StringComparison.Ordinal))
            {
                failures.Add(line[5..]);
                underFailure = true;
            }
        }

        return new SuiteReport { Passed = passed, Failures = failures, Known = known, Skipped = skipped, Summary = summary };
    }
}
