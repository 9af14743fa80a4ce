using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Arithmetic.SinglePrecision;
using SpuRuntime.State;

namespace SpuRuntime.Arithmetic.DoublePrecision;

/// <summary>An IEEE format as the rounding sees it.</summary>
/// <param name="Precision">Bits of a significand, the first included.</param>
/// <param name="Bias">What is added to exponents.</param>
/// <param name="Fields">Where the sign stands: the bits of exponent and fraction together.</param>
internal readonly record struct IeeeFormat(int Precision, int Bias, int Fields)
{
    public static IeeeFormat Single => new(24, 127, 31);

    public static IeeeFormat Double => new(53, 1023, 63);

    public ulong Infinity => ((1UL << (Fields - Precision + 1)) - 1) << (Precision - 1);
}

/// <summary>IEEE numbers with what the SPU does to denormal operands and NaNs (SPU ISA 9.2), in exact integers.</summary>
internal static class DoubleFormat
{
    public const ulong Sign = 1UL << 63;
    public const ulong Infinity = 0x7ffUL << 52;
    public const ulong DefaultNan = 0xfffUL << 51;

    private const ulong QuietBit = 1UL << 51;
    private const ulong FractionMask = (1UL << 52) - 1;

    // Rounding modes as RN0 and RN1 have them; 1 is to zero.
    private const uint RoundNearest = 0;
    private const uint RoundUp = 2;
    private const uint RoundDown = 3;

    // Where significands have their first bit while they are added: two bits are left for the carry.
    private const int FirstBit = 125;

    public static bool IsNan(ulong value) => (value & ~Sign) > Infinity;

    public static bool IsSignalling(ulong value) => IsNan(value) && (value & QuietBit) == 0;

    public static bool IsInfinite(ulong value) => (value & ~Sign) == Infinity;

    public static bool IsZero(ulong value) => (value & ~Sign) == 0;

    /// <summary>The number of the other sign; a NaN stays as it is.</summary>
    public static ulong Negate(ulong value) => IsNan(value) ? value : value ^ Sign;

    /// <summary>The operand, or a zero of its sign when it is denormal: a Cell BE takes it for one (9.2, DENORM).</summary>
    public static ulong Operand(ulong value, ref uint flags)
    {
        if ((value & Infinity) != 0 || (value & FractionMask) == 0)
            return value;
        flags |= SpuFpscr.DoubleDenormal;
        return value & Sign;
    }

    /// <summary>a times b plus c, rounded once. Operands that are NaN yield the default NaN (9.2).</summary>
    public static ulong MultiplyAdd(ulong a, ulong b, ulong c, uint mode, ref uint flags)
    {
        a = Operand(a, ref flags);
        b = Operand(b, ref flags);
        c = Operand(c, ref flags);
        ulong productSign = (a ^ b) & Sign;
        bool invalid = IsSignalling(a) || IsSignalling(b) || IsSignalling(c)
            || (IsInfinite(a) && IsZero(b)) || (IsZero(a) && IsInfinite(b));
        bool nan = IsNan(a) || IsNan(b) || IsNan(c);
        bool infiniteProduct = IsInfinite(a) || IsInfinite(b);
        if (!nan && infiniteProduct && IsInfinite(c) && productSign != (c & Sign))
            invalid = true;
        flags |= (invalid ? SpuFpscr.DoubleInvalid : 0) | (nan ? SpuFpscr.DoubleNan : 0);
        if (invalid || nan)
            return DefaultNan;
        if (infiniteProduct)
            return productSign | Infinity;
        if (IsInfinite(c))
            return c;
        if (IsZero(a) || IsZero(b))
            return IsZero(c) ? ZeroSum(productSign, c & Sign, mode) : c;

        // The product has its first bit at 105 or 104.
        UInt128 product = (UInt128)Significand(a) * Significand(b);
        int productExponent = Exponent(a) + Exponent(b) - (2 * 52);
        Normalize(ref product, ref productExponent);
        if (IsZero(c))
            return Round(IeeeFormat.Double, productSign, product, productExponent, mode, ref flags);
        UInt128 addend = Significand(c);
        int addendExponent = Exponent(c) - 52;
        Normalize(ref addend, ref addendExponent);
        return Sum(productSign, product, productExponent, c & Sign, addend, addendExponent, mode, ref flags);
    }

    /// <summary>a plus b.</summary>
    public static ulong Add(ulong a, ulong b, uint mode, ref uint flags) =>
        MultiplyAdd(a, BitConverter.DoubleToUInt64Bits(1), b, mode, ref flags);

    /// <summary>a times b.</summary>
    public static ulong Multiply(ulong a, ulong b, uint mode, ref uint flags)
    {
        // A zero of the product's sign changes neither the product nor the sign of a zero one.
        ulong zero = (a ^ b) & Sign;
        return MultiplyAdd(a, b, zero, mode, ref flags);
    }

    /// <summary><c>frds</c>: the single nearest in the rounding mode's sense.</summary>
    public static uint ToSingle(ulong value, uint mode, ref uint flags)
    {
        value = Operand(value, ref flags);
        uint sign = (uint)(value >> 32) & SingleFormat.Sign;
        if (IsNan(value))
        {
            flags |= SpuFpscr.DoubleNan | (IsSignalling(value) ? SpuFpscr.DoubleInvalid : 0);
            return 0x7fc0_0000;
        }

        if (IsInfinite(value))
            return sign | SingleFormat.ExponentMask;
        if (IsZero(value))
            return sign;
        UInt128 significand = Significand(value);
        int exponent = Exponent(value) - 52;
        Normalize(ref significand, ref exponent);
        ulong magnitude = Round(IeeeFormat.Single, value & Sign, significand, exponent, mode, ref flags) & ~Sign;
        return sign | (uint)magnitude;
    }

    /// <summary><c>fesd</c>: the same number.</summary>
    public static ulong FromSingle(uint value, ref uint flags)
    {
        ulong sign = (ulong)(value & SingleFormat.Sign) << 32;
        uint magnitude = value & SingleFormat.Largest;
        uint exponent = magnitude >> 23;
        if (exponent == 0)
        {
            if (magnitude != 0)
                flags |= SpuFpscr.DoubleDenormal;
            return sign;
        }

        if (exponent < 255)
            return sign | (((ulong)magnitude << 29) + (896UL << 52));
        if (magnitude == SingleFormat.ExponentMask)
            return sign | Infinity;
        flags |= SpuFpscr.DoubleNan | ((magnitude & 0x40_0000) == 0 ? SpuFpscr.DoubleInvalid : 0);
        return DefaultNan;
    }

    // Of a normal number.
    private static ulong Significand(ulong value) => (value & FractionMask) | (FractionMask + 1);

    private static int Exponent(ulong value) => (int)((value >> 52) & 0x7ff) - 1023;

    // Moves the first bit to FirstBit; the value is significand times 2 to the exponent before and after.
    private static void Normalize(ref UInt128 significand, ref int exponent)
    {
        int shift = (int)UInt128.LeadingZeroCount(significand) - (127 - FirstBit);
        significand = shift >= 0 ? significand << shift : ShiftRightJam(significand, -shift);
        exponent -= shift;
    }

    // What is shifted out is or-ed into the last bit: rounding sees that there was something.
    private static UInt128 ShiftRightJam(UInt128 value, int count)
    {
        if (count == 0)
            return value;
        if (count > 127)
            return value == 0 ? 0 : UInt128.One;
        UInt128 lost = value & ((UInt128.One << count) - 1);
        return (value >> count) | (lost == 0 ? UInt128.Zero : UInt128.One);
    }

    private static ulong Sum(
        ulong leftSign, UInt128 left, int leftExponent, ulong rightSign, UInt128 right, int rightExponent, uint mode, ref uint flags)
    {
        if (leftExponent < rightExponent)
        {
            (leftSign, rightSign) = (rightSign, leftSign);
            (left, right) = (right, left);
            (leftExponent, rightExponent) = (rightExponent, leftExponent);
        }

        // Bits are lost only when the exponents are so far apart that a difference loses at most one leading bit: the jammed bit stays
        // below all that rounding depends on.
        right = ShiftRightJam(right, leftExponent - rightExponent);
        ulong sign = leftSign;
        UInt128 sum;
        if (leftSign == rightSign)
        {
            sum = left + right;
        }
        else if (left >= right)
        {
            sum = left - right;
        }
        else
        {
            sum = right - left;
            sign = rightSign;
        }

        if (sum == 0)
            return ZeroSum(leftSign, rightSign, mode);
        Normalize(ref sum, ref leftExponent);
        return Round(IeeeFormat.Double, sign, sum, leftExponent, mode, ref flags);
    }

    // IEEE 754 6.3: a sum that is zero is +0, but -0 when both are, or when rounding goes to -infinity and they differ.
    private static ulong ZeroSum(ulong leftSign, ulong rightSign, uint mode) =>
        leftSign == rightSign ? leftSign : mode == RoundDown ? Sign : 0;

    // The significand has its first bit at FirstBit. The result's sign is the double's bit 0, its magnitude the format's.
    private static ulong Round(IeeeFormat format, ulong sign, UInt128 significand, int exponent, uint mode, ref uint flags)
    {
        int biased = exponent + FirstBit + format.Bias;
        // Tiny before rounding (9.2.2): then the significand is denormal.
        bool tiny = biased < 1;
        int drop = FirstBit + 1 - format.Precision;
        if (tiny)
        {
            significand = ShiftRightJam(significand, Math.Min(1 - biased, 127));
            biased = 1;
        }

        UInt128 lost = significand & ((UInt128.One << drop) - 1);
        UInt128 half = UInt128.One << (drop - 1);
        ulong kept = (ulong)(significand >> drop);
        bool up = mode switch
        {
            RoundNearest => lost > half || (lost == half && (kept & 1) != 0),
            RoundUp => lost != 0 && sign == 0,
            RoundDown => lost != 0 && sign != 0,
            _ => false,
        };
        if (lost != 0)
            flags |= SpuFpscr.DoubleInexact | (tiny ? SpuFpscr.DoubleUnderflow : 0);
        if (up)
            kept++;
        // The first bit of the significand adds one to the exponent's field; a carry out of it makes the next one.
        ulong magnitude = ((ulong)(biased - 1) << (format.Precision - 1)) + kept;
        if (magnitude < format.Infinity)
            return sign | magnitude;
        flags |= SpuFpscr.DoubleOverflow | SpuFpscr.DoubleInexact;
        bool toInfinity = mode == RoundNearest || (mode == RoundUp && sign == 0) || (mode == RoundDown && sign != 0);
        return sign | (toInfinity ? format.Infinity : format.Infinity - 1);
    }
}
