using Xunit;

using Number = CellPpe.Tests.FloatingPoint.ArithmeticModel.Number;

namespace CellPpe.Tests.FloatingPoint;

/// <summary>The arithmetic against its plain model, in every rounding mode and with every enable bit, FR included.</summary>
public sealed class ArithmeticModelTests
{
    private const int Runs = 15_000;

    [Theory]
    [InlineData("fadd")]
    [InlineData("fadds")]
    [InlineData("fsub")]
    [InlineData("fsubs")]
    [InlineData("fmul")]
    [InlineData("fmuls")]
    [InlineData("fdiv")]
    [InlineData("fdivs")]
    [InlineData("fsqrt")]
    [InlineData("fsqrts")]
    [InlineData("frsp")]
    [InlineData("fmadd")]
    [InlineData("fmadds")]
    [InlineData("fmsub")]
    [InlineData("fmsubs")]
    [InlineData("fnmadd")]
    [InlineData("fnmadds")]
    [InlineData("fnmsub")]
    [InlineData("fnmsubs")]
    public void Agrees_with_the_model(string mnemonic)
    {
        var operands = new OperandGenerator(seed: 2);
        bool single = mnemonic.EndsWith('s');
        ArithmeticModel model = single || mnemonic == "frsp" ? ArithmeticModel.Single : ArithmeticModel.Double;
        FloatInstruction instruction = FloatInstructions.ByMnemonic[mnemonic];
        for (int run = 0; run < Runs; run++)
        {
            ulong[] registers = [.. Enumerable.Range(0, 3).Select(_ => single ? operands.FiniteSingle() : operands.FiniteDouble())];
            if (mnemonic.StartsWith("fsqrt", StringComparison.Ordinal))
                registers[0] &= long.MaxValue;
            uint fpscr = operands.Control();
            Number value = Intermediate(mnemonic.TrimEnd('s'), registers);
            if (value.Numerator.IsZero)
                continue;

            FloatOutcome expected = model.Deliver(value, fpscr, negate: mnemonic.StartsWith("fn", StringComparison.Ordinal));
            FloatOutcome actual = instruction(fpscr, registers);

            Assert.True(
                expected == actual,
                $"{string.Join(' ', registers.Select(static register => register.ToString("x16")))} FPSCR {fpscr:x8}: "
                    + $"{actual.Target:x16} {actual.Fpscr:x8}, model {expected.Target:x16} {expected.Fpscr:x8}");
        }
    }

    // Registers are in the manual's order: FRA, FRC, FRB as far as the instruction has them.
    private static Number Intermediate(string operation, ulong[] registers)
    {
        Number first = Number.Of(registers[0]);
        Number second = Number.Of(registers[1]);
        Number third = Number.Of(registers[2]);
        return operation switch
        {
            "fadd" => first + second,
            "fsub" => first + (-second),
            "fmul" => first * second,
            "fdiv" => first / second,
            "fsqrt" => first.Root(),
            "frsp" => first,
            "fmadd" or "fnmadd" => (first * second) + third,
            "fmsub" or "fnmsub" => (first * second) + (-third),
            _ => throw new ArgumentException(operation),
        };
    }
}
