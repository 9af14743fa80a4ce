using System.Globalization;

using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Instructions;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.FloatingPoint;

/// <summary>A fast path that accepts its operands leaves the result and status of the integer path, bit for bit.</summary>
public sealed class FastPathTests
{
    private const uint Sticky = Fpscr.Exceptions | Fpscr.Fx;

    // PS3_FLOAT_RUNS sets how many operands an operation gets, PS3_FLOAT_SEED which.
    private static readonly int Runs = Number("PS3_FLOAT_RUNS", 60_000);
    private static readonly int Seed = Number("PS3_FLOAT_SEED", 1);

    public static TheoryData<string> Kinds => [.. FastPath.All.Keys.Select(kind => kind.ToString())];

    [Fact]
    public void Every_kind_of_arithmetic_has_a_quick_form() =>
        Assert.Equal(Enum.GetValues<FloatKind>().Except([FloatKind.None, FloatKind.Compare]), FastPath.All.Keys.Order());

    [Theory, MemberData(nameof(Kinds))]
    public void A_safe_result_and_the_derived_status_are_exact(string kind)
    {
        FastPath form = FastPath.All[Enum.Parse<FloatKind>(kind)];
        var random = new Random(Seed);
        var operands = new OperandGenerator(Seed);
        var seen = new Counts();
        for (int run = 0; run < Runs; run++)
        {
            bool single = run % 2 == 0;
            ulong a = single ? operands.Single() : operands.Double();
            ulong c = single ? operands.Single() : operands.Double();
            ulong b = Last(form, operands, random, a, c, single);
            uint before = Fpscr.Summarize((uint)random.NextInt64() & ~(Fpscr.RnMask | Fpscr.Ue | Fpscr.Xe | Fpscr.Reserved));
            Check(form, a, c, b, before | Fpscr.Xx, ref seen);
        }

        // Without this a fast path that accepts nothing, or calls nothing exact, would pass. Half of the roots have negative operands,
        // and one exact fused sum in three has a product that is not.
        Assert.True(seen.Safe > seen.All / 4 && seen.Certain > seen.Exact / 2, $"{seen}");
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Corners(string kind)
    {
        FastPath form = FastPath.All[Enum.Parse<FloatKind>(kind)];
        ulong[] corners = [.. Corner().SelectMany(image => new[] { image, image ^ FloatImage.SignMask })];
        uint[] controls = [Fpscr.Xx, Fpscr.Xx | Fpscr.Ve | Fpscr.Oe | Fpscr.Ze, Fpscr.Xx | Fpscr.FprfMask | Fpscr.Fr | Fpscr.Fi];
        var seen = new Counts();
        foreach (ulong a in corners)
        {
            foreach (ulong c in form.IsFused ? corners : [0])
            {
                foreach (ulong b in corners)
                    Check(form, a, c, b, Fpscr.Summarize(controls[(int)((a ^ b) % 3)]), ref seen);
            }
        }
    }

    [Fact]
    public void Sums_of_neighbouring_singles_are_safe_although_half_of_them_are_halfway()
    {
        var random = new Random(Seed);
        for (int run = 0; run < Runs; run++)
        {
            float a = BitConverter.UInt32BitsToSingle(0x3f80_0000 | ((uint)random.Next() & 0x007f_ffff));
            float b = BitConverter.UInt32BitsToSingle(0x3f00_0000 | ((uint)random.Next() & 0x00ff_ffff));
            double sum = FloatAddSingle.Compute(a, b);

            Assert.Equal(a + b, sum);
            Assert.True(FloatAddSingle.IsSafe(a, b, sum));
            Assert.Equal(MathF.FusedMultiplyAdd(1, b, a), FloatMultiplyAddSingle.Compute(1, b, a));
        }
    }

    [Theory]
    [InlineData(Fpscr.Xx, true, false)]
    [InlineData(Fpscr.Xx | Fpscr.Ve | Fpscr.Oe | Fpscr.Ze | Fpscr.Ni, true, false)]
    [InlineData(0u, false, true)]
    [InlineData(Fpscr.Xx | Fpscr.Xe, false, false)]
    [InlineData(Fpscr.Xx | Fpscr.Ue, false, false)]
    [InlineData(Fpscr.Xx | (uint)RoundingMode.TowardZero, false, false)]
    [InlineData((uint)RoundingMode.TowardMinusInfinity, false, false)]
    public void Fast_paths_need_rounding_to_nearest_and_no_enabled_underflow_or_inexact(uint fpscr, bool quick, bool exactOnly)
    {
        Assert.Equal(quick, FloatStatus.AllowsFastPath(fpscr));
        Assert.Equal(quick || exactOnly, FloatStatus.AllowsExact(fpscr));
    }

    [Fact]
    public void A_comparison_owes_its_bits_of_FPRF_alone()
    {
        var operands = new OperandGenerator(Seed);
        for (int run = 0; run < Runs; run++)
        {
            ulong a = operands.Double();
            ulong b = run % 4 == 0 ? a : operands.Double();
            uint before = Fpscr.Summarize(operands.Control() | Fpscr.FprfMask | Fpscr.Fr);
            uint relation = FloatCompareOrdered.Compute(Number(a), Number(b));
            Assert.Equal(relation, FloatCompareUnordered.Compute(Number(a), Number(b)));
            Assert.Equal(FloatImage.IsNan(a) || FloatImage.IsNan(b), relation == 0);
            if (relation == 0)
                continue;

            Fpscr expected = new() { Value = before };
            Fpscr derived = new() { Value = before };
            Assert.Equal(FloatCompareOrdered.Apply(ref expected, a, b), relation);
            FloatStatus.Derive(ref derived, FloatKind.Compare, Number(a), 0, Number(b));
            Assert.Equal(expected.Value, derived.Value);
        }
    }

    private static void Check(FastPath form, ulong a, ulong c, ulong b, uint before, ref Counts seen)
    {
        seen.All++;
        double result = form.Compute(Number(a), Number(c), Number(b));
        if (!form.IsSafe(Number(a), Number(c), Number(b), result))
            return;

        Fpscr expected = new() { Value = before };
        bool writes = form.Exactly(ref expected, a, c, b, out ulong exactResult);
        Fpscr derived = new() { Value = before };
        FloatStatus.Derive(ref derived, form.Kind, Number(a), Number(c), Number(b));
        Assert.True(
            writes && exactResult == HostArithmetic.Bits(result) && expected.Value == derived.Value,
            $"{form.Kind} a {a:x16} c {c:x16} b {b:x16} FPSCR {before:x8}: "
                + $"{HostArithmetic.Bits(result):x16} {derived.Value:x8}, exactly {exactResult:x16} {expected.Value:x8}");

        // A result may be called exact only when the integer path does not set XX.
        Fpscr clear = new() { Value = before & ~Sticky };
        _ = form.Exactly(ref clear, a, c, b, out _);
        bool inexact = clear.Has(Fpscr.Xx);
        bool certain = form.IsExact(Number(a), Number(c), Number(b), result);
        Assert.False(certain && inexact, $"{form.Kind} a {a:x16} c {c:x16} b {b:x16} is not exact");
        seen.Safe++;
        seen.Exact += inexact ? 0 : 1;
        seen.Certain += certain ? 1 : 0;
    }

    // Sums that nearly or wholly cancel, and sums near the halfway points of singles.
    private static ulong Last(FastPath form, OperandGenerator operands, Random random, ulong a, ulong c, bool single)
    {
        switch (random.Next(8))
        {
            case 0:
                double opposite = form.IsFused ? -Number(a) * Number(c) : -Number(a);
                return HostArithmetic.Bits(opposite) ^ (uint)random.Next(2);
            case 1:
                double halfway = Number((operands.Double() & ~FloatImage.BelowSingle) | (1u << 28));
                return HostArithmetic.Bits(form.IsFused ? halfway - (Number(a) * Number(c)) : halfway - Number(a)) ^ (uint)random.Next(2);
            case 2:
                return (operands.Double() & ~FloatImage.BelowSingle) + (1u << 28) + (ulong)random.Next(-1, 2);
            case 3 when form.Kind == FloatKind.ConvertFromInteger:
                return operands.Integer();
            default:
                return single ? operands.Single() : operands.Double();
        }
    }

    private static IEnumerable<ulong> Corner() =>
    [
        0, 1, 2, FloatImage.FractionMask, FloatImage.FractionMask + 1, FloatImage.FractionMask + 2,
        .. new[] { 2, 64, 500, 873, 874, 896, 897, 898, 899, 1022, 1023, 1024, 1053, 1054, 1055, 1085, 1086, 1087, 1148, 1149, 1150, 1151,
            1152, 1278, 2044, 2045, 2046 }
            .SelectMany(exponent => new[]
            {
                (ulong)exponent << 52, ((ulong)exponent << 52) + 1, ((ulong)exponent << 52) + (1u << 28),
                ((ulong)exponent << 52) + (1u << 29), ((ulong)exponent << 52) | FloatImage.FractionMask,
            }),
        HostArithmetic.Bits(2147483647), HostArithmetic.Bits(2147483647.5), HostArithmetic.Bits(2147483646.5), HostArithmetic.Bits(0.5),
        FloatImage.PlusInfinity, FloatImage.PlusInfinity | 1, FloatImage.GeneratedNan, FloatImage.GeneratedNan | 1,
    ];

    private static double Number(ulong image) => BitConverter.UInt64BitsToDouble(image);

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value
        : otherwise;

    private record struct Counts(int All, int Safe, int Exact, int Certain);
}
