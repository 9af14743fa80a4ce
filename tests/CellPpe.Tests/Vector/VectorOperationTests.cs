using Xunit;

namespace CellPpe.Tests.Vector;

/// <summary>Every vector operation gives, bit for bit, the result, VSCR and CR6 the reference gives.</summary>
public sealed class VectorOperationTests
{
    // Their whole meaning is in the semantics, there is no operation type to call: VectorSemanticsTests runs them.
    private static readonly string[] WithoutOperation = ["vspltisb", "vspltish", "vspltisw", "mfvscr", "mtvscr"];

    // The architecture bounds their error only: see VectorEstimateTests.
    private static readonly string[] Estimates = ["vrefp", "vrsqrtefp", "vexptefp", "vlogefp"];

    /// <summary>True for the mnemonics whose result bits the architecture leaves open.</summary>
    internal static bool IsEstimate(string mnemonic) => Estimates.Contains(mnemonic);

    public static TheoryData<string> Texts()
    {
        var texts = new TheoryData<string>();
        foreach (VectorEntry entry in VectorCorpus.Entries.Values)
        {
            if (!WithoutOperation.Contains(entry.Mnemonic) && !IsEstimate(entry.Mnemonic))
                texts.Add(entry.Text);
        }

        return texts;
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Gives_what_the_reference_gives(string text)
    {
        VectorEntry entry = VectorCorpus.Entries[text];
        var results = VectorOperation.RunAll(entry);
        Assert.NotNull(results);
        Assert.Equal(entry.Outcomes.Count, results.Count);

        var wrong = new List<string>();
        for (int index = 0; index < results.Count; index++)
        {
            VectorOperands given = entry.Operands[index];
            VectorOutcome expected = entry.Outcomes[index];
            uint cr6 = entry.Mnemonic.EndsWith('.') ? Masks.Cr6(results[index].Result) : 15;
            var actual = new VectorOutcome(results[index].Result, results[index].Vscr, cr6);
            if (actual != expected)
                wrong.Add($"{Masks.Show(given.A)} {Masks.Show(given.B)} {Masks.Show(given.C)} vscr {given.Vscr:x}: expected "
                    + $"{Show(expected)}, got {Show(actual)}");
        }

        Assert.True(wrong.Count == 0, $"{text}: {wrong.Count} of {results.Count} differ\n{string.Join('\n', wrong.Take(5))}");
    }

    [Fact]
    public void The_corpus_names_every_operation()
    {
        var mnemonics = VectorCorpus.Entries.Values.Select(static entry => entry.Mnemonic.TrimEnd('.')).ToHashSet();
        Type[] operations = [.. typeof(Ppe.Arithmetic.Vector.Integer.Vaddubm).Assembly.GetTypes()
            .Where(static type => type.Namespace?.StartsWith("CellPpe.Ppe.Arithmetic.Vector.", StringComparison.Ordinal) == true)
            .Where(static type =>
                type.GetInterfaces().Any(static contract => contract.Name.StartsWith("IPpuVector", StringComparison.Ordinal)))];

        Assert.Equal(139, operations.Length);
        Assert.All(operations, type => Assert.Contains(type.Name.ToLowerInvariant(), mnemonics));
    }

    private static string Show(VectorOutcome outcome) => $"{Masks.Show(outcome.Result)} vscr {outcome.Vscr:x} cr6 {outcome.Cr6:x}";
}
