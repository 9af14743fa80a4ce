using System.Numerics;
using System.Runtime.Intrinsics;

using SpuRuntime.Arithmetic;
using SpuRuntime.Arithmetic.SinglePrecision;

using Xunit;

namespace SpuRuntime.Tests.Vectors;

/// <summary>
/// The accuracy that the manual's pages promise for frest and frsqest after fi and one Newton step, over many operands. The tables
/// are right when every bound holds; the limits for zeros must hold exactly.
/// </summary>
public sealed class EstimateTests
{
    private const uint One = 0x3f80_0000;
    private const uint Half = 0x3f00_0000;

    [Fact]
    public void Reciprocals_are_within_a_unit_of_the_last_place_below()
    {
        foreach (uint x in Operands(minExponent: 1, maxExponent: 252))
        {
            uint y = Reciprocal(x);

            Assert.Equal(x >> 31, y >> 31);
            // Y with x Y < 1 and x INC(Y) >= 1; y2 is Y or the one before.
            Assert.True(Product(x, y) < 1 && Product(x, y + 2) >= 1, $"x {x:x8}, y2 {y:x8}");
        }
    }

    [Fact]
    public void Reciprocals_of_zeros_are_the_largest_number()
    {
        foreach (uint fraction in Fractions())
            Assert.Equal(0x7fff_ffffu, Reciprocal(fraction));
    }

    [Fact]
    public void Reciprocals_of_big_numbers_are_zero()
    {
        foreach (uint fraction in Fractions())
        {
            for (uint exponent = 253; exponent < 256; exponent++)
                Assert.Equal(0u, Reciprocal((exponent << 23) | fraction));
        }
    }

    [Fact]
    public void Reciprocal_roots_are_within_a_unit_of_the_last_place()
    {
        foreach (uint x in Operands(minExponent: 1, maxExponent: 255))
        {
            uint y = ReciprocalRoot(x);

            Assert.True(SquareTimes(x, y - 1) < 0 && SquareTimes(x, y + 2) >= 0, $"x {x:x8}, y2 {y:x8}");
        }
    }

    [Fact]
    public void Reciprocal_roots_of_zeros_are_the_largest_number_up_to_the_fraction_the_manual_names()
    {
        foreach (uint fraction in (uint[])[.. Fractions(), 0x000f_f53b, 0x000f_f53c, 0x000f_f53d])
        {
            uint y = ReciprocalRoot(fraction);

            Assert.True(fraction <= 0x000f_f53c ? y == 0x7fff_ffff : y is >= 0x7fc0_0000 and < 0x8000_0000, $"x {fraction:x8}, y2 {y:x8}");
        }

        Assert.NotEqual(0x7fff_ffffu, ReciprocalRoot(0x000f_f53d));
    }

    // FREST, FI, FNMS, FMA as on the page.
    private static uint Reciprocal(uint x)
    {
        Vector128<byte> fpscr = default;
        Vector128<byte> a = Splat(x);
        Vector128<byte> y1 = Interpolate.Apply(ref fpscr, a, ReciprocalEstimate.Apply(ref fpscr, a));
        Vector128<byte> t1 = SingleNegativeMultiplySubtract.Apply(ref fpscr, a, y1, Splat(One));
        return Preferred.In(SingleMultiplyAdd.Apply(ref fpscr, t1, y1, y1));
    }

    // FRSQEST, AND, FI, FM, FM, FNMS, FMA as on the page.
    private static uint ReciprocalRoot(uint x)
    {
        Vector128<byte> fpscr = default;
        Vector128<byte> y0 = ReciprocalRootEstimate.Apply(ref fpscr, Splat(x));
        Vector128<byte> magnitude = Splat(x & 0x7fff_ffff);
        Vector128<byte> y1 = Interpolate.Apply(ref fpscr, magnitude, y0);
        Vector128<byte> t1 = SingleMultiply.Apply(ref fpscr, magnitude, y1);
        Vector128<byte> t2 = SingleMultiply.Apply(ref fpscr, y1, Splat(Half));
        t1 = SingleNegativeMultiplySubtract.Apply(ref fpscr, t1, y1, Splat(One));
        return Preferred.In(SingleMultiplyAdd.Apply(ref fpscr, t1, t2, y1));
    }

    private static Vector128<byte> Splat(uint word) => Vector128.Create(word).AsByte();

    private static double Product(uint x, uint y) => Value(x) * Value(y);

    private static double Value(uint word) =>
        Math.ScaleB((word & 0x7f_ffff) + 0x80_0000, (int)((word >> 23) & 255) - 150) * (word >> 31 == 0 ? 1 : -1);

    // The sign of |x| y y - 1.
    private static int SquareTimes(uint x, uint y)
    {
        BigInteger product = Significand(x) * Significand(y) * Significand(y);
        int exponent = Exponent(x) + (2 * Exponent(y));
        return exponent >= 0 ? 1 : product.CompareTo(BigInteger.One << -exponent);
    }

    private static BigInteger Significand(uint word) => (word & 0x7f_ffff) + 0x80_0000;

    private static int Exponent(uint word) => (int)((word >> 23) & 255) - 150;

    private static IEnumerable<uint> Operands(uint minExponent, uint maxExponent)
    {
        var random = new Random(5);
        foreach (uint fraction in Fractions())
        {
            yield return ((uint)random.Next((int)minExponent, (int)maxExponent + 1) << 23) | fraction;
            yield return (127u << 23) | fraction;
            yield return (128u << 23) | fraction;
        }

        yield return minExponent << 23;
        yield return (maxExponent << 23) | 0x7f_ffff;
    }

    // The ends of each of the tables' intervals, and between them.
    private static IEnumerable<uint> Fractions()
    {
        var random = new Random(6);
        for (uint interval = 0; interval < 32; interval++)
        {
            yield return interval << 18;
            yield return (interval << 18) | 0x3_ffff;
            for (int round = 0; round < 500; round++)
                yield return (interval << 18) | (uint)random.Next(1 << 18);
        }
    }
}
