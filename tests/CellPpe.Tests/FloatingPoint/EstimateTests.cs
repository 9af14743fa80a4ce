using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.FloatingPoint;

/// <summary>fres and frsqrte over all entries of their tables; values printed by consoles are in ConsoleTests.</summary>
public sealed class EstimateTests
{
    [Fact]
    public void Reciprocals_lie_below_the_exact_ones_within_one_part_in_256_and_fall()
    {
        double last = double.PositiveInfinity;
        for (int index = 0; index < 128; index++)
        {
            double operand = 1 + (index / 128.0);
            double estimate = Reciprocal(operand);

            Assert.True(estimate < last, $"{operand}");
            Assert.True(Math.Abs(estimate * operand - 1) <= 1 / 256.0, $"{operand}");
            // All operands with the same seven fraction bits have the same estimate.
            Assert.Equal(estimate, Reciprocal(Math.BitDecrement(operand + (1 / 128.0))));
            Assert.Equal(-estimate, Reciprocal(-operand));
            last = estimate;
        }
    }

    [Fact]
    public void Reciprocal_square_roots_are_within_one_part_in_32_and_fall()
    {
        double last = double.PositiveInfinity;
        for (int index = 0; index < 16; index++)
        {
            double operand = (1 + (index % 8 / 8.0)) * (index < 8 ? 1 : 2);
            double estimate = ReciprocalSquareRoot(operand);

            Assert.True(estimate < last, $"{operand}");
            Assert.True(Math.Abs((estimate * Math.Sqrt(operand)) - 1) <= 1 / 32.0, $"{operand}");
            Assert.Equal(estimate, ReciprocalSquareRoot(Math.BitDecrement(operand + (operand < 2 ? 0.125 : 0.25))));
            last = estimate;
        }
    }

    [Fact]
    public void Powers_of_two_change_the_exponent_alone()
    {
        for (int exponent = -126; exponent <= 125; exponent++)
            Assert.Equal(Math.ScaleB(Reciprocal(1.25), -exponent), Reciprocal(Math.ScaleB(1.25, exponent)));
        for (int exponent = -1074; exponent <= 1022; exponent += 2)
            Assert.Equal(Math.ScaleB(ReciprocalSquareRoot(1), -exponent / 2), ReciprocalSquareRoot(Math.ScaleB(1, exponent)));
    }

    // Chosen where no console was seen: see Estimates.
    [Theory]
    [InlineData(0x47d0_0000_0000_0000, 0x380f_e000_0000_0000u)] // 2^126: denormalized, as it lies below 2^-126
    [InlineData(0x47ef_ffff_e000_0000, 0x37f0_0000_0000_0000u)] // FLT_MAX
    [InlineData(0x47f0_0000_0000_0000, 0x37ef_e000_0000_0000u)] // 2^128 is used as it is
    [InlineData(0x4930_0000_0000_0000, 0x36a0_0000_0000_0000u)] // 2^148: truncated to the smallest single
    [InlineData(0x4940_0000_0000_0000, 0x0000_0000_0000_0000u)] // 2^149
    [InlineData(0xffef_ffff_ffff_ffff, 0x8000_0000_0000_0000u)]
    [InlineData(0x37f0_0000_0000_0000, 0x47ef_e000_0000_0000u)] // 2^-128, a denormalized single
    [InlineData(0x37e0_0000_0000_0000, 0x7ff0_0000_0000_0000u)] // 2^-129: 2^129 is an infinity
    [InlineData(0x8000_0000_0000_0001, 0xfff0_0000_0000_0000u)]
    public void Reciprocals_at_the_ends_of_single_precision(ulong operand, ulong expected)
    {
        foreach (uint enables in (uint[])[0, Fpscr.Oe | Fpscr.Ue | Fpscr.Xe])
        {
            Fpscr fpscr = new() { Value = enables | Fpscr.Fr | Fpscr.Fi };

            Assert.True(Estimates.Reciprocal(ref fpscr, operand, out ulong result));

            Assert.Equal($"{expected:x16}", $"{result:x16}");
            Assert.Equal(enables, fpscr.Value & ~Fpscr.FprfMask);
        }
    }

    [Theory]
    [InlineData(RoundingMode.TowardZero, 0x47ef_ffff_e000_0000, 0xc7ef_ffff_e000_0000u)]
    [InlineData(RoundingMode.TowardPlusInfinity, 0x7ff0_0000_0000_0000, 0xc7ef_ffff_e000_0000u)]
    [InlineData(RoundingMode.TowardMinusInfinity, 0x47ef_ffff_e000_0000, 0xfff0_0000_0000_0000u)]
    internal void A_reciprocal_beyond_single_precision_is_as_after_an_overflow(RoundingMode mode, ulong positive, ulong negative)
    {
        Fpscr fpscr = new() { Value = (uint)mode };

        Assert.True(Estimates.Reciprocal(ref fpscr, 1, out ulong ofPositive));
        Assert.True(Estimates.Reciprocal(ref fpscr, FloatImage.SignMask | 1, out ulong ofNegative));

        Assert.Equal((positive, negative), (ofPositive, ofNegative));
        Assert.Equal((uint)mode, fpscr.Value & ~Fpscr.FprfMask);
    }

    private static double Reciprocal(double operand) => Run(FloatInstructions.ByMnemonic["fres"], operand);

    private static double ReciprocalSquareRoot(double operand) => Run(FloatInstructions.ByMnemonic["frsqrte"], operand);

    private static double Run(FloatInstruction instruction, double operand) =>
        BitConverter.UInt64BitsToDouble(instruction(0, [BitConverter.DoubleToUInt64Bits(operand)]).Target);
}
