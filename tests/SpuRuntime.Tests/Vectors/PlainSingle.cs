using System.Numerics;

using static SpuRuntime.Tests.Vectors.PlainSpu;

namespace SpuRuntime.Tests.Vectors;

/// <summary>Section 9.1: numbers are big integers times powers of two, and every exception is its sentence in the manual.</summary>
internal static class PlainSingle
{
    private const int Overflow = 29;
    private const int Underflow = 30;
    private const int Different = 31;

    /// <summary>significand times 2 to the exponent.</summary>
    private readonly record struct Exact(BigInteger Significand, int Exponent)
    {
        public static Exact operator *(Exact left, Exact right) =>
            new(left.Significand * right.Significand, left.Exponent + right.Exponent);

        public static Exact operator -(Exact value) => new(-value.Significand, value.Exponent);

        public static Exact operator +(Exact left, Exact right)
        {
            int exponent = Math.Min(left.Exponent, right.Exponent);
            return new(left.At(exponent) + right.At(exponent), exponent);
        }

        public BigInteger At(int exponent) => Significand << (Exponent - exponent);
    }

    private static readonly Exact Smallest = new(1, -126);
    // The number behind the largest one, if there were one more exponent: seen on consoles, where overflow is judged after truncation.
    private static readonly Exact BehindLargest = new(1, 129);

    public static void Define(Dictionary<string, Action<PlainSpu>> all)
    {
        all["fa"] = static s => Arithmetic(s, s.Rt, j => Number(W(s.A, j)) + Number(W(s.B, j)), s.A, s.B);
        all["fs"] = static s => Arithmetic(s, s.Rt, j => Number(W(s.A, j)) + -Number(W(s.B, j)), s.A, s.B);
        all["fm"] = static s => Arithmetic(s, s.Rt, j => Number(W(s.A, j)) * Number(W(s.B, j)), s.A, s.B);
        all["fma"] = static s =>
            Arithmetic(s, (int)s.Bits(4, 10), j => (Number(W(s.A, j)) * Number(W(s.B, j))) + Number(W(s.C, j)), s.A, s.B, s.C);
        all["fms"] = static s =>
            Arithmetic(s, (int)s.Bits(4, 10), j => (Number(W(s.A, j)) * Number(W(s.B, j))) + -Number(W(s.C, j)), s.A, s.B, s.C);
        all["fnms"] = static s =>
            Arithmetic(s, (int)s.Bits(4, 10), j => Number(W(s.C, j)) + -(Number(W(s.A, j)) * Number(W(s.B, j))), s.A, s.B, s.C);
        all["fi"] = static s => Arithmetic(s, s.Rt, j => Interpolated(W(s.A, j), W(s.B, j)), s.B);
        all["csflt"] = static s => Arithmetic(s, s.Rt, j => new Exact((int)W(s.A, j), s.I8 - 155));
        all["cuflt"] = static s => Arithmetic(s, s.Rt, j => new Exact(W(s.A, j), s.I8 - 155));
        all["cflts"] = static s => s.SetT(Words(j => (uint)(int)ToInteger(W(s.A, j), 173 - s.I8, int.MinValue, int.MaxValue)));
        all["cfltu"] = static s => s.SetT(Words(j => (uint)ToInteger(W(s.A, j), 173 - s.I8, uint.MinValue, uint.MaxValue)));
        all["fceq"] = static s => s.SetT(Words(j => (Number(W(s.A, j)) + -Number(W(s.B, j))).Significand.IsZero ? uint.MaxValue : 0));
        all["fcmeq"] = static s =>
            s.SetT(Words(j => (Magnitude(W(s.A, j)) + -Magnitude(W(s.B, j))).Significand.IsZero ? uint.MaxValue : 0));
        all["fcgt"] = static s => s.SetT(Words(j => (Number(W(s.A, j)) + -Number(W(s.B, j))).Significand.Sign > 0 ? uint.MaxValue : 0));
        all["fcmgt"] = static s =>
            s.SetT(Words(j => (Magnitude(W(s.A, j)) + -Magnitude(W(s.B, j))).Significand.Sign > 0 ? uint.MaxValue : 0));
        all["frest"] = static s => Estimate(s, static a => (a & 0x8000_0000, Table(a, root: false)));
        all["frsqest"] = static s => Estimate(s, static a => (0, Table(a, root: true)));
        all["fscrwr"] = static s => s.Fpscr = Bytes(j => s.A[j] & UsedFpscr(j));
        all["fscrrd"] = static s => s.SetT(s.Fpscr);
    }

    // 9.3: bits 20-23, 29-31, 50-55, 61-63, 82-87, 93-95, 116-119, 125-127.
    private static int UsedFpscr(int number)
    {
        int mask = 0;
        foreach (
            (int first, int last) in ((int, int)[])[(20, 23), (29, 31), (50, 55), (61, 63), (82, 87), (93, 95), (116, 119), (125, 127)])
        {
            for (int bit = first; bit <= last; bit++)
                mask |= bit / 8 == number ? 0x80 >> (bit % 8) : 0;
        }

        return mask;
    }

    private static Exact Number(uint word)
    {
        int exponent = (int)(word >> 23) & 255;
        if (exponent == 0)
            return new(0, 0);
        BigInteger significand = (word & 0x7f_ffff) + 0x80_0000;
        return new(word >> 31 == 0 ? significand : -significand, exponent - 127 - 23);
    }

    private static Exact Magnitude(uint word) => Number(word & 0x7fff_ffff);

    private static bool IsDifferentOperand(uint word)
    {
        uint exponent = (word >> 23) & 255;
        return exponent == 255 || (exponent == 0 && (word & 0x7f_ffff) != 0);
    }

    private static void Arithmetic(PlainSpu s, int target, Func<int, Exact> of, params byte[][] operands)
    {
        bool[] different = [.. Enumerable.Range(0, 4).Select(j => operands.Any(operand => IsDifferentOperand(W(operand, j))))];
        byte[] result = Words(j => Result(s, j, of(j), different[j]));
        result.CopyTo(s.Registers[target], 0);
    }

    private static uint Result(PlainSpu s, int slice, Exact exact, bool different)
    {
        uint sign = exact.Significand.Sign < 0 ? 0x8000_0000 : 0;
        Exact magnitude = exact with { Significand = BigInteger.Abs(exact.Significand) };
        uint word;
        if (magnitude.Significand.IsZero)
        {
            word = 0;
        }
        else if ((magnitude + -BehindLargest).Significand.Sign >= 0)
        {
            SetBit(s.Fpscr, (32 * slice) + Overflow);
            word = sign | 0x7fff_ffff;
        }
        else if ((magnitude + -Smallest).Significand.Sign < 0)
        {
            SetBit(s.Fpscr, (32 * slice) + Underflow);
            different = true;
            word = 0;
        }
        else
        {
            int bits = (int)magnitude.Significand.GetBitLength();
            BigInteger significand = bits > 24 ? magnitude.Significand >> (bits - 24) : magnitude.Significand << (24 - bits);
            uint exponent = (uint)(magnitude.Exponent + bits - 1 + 127);
            word = sign | (exponent << 23) | ((uint)significand & 0x7f_ffff);
        }

        if (different || ((word >> 23) & 255) == 255)
            SetBit(s.Fpscr, (32 * slice) + Different);
        return word;
    }

    private static Exact Interpolated(uint a, uint b)
    {
        int exponent = (int)(b >> 23) & 255;
        if (exponent == 0)
            return new(0, 0);
        // 1.BaseFraction - 0.000StepFraction * 0.Y
        Exact value = new Exact(0x2000 + ((b >> 10) & 0x1fff), -13) + -(new Exact(b & 0x3ff, -13) * new Exact(a & 0x7_ffff, -19));
        value = value with { Exponent = value.Exponent + exponent - 127 };
        return b >> 31 == 0 ? value : -value;
    }

    private static BigInteger ToInteger(uint word, int scale, BigInteger least, BigInteger most)
    {
        Exact number = Number(word);
        int exponent = number.Exponent + scale;
        BigInteger magnitude = BigInteger.Abs(number.Significand);
        magnitude = exponent >= 0 ? magnitude << exponent : magnitude >> -exponent;
        BigInteger value = number.Significand.Sign < 0 ? -magnitude : magnitude;
        return BigInteger.Min(BigInteger.Max(value, least), most);
    }

    private static void Estimate(PlainSpu s, Func<uint, (uint Sign, uint Magnitude)> of)
    {
        byte[] result = Words(j =>
        {
            uint a = W(s.A, j);
            if (((a >> 23) & 255) == 0)
                SetBit(s.Fpscr, 116 + j);
            (uint sign, uint magnitude) = of(a);
            return sign | magnitude;
        });
        s.SetT(result);
    }

    // Base and step are the implementation's; EstimateTests holds them against what the manual promises of them.
    private static uint Table(uint a, bool root)
    {
        uint exponent = (a >> 23) & 255;
        uint index = (a & 0x7f_ffff) / 0x4_0000;
        if (root)
        {
            uint fraction = EstimateFractions.Root[(int)(index + (32 * (exponent % 2)))];
            // 1/sqrt of 1.f times 2 to the e: the exponent is -e/2, one lower where the fraction counts from below 1.
            uint half = exponent == 0 ? 255 : (uint)(127 + (int)Math.Floor((126 - (double)exponent) / 2));
            return (half * 0x80_0000) + fraction;
        }

        uint reciprocal = exponent == 0 ? 255 : exponent > 253 ? 0 : 253 - exponent;
        return (reciprocal * 0x80_0000) + EstimateFractions.Reciprocal[(int)index];
    }
}
