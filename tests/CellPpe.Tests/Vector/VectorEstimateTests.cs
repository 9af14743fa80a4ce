using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.Vector;

/// <summary>
/// The estimates stay within the bounds the architecture sets (AltiVec PEM, chapter 6), and give for zeros, infinities
/// and NaNs exactly what the reference gives.
/// </summary>
public sealed class VectorEstimateTests
{
    private const double SmallestNormal = 1.0 / (1L << 62) / (1L << 62) / 4;

    [Fact]
    public void Reciprocal_is_within_one_part_in_4096() =>
        Check("vrefp", static x => 1 / x, static (_, exact, estimate) => Math.Abs(estimate - exact) <= Math.Abs(exact) / 4096);

    [Fact]
    public void Reciprocal_square_root_is_within_one_part_in_4096() =>
        Check("vrsqrtefp", static x => 1 / Math.Sqrt(x), static (_, exact, estimate) =>
            Math.Abs(estimate - exact) <= Math.Abs(exact) / 4096);

    [Fact]
    public void Power_of_two_is_within_one_part_in_16_and_exact_for_integers() =>
        Check("vexptefp", static x => Math.Pow(2, x), static (x, exact, estimate) =>
            x == Math.Round(x) ? estimate == exact : Math.Abs(estimate - exact) <= exact / 16);

    [Fact]
    public void Logarithm_is_within_one_thirty_second_and_exact_for_powers_of_two() =>
        Check("vlogefp", Math.Log2, static (_, exact, estimate) =>
            exact == Math.Round(exact) ? estimate == exact : Math.Abs(estimate - exact) <= 1.0 / 32);

    private static void Check(string mnemonic, Func<double, double> exactly, Func<double, double, double, bool> isWithinBounds)
    {
        VectorEntry entry = VectorCorpus.Entries.Values.Single(entry => entry.Mnemonic == mnemonic);
        var results = VectorOperation.RunAll(entry)!;
        var wrong = new List<string>();
        for (int index = 0; index < results.Count; index++)
        {
            bool nj = (entry.Operands[index].Vscr & Vscr.Nj) != 0;
            for (int lane = 0; lane < 4; lane++)
            {
                float operand = entry.Operands[index].B.AsSingle()[lane];
                float estimate = results[index].Result.AsSingle()[lane];
                float reference = entry.Outcomes[index].Result.AsSingle()[lane];
                float used = nj && float.IsSubnormal(operand) ? MathF.CopySign(0, operand) : operand;
                double exact = exactly(used);
                bool good = IsSpecial(used, exact) ? BitConverter.SingleToUInt32Bits(estimate) == BitConverter.SingleToUInt32Bits(reference)
                    : !float.IsFinite((float)exact) ? estimate == (float)exact
                    : Math.Abs(exact) < SmallestNormal ? IsUnderflow(exact, estimate, nj)
                    : isWithinBounds(used, exact, estimate);
                if (!good)
                    wrong.Add($"{operand:r} nj {nj}: exact {exact:r}, estimate {estimate:r}, reference {reference:r}");
            }
        }

        Assert.True(wrong.Count == 0, $"{mnemonic}: {wrong.Count} wrong\n{string.Join('\n', wrong.Take(8))}");
    }

    // The reference is used only where there is nothing to approximate. For finite operands it is no authority: QEMU's
    // vexptefp sums a series over the whole operand, which for a large negative one ends in -infinity instead of 0.
    private static bool IsSpecial(double operand, double exact) => operand == 0 || !double.IsFinite(operand) || double.IsNaN(exact);

    private static bool IsUnderflow(double exact, float estimate, bool nj) =>
        nj ? estimate == 0 && float.IsNegative(estimate) == (exact < 0) : Math.Abs(estimate - exact) <= float.Epsilon;
}
