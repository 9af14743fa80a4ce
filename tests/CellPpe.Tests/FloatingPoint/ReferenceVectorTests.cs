using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.FloatingPoint;

/// <summary>Runs every arithmetic vector of the reference.</summary>
public sealed class ReferenceVectorTests
{
    private const uint ModeMirror = 1;

    [Fact]
    public void Every_instruction_with_arithmetic_has_vectors()
    {
        HashSet<string> covered = [.. FloatVectorCorpus.Groups.Select(static group => group.Mnemonic)];

        Assert.Empty(FloatInstructions.ByMnemonic.Keys.Except(covered));
    }

    [Fact]
    public void Every_vector_is_as_the_reference_or_a_known_difference()
    {
        List<string> failures = [];
        int compared = 0;
        foreach (FloatVectorGroup group in FloatVectorCorpus.Groups)
        {
            if (!FloatInstructions.ByMnemonic.TryGetValue(group.Mnemonic, out FloatInstruction? instruction))
                continue;

            foreach (FloatVector vector in group.Vectors)
            {
                compared++;
                if (Compare(group.Mnemonic, instruction, vector) is { } failure)
                    failures.Add(failure);
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {compared}:\n{string.Join('\n', failures.Take(20))}");
        Assert.True(compared > 50_000);
    }

    [Fact]
    public void Every_known_difference_is_still_seen()
    {
        HashSet<string> unseen = [.. KnownDifferences.OfFpscr.Select(static difference => difference.Name)];
        foreach (FloatVectorGroup group in FloatVectorCorpus.Groups)
        {
            if (!FloatInstructions.ByMnemonic.TryGetValue(group.Mnemonic, out FloatInstruction? instruction))
                continue;

            foreach (FloatVector vector in group.Vectors)
            {
                FloatOutcome ours = Run(group.Mnemonic, instruction, vector);
                uint differing = ours.Fpscr ^ vector.FpscrAfter;
                unseen.RemoveWhere(name =>
                    (KnownDifferences.OfFpscr.First(difference => difference.Name == name)
                        .Excuses(group.Mnemonic, vector, ours) & differing) != 0);
            }
        }

        Assert.Empty(unseen);
    }

    [Fact]
    public void Single_loads_convert_as_the_reference()
    {
        foreach (FloatVector vector in VectorsOf("lfs"))
        {
            uint word = (uint)(vector.Operands[0] >> 32);

            Assert.Equal(vector.Result, FloatConversion.DoubleFromSingle(word));
            Assert.Equal(word, FloatConversion.SingleFromDouble(vector.Result));
        }
    }

    [Fact]
    public void Single_stores_convert_as_the_reference()
    {
        foreach (FloatVector vector in VectorsOf("stfs"))
        {
            // Book I 4.6.3 leaves smaller exponents undefined.
            if (FloatImage.BiasedExponent(vector.Operands[0]) >= 874)
                Assert.Equal((uint)(vector.Result >> 32), FloatConversion.SingleFromDouble(vector.Operands[0]));
        }
    }

    private static IEnumerable<FloatVector> VectorsOf(string mnemonic) =>
        FloatVectorCorpus.Groups.Where(group => group.Mnemonic == mnemonic).SelectMany(static group => group.Vectors);

    private static FloatOutcome Run(string mnemonic, FloatInstruction instruction, FloatVector vector)
    {
        if (!KnownDifferences.RoundsMirrored(mnemonic, vector.Fpscr))
            return instruction(vector.Fpscr, vector.Operands);

        // Of an exact result only the sign of a zero depends on the rounding mode; the reference uses the correct mode for it.
        FloatOutcome mirrored = instruction(vector.Fpscr ^ ModeMirror, vector.Operands);
        return (mirrored.Fpscr & Fpscr.Fi) == 0
            ? instruction(vector.Fpscr, vector.Operands)
            : mirrored with { Fpscr = mirrored.Fpscr ^ ModeMirror };
    }

    private static string? Compare(string mnemonic, FloatInstruction instruction, FloatVector vector)
    {
        if (KnownDifferences.SignalsTooEarly(mnemonic, vector))
            return null;

        if (KnownDifferences.OfLargeOperands(mnemonic, vector) is { } large)
        {
            FloatOutcome outcome = instruction(vector.Fpscr, vector.Operands);
            return outcome == large ? null : Describe(mnemonic, vector, outcome, large);
        }

        FloatOutcome ours = Run(mnemonic, instruction, vector);
        uint excused = 0;
        foreach (KnownDifference difference in KnownDifferences.OfFpscr)
            excused |= difference.Excuses(mnemonic, vector, ours);

        bool sameTarget = ours.Target == vector.Result || KnownDifferences.ExcusesResult(mnemonic, vector, ours.Target);
        bool sameFpscr = ((ours.Fpscr ^ vector.FpscrAfter) & ~excused) == 0;
        bool sameCr = vector.Cr is not { } cr || cr == ours.CrField << 24;
        return sameTarget && sameFpscr && sameCr
            ? null
            : Describe(mnemonic, vector, ours, new FloatOutcome(vector.Result, vector.FpscrAfter));
    }

    private static string Describe(string mnemonic, FloatVector vector, FloatOutcome ours, FloatOutcome expected) =>
        $"{mnemonic} FPSCR {vector.Fpscr:x8} {string.Join(' ', vector.Operands.Select(static operand => operand.ToString("x16")))}"
            + $": {ours.Target:x16} {ours.Fpscr:x8}, reference {expected.Target:x16} {expected.Fpscr:x8}";
}
