using System.Numerics;

using static SpuRuntime.Tests.Vectors.PlainSpu;

namespace SpuRuntime.Tests.Vectors;

/// <summary>
/// Section 9.2, for a machine that takes denormal operands for zeros and answers NaNs with the default one: rounding is choosing among
/// the two neighbours of an exact rational.
/// </summary>
internal static class PlainDouble
{
    private const ulong Sign = 0x8000_0000_0000_0000;
    private const ulong Infinity = 0x7ff0_0000_0000_0000;
    private const ulong DefaultNan = 0x7ff8_0000_0000_0000;

    // The six flags of a slice, from its first bit.
    private const int Ovf = 0;
    private const int Unf = 1;
    private const int Inx = 2;
    private const int Inv = 3;
    private const int Nan = 4;
    private const int Denorm = 5;

    private sealed record Format(int Precision, int LeastExponent, int GreatestExponent, int Bias);

    private static readonly Format Double = new(53, -1022, 1023, 1023);
    private static readonly Format Single = new(24, -126, 127, 127);

    public static void Define(Dictionary<string, Action<PlainSpu>> all)
    {
        const ulong One = 0x3ff0_0000_0000_0000;
        all["dfa"] = static s => Slices(s, slice => Fused(s, slice, Dw(s.A, slice), One, Dw(s.B, slice), false));
        all["dfs"] = static s => Slices(s, slice => Fused(s, slice, Dw(s.A, slice), One, Dw(s.B, slice), true));
        all["dfm"] = static s => Slices(s, slice => Product(s, slice, Dw(s.A, slice), Dw(s.B, slice)));
        all["dfma"] = static s => Slices(s, slice => Fused(s, slice, Dw(s.A, slice), Dw(s.B, slice), Dw(s.T, slice), false));
        all["dfms"] = static s => Slices(s, slice => Fused(s, slice, Dw(s.A, slice), Dw(s.B, slice), Dw(s.T, slice), true));
        all["dfnma"] = static s => Slices(s, slice => Negated(Fused(s, slice, Dw(s.A, slice), Dw(s.B, slice), Dw(s.T, slice), false)));
        all["dfnms"] = static s => Slices(s, slice => Negated(Fused(s, slice, Dw(s.A, slice), Dw(s.B, slice), Dw(s.T, slice), true)));
        all["frds"] = static s => Slices(s, slice => (ulong)ToSingle(s, slice, Dw(s.A, slice)) << 32);
        all["fesd"] = static s => Slices(s, slice => FromSingle(s, slice, W(s.A, 2 * slice)));
        all["dfceq"] = static s => Slices(s, slice => Compare(s, slice, Dw(s.A, slice), Dw(s.B, slice), static order => order == 0));
        all["dfcgt"] = static s => Slices(s, slice => Compare(s, slice, Dw(s.A, slice), Dw(s.B, slice), static order => order > 0));
        all["dfcmeq"] = static s =>
            Slices(s, slice => Compare(s, slice, Dw(s.A, slice) & ~Sign, Dw(s.B, slice) & ~Sign, static order => order == 0));
        all["dfcmgt"] = static s =>
            Slices(s, slice => Compare(s, slice, Dw(s.A, slice) & ~Sign, Dw(s.B, slice) & ~Sign, static order => order > 0));
        all["dftsv"] = static s => Slices(s, slice => Special(Dw(s.A, slice), s.Bits(11, 17)));
    }

    private static void Slices(PlainSpu s, Func<int, ulong> of) => s.SetT(Doublewords(of));

    private static void Flag(PlainSpu s, int slice, int flag) => SetBit(s.Fpscr, (slice == 0 ? 50 : 82) + flag);

    private static int Rounding(PlainSpu s, int slice) =>
        (Bit(s.Fpscr, 20 + (2 * slice)) ? 2 : 0) + (Bit(s.Fpscr, 21 + (2 * slice)) ? 1 : 0);

    private static bool IsNan(ulong value) => (value & ~Sign) > Infinity;

    private static bool IsSignalling(ulong value) => IsNan(value) && (value & 0x0008_0000_0000_0000) == 0;

    private static ulong Negated(ulong value) => IsNan(value) ? value : value ^ Sign;

    private static ulong Flushed(PlainSpu s, int slice, ulong value)
    {
        ulong magnitude = value & ~Sign;
        if (magnitude is 0 or >= 0x0010_0000_0000_0000)
            return value;
        Flag(s, slice, Denorm);
        return value & Sign;
    }

    private static bool Nans(PlainSpu s, int slice, params ulong[] operands)
    {
        if (operands.Any(IsSignalling))
            Flag(s, slice, Inv);
        if (!operands.Any(IsNan))
            return false;
        Flag(s, slice, Nan);
        return true;
    }

    private static (BigInteger Significand, int Exponent) Number(ulong value)
    {
        int exponent = (int)(value >> 52) & 0x7ff;
        BigInteger significand = exponent == 0 ? 0 : (value & 0x000f_ffff_ffff_ffff) + 0x0010_0000_0000_0000;
        return ((value & Sign) == 0 ? significand : -significand, exponent - 1023 - 52);
    }

    private static ulong Product(PlainSpu s, int slice, ulong a, ulong b)
    {
        a = Flushed(s, slice, a);
        b = Flushed(s, slice, b);
        ulong sign = (a ^ b) & Sign;
        bool nan = Nans(s, slice, a, b);
        bool infinite = (a & ~Sign) == Infinity || (b & ~Sign) == Infinity;
        if (!nan && infinite && ((a & ~Sign) == 0 || (b & ~Sign) == 0))
        {
            Flag(s, slice, Inv);
            return DefaultNan;
        }

        if (nan)
            return DefaultNan;
        if (infinite)
            return sign | Infinity;
        (BigInteger left, int leftExponent) = Number(a);
        (BigInteger right, int rightExponent) = Number(b);
        return Round(s, slice, Double, left * right, leftExponent + rightExponent, sign);
    }

    private static ulong Fused(PlainSpu s, int slice, ulong a, ulong b, ulong c, bool subtract)
    {
        a = Flushed(s, slice, a);
        b = Flushed(s, slice, b);
        c = Flushed(s, slice, c);
        bool nan = Nans(s, slice, a, b, c);
        if (subtract && !IsNan(c))
            c ^= Sign;
        ulong sign = (a ^ b) & Sign;
        bool infiniteProduct = !IsNan(a) && !IsNan(b) && ((a & ~Sign) == Infinity || (b & ~Sign) == Infinity);
        bool invalid = infiniteProduct && ((a & ~Sign) == 0 || (b & ~Sign) == 0);
        if (!nan && infiniteProduct && (c & ~Sign) == Infinity && (c & Sign) != sign)
            invalid = true;
        if (invalid)
            Flag(s, slice, Inv);
        if (invalid || nan)
            return DefaultNan;
        if (infiniteProduct)
            return sign | Infinity;
        if ((c & ~Sign) == Infinity)
            return c;
        (BigInteger left, int leftExponent) = Number(a);
        (BigInteger right, int rightExponent) = Number(b);
        (BigInteger third, int thirdExponent) = Number(c);
        int productExponent = leftExponent + rightExponent;
        int exponent = Math.Min(productExponent, thirdExponent);
        BigInteger sum = (left * right << (productExponent - exponent)) + (third << (thirdExponent - exponent));
        // A sum that is zero: of equal signs theirs, else minus only when rounding down.
        ulong zeroSign = sign == (c & Sign) ? sign : Rounding(s, slice) == 3 ? Sign : 0;
        return Round(s, slice, Double, sum, exponent, zeroSign);
    }

    private static ulong Round(PlainSpu s, int slice, Format format, BigInteger significand, int exponent, ulong zeroSign)
    {
        if (significand.IsZero)
            return zeroSign;
        ulong sign = significand.Sign < 0 ? Sign : 0;
        BigInteger magnitude = BigInteger.Abs(significand);
        int first = exponent + (int)magnitude.GetBitLength() - 1;
        bool tiny = first < format.LeastExponent;
        // The weight of the result's last place.
        int last = Math.Max(first, format.LeastExponent) - format.Precision + 1;
        BigInteger below;
        BigInteger rest;
        BigInteger whole;
        if (exponent >= last)
        {
            (below, rest, whole) = (magnitude << (exponent - last), 0, 1);
        }
        else
        {
            whole = BigInteger.One << (last - exponent);
            below = BigInteger.DivRem(magnitude, whole, out rest);
        }

        bool up = Rounding(s, slice) switch
        {
            0 => 2 * rest > whole || (2 * rest == whole && !below.IsEven),
            1 => false,
            2 => !rest.IsZero && sign == 0,
            _ => !rest.IsZero && sign != 0,
        };
        BigInteger rounded = up ? below + 1 : below;
        bool inexact = !rest.IsZero;
        if (inexact && tiny)
            Flag(s, slice, Unf);
        if (last + (int)rounded.GetBitLength() - 1 > format.GreatestExponent)
        {
            Flag(s, slice, Ovf);
            Flag(s, slice, Inx);
            bool infinity = Rounding(s, slice) switch { 0 => true, 1 => false, 2 => sign == 0, _ => sign != 0 };
            ulong most = (ulong)((2 * format.GreatestExponent) + 1) << (format.Precision - 1);
            return sign | (infinity ? most : most - 1);
        }

        if (inexact)
            Flag(s, slice, Inx);
        if (rounded.IsZero)
            return sign;
        int length = (int)rounded.GetBitLength();
        // Below the precision it is denormal: the exponent's field is 0.
        if (length < format.Precision)
            return sign | (ulong)rounded;
        int leading = last + length - 1;
        BigInteger normal = rounded >> (length - format.Precision);
        return sign | ((ulong)(leading + format.Bias) << (format.Precision - 1))
            | (ulong)(normal - (BigInteger.One << (format.Precision - 1)));
    }

    private static uint ToSingle(PlainSpu s, int slice, ulong value)
    {
        value = Flushed(s, slice, value);
        uint sign = (value & Sign) == 0 ? 0 : 0x8000_0000;
        if (Nans(s, slice, value))
            return 0x7fc0_0000;
        if ((value & ~Sign) == Infinity)
            return sign | 0x7f80_0000;
        (BigInteger significand, int exponent) = Number(value);
        return sign | (uint)(Round(s, slice, Single, significand, exponent, value & Sign) & 0x7fff_ffff);
    }

    private static ulong FromSingle(PlainSpu s, int slice, uint word)
    {
        ulong sign = word >> 31 == 0 ? 0 : Sign;
        uint exponent = (word >> 23) & 255;
        uint fraction = word & 0x7f_ffff;
        if (exponent == 255 && fraction != 0)
        {
            Flag(s, slice, Nan);
            if (fraction < 0x40_0000)
                Flag(s, slice, Inv);
            return DefaultNan;
        }

        if (exponent == 255)
            return sign | Infinity;
        if (exponent == 0)
        {
            if (fraction != 0)
                Flag(s, slice, Denorm);
            return sign;
        }

        return sign | BitConverter.DoubleToUInt64Bits(Math.ScaleB(1 + (fraction / 8388608.0), (int)exponent - 127));
    }

    private static ulong Compare(PlainSpu s, int slice, ulong a, ulong b, Func<int, bool> holds)
    {
        if (IsNan(a) || IsNan(b))
        {
            Flag(s, slice, Inv);
            return 0;
        }

        return holds(Order(a).CompareTo(Order(b))) ? ulong.MaxValue : 0;
    }

    // IEEE magnitudes are in the order of their images.
    private static BigInteger Order(ulong value) => (value & Sign) == 0 ? value : -(BigInteger)(value & ~Sign);

    private static ulong Special(ulong value, uint wanted)
    {
        bool negative = (value & Sign) != 0;
        ulong magnitude = value & ~Sign;
        (uint Bit, bool Holds)[] checks =
        [
            (0b1000000, IsNan(value)),
            (0b0100000, magnitude == Infinity && !negative),
            (0b0010000, magnitude == Infinity && negative),
            (0b0001000, magnitude == 0 && !negative),
            (0b0000100, magnitude == 0 && negative),
            (0b0000010, magnitude is > 0 and < 0x0010_0000_0000_0000 && !negative),
            (0b0000001, magnitude is > 0 and < 0x0010_0000_0000_0000 && negative),
        ];
        return checks.Any(check => check.Holds && (check.Bit & wanted) != 0) ? ulong.MaxValue : 0;
    }
}
