using System.Numerics;

using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.FloatingPoint;

/// <summary>Conversions between formats, estimates, and corners the manual spells out.</summary>
public sealed class FloatConversionTests
{
    [Fact]
    public void Every_exponent_of_a_single_survives_load_and_store()
    {
        for (uint high = 0; high < 1 << 16; high++)
        {
            uint word = (high << 16) | (high * 0x9e37 & 0xffff);

            Assert.Equal(word, FloatConversion.SingleFromDouble(FloatConversion.DoubleFromSingle(word)));
        }
    }

    [Theory]
    [InlineData("fctid", 64)]
    [InlineData("fctidz", 64)]
    [InlineData("fctiw", 32)]
    [InlineData("fctiwz", 32)]
    public void Converts_to_integers_as_the_model_of_appendix_A_2(string mnemonic, int bits)
    {
        var operands = new OperandGenerator(seed: 3);
        BigInteger limit = BigInteger.One << (bits - 1);
        for (int run = 0; run < 100_000; run++)
        {
            ulong image = operands.FiniteDouble();
            uint fpscr = operands.RoundingMode();
            ArithmeticModel.Number number = ArithmeticModel.Number.Of(image);
            BigInteger scaled = number.Numerator << (number.Exponent + 1200);
            BigInteger unit = BigInteger.One << 1200;
            BigInteger floor = (scaled - (((scaled % unit) + unit) % unit)) / unit;
            BigInteger rest = scaled - (floor * unit);
            int toHalf = (rest * 2).CompareTo(unit);
            BigInteger nearest = toHalf < 0 || (toHalf == 0 && floor.IsEven) ? floor : floor + 1;
            BigInteger ceiling = rest.IsZero ? floor : floor + 1;
            BigInteger towardZero = number.Numerator.Sign < 0 ? ceiling : floor;
            BigInteger integer = mnemonic.EndsWith('z')
                ? towardZero
                : (fpscr switch { 0 => nearest, 1 => towardZero, 2 => ceiling, _ => floor });

            FloatOutcome outcome = FloatInstructions.ByMnemonic[mnemonic](fpscr, [image]);

            bool fits = integer >= -limit && integer < limit;
            BigInteger expected = fits ? integer : integer.Sign < 0 ? -limit : limit - 1;
            bool incremented = fits && BigInteger.Abs(integer) > BigInteger.Abs(towardZero);
            Assert.Equal((long)expected, (long)outcome.Target);
            Assert.Equal(!fits, (outcome.Fpscr & Fpscr.VxCvi) != 0);
            Assert.Equal(fits && !rest.IsZero, (outcome.Fpscr & Fpscr.Fi) != 0);
            Assert.Equal(fits && !rest.IsZero, (outcome.Fpscr & Fpscr.Xx) != 0);
            Assert.Equal(incremented, (outcome.Fpscr & Fpscr.Fr) != 0);
        }
    }

    [Fact]
    public void Converts_from_integers_as_the_model()
    {
        var operands = new OperandGenerator(seed: 4);
        for (int run = 0; run < 100_000; run++)
        {
            ulong integer = operands.Integer() | 1;
            uint fpscr = operands.RoundingMode();
            ArithmeticModel.Number number = new((long)integer, 0);

            Assert.Equal(
                ArithmeticModel.Double.Deliver(number, fpscr, negate: false),
                FloatInstructions.ByMnemonic["fcfid"](fpscr, [integer]));
        }
    }

    [Fact]
    public void The_reciprocal_square_root_estimate_is_within_one_part_in_32()
    {
        var operands = new OperandGenerator(seed: 5);
        for (int run = 0; run < 100_000; run++)
        {
            ulong image = operands.FiniteDouble() & long.MaxValue;
            double operand = BitConverter.UInt64BitsToDouble(image);

            FloatOutcome outcome = FloatInstructions.ByMnemonic["frsqrte"](0, [image]);

            double estimate = BitConverter.UInt64BitsToDouble(outcome.Target);
            Assert.InRange(estimate * Math.Sqrt(operand), 1 - (1.0 / 32), 1 + (1.0 / 32));
        }
    }

    [Fact]
    public void Of_several_NaNs_FRA_wins_over_FRB_over_FRC()
    {
        const ulong A = 0x7ff8_0000_0000_000a;
        const ulong B = 0x7ff0_0000_0000_000b;
        const ulong C = 0x7ff8_0000_0000_000c;
        const ulong One = FloatImage.One;
        FloatInstruction multiplyAdd = FloatInstructions.ByMnemonic["fmadd"];

        Assert.Equal(A, multiplyAdd(0, [A, C, B]).Target);
        Assert.Equal(B | FloatImage.QuietBit, multiplyAdd(0, [One, C, B]).Target);
        Assert.Equal(C, multiplyAdd(0, [One, C, One]).Target);
    }
}
