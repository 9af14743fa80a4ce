using CellPpe.Ppe.Arithmetic.FloatingPoint.Format;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.FloatingPoint;

/// <summary>The fast path on host arithmetic and the integer path give the same result and the same FPSCR.</summary>
public sealed class HostAgainstExactTests
{
    private const int Runs = 250_000;

    private delegate bool Operation(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result);

    [Fact]
    public void Add() => Compare(
        static (ref Fpscr f, ulong a, ulong _, ulong b, out ulong r) =>
            AdditionArithmetic.Apply<DoublePrecision>(ref f, a, b, false, out r),
        static (ref Fpscr f, ulong a, ulong _, ulong b, out ulong r) =>
            AdditionArithmetic.Exactly<DoublePrecision>(ref f, a, b, false, out r));

    [Fact]
    public void Add_single() => Compare(
        static (ref Fpscr f, ulong a, ulong _, ulong b, out ulong r) =>
            AdditionArithmetic.Apply<SinglePrecision>(ref f, a, b, false, out r),
        static (ref Fpscr f, ulong a, ulong _, ulong b, out ulong r) =>
            AdditionArithmetic.Exactly<SinglePrecision>(ref f, a, b, false, out r));

    [Fact]
    public void Subtract() => Compare(
        static (ref Fpscr f, ulong a, ulong _, ulong b, out ulong r) => AdditionArithmetic.Apply<DoublePrecision>(ref f, a, b, true, out r),
        static (ref Fpscr f, ulong a, ulong _, ulong b, out ulong r) =>
            AdditionArithmetic.Exactly<DoublePrecision>(ref f, a, b, true, out r));

    [Fact]
    public void Multiply() => Compare(
        static (ref Fpscr f, ulong a, ulong c, ulong _, out ulong r) => MultiplicationArithmetic.Apply<DoublePrecision>(ref f, a, c, out r),
        static (ref Fpscr f, ulong a, ulong c, ulong _, out ulong r) =>
            MultiplicationArithmetic.Exactly<DoublePrecision>(ref f, a, c, out r));

    [Fact]
    public void Multiply_single() => Compare(
        static (ref Fpscr f, ulong a, ulong c, ulong _, out ulong r) => MultiplicationArithmetic.Apply<SinglePrecision>(ref f, a, c, out r),
        static (ref Fpscr f, ulong a, ulong c, ulong _, out ulong r) =>
            MultiplicationArithmetic.Exactly<SinglePrecision>(ref f, a, c, out r));

    [Fact]
    public void Divide() => Compare(
        static (ref Fpscr f, ulong a, ulong _, ulong b, out ulong r) => DivisionArithmetic.Apply<DoublePrecision>(ref f, a, b, out r),
        static (ref Fpscr f, ulong a, ulong _, ulong b, out ulong r) => DivisionArithmetic.Exactly<DoublePrecision>(ref f, a, b, out r));

    [Fact]
    public void Divide_single() => Compare(
        static (ref Fpscr f, ulong a, ulong _, ulong b, out ulong r) => DivisionArithmetic.Apply<SinglePrecision>(ref f, a, b, out r),
        static (ref Fpscr f, ulong a, ulong _, ulong b, out ulong r) => DivisionArithmetic.Exactly<SinglePrecision>(ref f, a, b, out r));

    [Fact]
    public void Square_root() => Compare(
        static (ref Fpscr f, ulong _, ulong _, ulong b, out ulong r) => SquareRootArithmetic.Apply<DoublePrecision>(ref f, b, out r),
        static (ref Fpscr f, ulong _, ulong _, ulong b, out ulong r) => SquareRootArithmetic.Exactly<DoublePrecision>(ref f, b, out r));

    [Fact]
    public void Square_root_single() => Compare(
        static (ref Fpscr f, ulong _, ulong _, ulong b, out ulong r) => SquareRootArithmetic.Apply<SinglePrecision>(ref f, b, out r),
        static (ref Fpscr f, ulong _, ulong _, ulong b, out ulong r) => SquareRootArithmetic.Exactly<SinglePrecision>(ref f, b, out r));

    [Fact]
    public void Multiply_add() => Compare(
        static (ref Fpscr f, ulong a, ulong c, ulong b, out ulong r) =>
            MultiplyAddArithmetic.Apply<DoublePrecision>(ref f, a, c, b, false, false, out r),
        static (ref Fpscr f, ulong a, ulong c, ulong b, out ulong r) =>
            MultiplyAddArithmetic.Exactly<DoublePrecision>(ref f, a, c, b, false, false, out r));

    [Fact]
    public void Negative_multiply_subtract() => Compare(
        static (ref Fpscr f, ulong a, ulong c, ulong b, out ulong r) =>
            MultiplyAddArithmetic.Apply<DoublePrecision>(ref f, a, c, b, true, true, out r),
        static (ref Fpscr f, ulong a, ulong c, ulong b, out ulong r) =>
            MultiplyAddArithmetic.Exactly<DoublePrecision>(ref f, a, c, b, true, true, out r));

    [Fact]
    public void Multiply_add_single() => Compare(
        static (ref Fpscr f, ulong a, ulong c, ulong b, out ulong r) =>
            MultiplyAddArithmetic.Apply<SinglePrecision>(ref f, a, c, b, false, false, out r),
        static (ref Fpscr f, ulong a, ulong c, ulong b, out ulong r) =>
            MultiplyAddArithmetic.Exactly<SinglePrecision>(ref f, a, c, b, false, false, out r));

    [Fact]
    public void Round_to_single() => Compare(
        static (ref Fpscr f, ulong _, ulong _, ulong b, out ulong r) => FloatConversion.RoundToSingle(ref f, b, out r),
        static (ref Fpscr f, ulong _, ulong _, ulong b, out ulong r) => FloatConversion.RoundToSingleExactly(ref f, b, out r));

    [Fact]
    public void From_integer()
    {
        var operands = new OperandGenerator(seed: 6);
        for (int run = 0; run < Runs; run++)
        {
            ulong integer = run < 64 ? (1UL << 53) - 32 + (ulong)run : operands.Integer();
            integer = run % 2 == 0 ? integer : 0 - integer;
            uint before = Fpscr.Summarize(operands.Control());
            Fpscr left = new() { Value = before };
            Fpscr right = new() { Value = before };

            Assert.True(FloatConversion.FromInteger(ref left, integer, out ulong leftResult));
            Assert.True(FloatConversion.FromIntegerExactly(ref right, integer, out ulong rightResult));

            Assert.Equal((rightResult, right.Value), (leftResult, left.Value));
        }
    }

    // Round to nearest is the only mode the fast path serves.
    private static void Compare(Operation fast, Operation exact)
    {
        var operands = new OperandGenerator(seed: 1);
        for (int run = 0; run < Runs; run++)
        {
            bool single = run % 3 == 0;
            ulong a = single ? operands.Single() : operands.Double();
            ulong c = single ? operands.Single() : operands.Double();
            ulong b = (run % 7) switch
            {
                // A sum that cancels all but the low half of the product is what a fused residual must get right.
                0 => BitConverter.DoubleToUInt64Bits(
                    -BitConverter.UInt64BitsToDouble(a) * BitConverter.UInt64BitsToDouble(c)) ^ (ulong)(run & 8),
                _ => single ? operands.Single() : operands.Double(),
            };
            uint before = Fpscr.Summarize((operands.Control() & ~Fpscr.RnMask) | (run % 2 == 0 ? Fpscr.Xx : 0));
            Fpscr left = new() { Value = before };
            Fpscr right = new() { Value = before };

            bool leftWrites = fast(ref left, a, c, b, out ulong leftResult);
            bool rightWrites = exact(ref right, a, c, b, out ulong rightResult);

            Assert.True(
                leftWrites == rightWrites && leftResult == rightResult && left.Value == right.Value,
                $"a {a:x16} c {c:x16} b {b:x16} FPSCR {before:x8}: "
                    + $"{leftResult:x16} {left.Value:x8}, exactly {rightResult:x16} {right.Value:x8}");
        }
    }
}
