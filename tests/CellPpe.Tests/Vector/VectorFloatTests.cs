using System.Runtime.Intrinsics;

using CellPpe.Ppe.Arithmetic.Vector.Float;
using CellPpe.Ppe.Arithmetic.Vector.Integer;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.Vector;

/// <summary>What the manual says of vector floating point, in words, where the reference vectors would only show a number.</summary>
public sealed class VectorFloatTests
{
    private const uint NanA = 0x7f80_000a;
    private const uint NanB = 0xff80_000b;
    private const uint NanC = 0x7f80_000c;
    private const uint Quiet = 0x0040_0000;
    private const uint One = 0x3f80_0000;
    private const uint SmallestNormal = 0x0080_0000;

    [Theory]
    [InlineData(NanA, NanB, NanC, NanA)]
    [InlineData(One, NanB, NanC, NanB)]
    [InlineData(One, One, NanC, NanC)]
    public void The_first_NaN_of_A_B_C_is_the_result_made_quiet(uint a, uint b, uint c, uint chosen)
    {
        Assert.Equal(chosen | Quiet, MultiplyAdd(0, a, b, c));
        Assert.Equal(chosen | Quiet, NegativeMultiplySubtract(0, a, b, c));
    }

    [Fact]
    public void An_invalid_operation_gives_the_positive_quiet_NaN()
    {
        var vscr = default(Vscr);
        uint difference = Vsubfp.Apply(ref vscr, All(0x7f80_0000), All(0x7f80_0000)).AsUInt32()[0];
        Assert.Equal(0x7fc0_0000u, difference);
    }

    [Fact]
    public void A_multiply_add_rounds_once()
    {
        // (1 + u)(1 + u) - (1 + 2u) = u^2, which a rounded product would lose.
        Assert.Equal(0x2880_0000u, MultiplyAdd(0, One + 1, 0x8000_0000 | (One + 2), One + 1));
    }

    [Fact]
    public void A_negative_multiply_subtract_that_cancels_is_negative_zero() =>
        Assert.Equal(0x8000_0000u, NegativeMultiplySubtract(0, One, One, One));

    [Fact]
    public void Underflow_is_decided_before_rounding()
    {
        // 2^-126 (1 - 2^-24) is no multiple of the denormals' step and rounds to 2^-126; in non-Java mode it is nevertheless an underflow.
        const uint AlmostOne = One - 1;
        Assert.Equal(SmallestNormal, MultiplyAdd(0, SmallestNormal, 0, AlmostOne));
        Assert.Equal(0u, MultiplyAdd(Vscr.Nj, SmallestNormal, 0, AlmostOne));
    }

    [Theory]
    [InlineData(0u, 0x8000_0001u, 0x8000_0002u)]
    [InlineData(Vscr.Nj, 0x8000_0001u, 0x8000_0000u)]
    public void Non_Java_mode_counts_a_denormal_as_the_zero_of_its_sign(uint mode, uint denormal, uint doubled)
    {
        var vscr = new Vscr { Value = mode };
        Assert.Equal(doubled, Vaddfp.Apply(ref vscr, All(denormal), All(denormal)).AsUInt32()[0]);
    }

    [Fact]
    public void Saturation_is_sticky()
    {
        var vscr = default(Vscr);
        _ = Vaddubs.Apply(ref vscr, All(0xff00_0000), All(0x0100_0000));
        Assert.Equal(Vscr.Sat, vscr.Value);
        _ = Vaddubs.Apply(ref vscr, All(0), All(0));
        Assert.Equal(Vscr.Sat, vscr.Value);
    }

    private static Vector128<byte> All(uint word) => Vector128.Create(word).AsByte();

    private static uint MultiplyAdd(uint mode, uint a, uint b, uint c)
    {
        var vscr = new Vscr { Value = mode };
        return Vmaddfp.Apply(ref vscr, All(a), All(b), All(c)).AsUInt32()[0];
    }

    private static uint NegativeMultiplySubtract(uint mode, uint a, uint b, uint c)
    {
        var vscr = new Vscr { Value = mode };
        return Vnmsubfp.Apply(ref vscr, All(a), All(b), All(c)).AsUInt32()[0];
    }
}
