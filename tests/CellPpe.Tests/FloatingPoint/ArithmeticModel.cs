using System.Numerics;

using CellPpe.Ppe.State;

namespace CellPpe.Tests.FloatingPoint;

/// <summary>
/// Book I's arithmetic on finite nonzero operands a second time, slowly and plainly, on whole numbers of any size:
/// the authority for FR and for the exponent adjustments, which no other reference at hand has.
/// </summary>
internal sealed record ArithmeticModel(int Precision, int MinExponent, int MaxExponent, int Adjustment)
{
    public static ArithmeticModel Double { get; } = new(53, -1022, 1023, 1536);

    public static ArithmeticModel Single { get; } = new(24, -126, 127, 192);

    /// <summary>A rational number: Numerator * 2^Exponent; in an inexact one the last bit is a sticky bit.</summary>
    public readonly record struct Number(BigInteger Numerator, int Exponent)
    {
        public static Number Of(ulong image)
        {
            int biased = (int)(image >> 52) & 0x7ff;
            BigInteger magnitude = (image & ((1UL << 52) - 1)) | (biased == 0 ? 0 : 1UL << 52);
            return new Number((long)image < 0 ? -magnitude : magnitude, Math.Max(biased, 1) - 1075);
        }

        public static Number operator -(Number number) => new(-number.Numerator, number.Exponent);

        public static Number operator +(Number left, Number right)
        {
            int exponent = Math.Min(left.Exponent, right.Exponent);
            return new Number(
                (left.Numerator << (left.Exponent - exponent)) + (right.Numerator << (right.Exponent - exponent)), exponent);
        }

        public static Number operator *(Number left, Number right) =>
            new(left.Numerator * right.Numerator, left.Exponent + right.Exponent);

        public static Number operator /(Number left, Number right)
        {
            const int Extra = 200;
            BigInteger quotient = BigInteger.DivRem(
                BigInteger.Abs(left.Numerator) << Extra, BigInteger.Abs(right.Numerator), out BigInteger remainder);
            BigInteger sticky = (quotient << 1) + (remainder.IsZero ? 0 : 1);
            return new Number(
                left.Numerator.Sign * right.Numerator.Sign * sticky, left.Exponent - right.Exponent - Extra - 1);
        }

        public Number Root()
        {
            int shift = 300 + (Exponent & 1);
            BigInteger square = Numerator << shift;
            BigInteger root = BigInteger.One << (((int)square.GetBitLength() + 1) / 2);
            for (BigInteger next = (root + (square / root)) >> 1; next < root; next = (root + (square / root)) >> 1)
                root = next;
            BigInteger sticky = (root << 1) + (root * root == square ? 0 : 1);
            return new Number(sticky, ((Exponent - shift) / 2) - 1);
        }
    }

    /// <summary>The target register and FPSCR after rounding an intermediate result that is not zero.</summary>
    public FloatOutcome Deliver(Number number, uint fpscr, bool negate)
    {
        bool negative = number.Numerator.Sign < 0;
        BigInteger magnitude = BigInteger.Abs(number.Numerator);
        int leading = (int)magnitude.GetBitLength() - 1 + number.Exponent;
        bool tiny = leading < MinExponent;
        bool underflowEnabled = (fpscr & Fpscr.Ue) != 0;

        // The exponent of the last bit that stays; a disabled underflow denormalizes (4.4.4.1).
        int last = (tiny && !underflowEnabled ? MinExponent : leading) - (Precision - 1);
        BigInteger rounded = Round(magnitude, last - number.Exponent, (int)(fpscr & 3), negative, out bool inexact, out bool up);
        int adjustment = 0;
        uint exceptions = inexact ? Fpscr.Xx : 0;
        if (tiny && (underflowEnabled || inexact))
            exceptions |= Fpscr.Ux;
        if (tiny && underflowEnabled)
            adjustment = Adjustment;

        bool denormalized = tiny && !underflowEnabled && rounded.GetBitLength() < Precision;
        bool isNegative = negative != negate;
        ulong image;
        uint rounding = (up ? Fpscr.Fr : 0) | (inexact ? Fpscr.Fi : 0);
        if (!rounded.IsZero && (int)rounded.GetBitLength() - 1 + last > MaxExponent)
        {
            exceptions |= Fpscr.Ox;
            if ((fpscr & Fpscr.Oe) == 0)
            {
                exceptions |= Fpscr.Xx;
                bool infinite = (fpscr & 3) == 0 || (fpscr & 3) == (negative ? 3u : 2u);
                image = infinite
                    ? 0x7ff0_0000_0000_0000
                    : Image((BigInteger.One << Precision) - 1, MaxExponent - Precision + 1);
                // FR as consoles were seen to have it, rounding to nearest; chosen in the other modes.
                rounding = Fpscr.Fi | (infinite ? Fpscr.Fr : 0);
                return Outcome(fpscr, exceptions, rounding, image, isNegative, infinite ? 0b00101u : 0b00100u);
            }

            adjustment = -Adjustment;
        }

        image = rounded.IsZero ? 0 : Image(rounded, last + adjustment);
        uint fprf = rounded.IsZero ? 0b00010u : denormalized ? 0b10100u : 0b00100u;
        return Outcome(fpscr, exceptions, rounding, image, isNegative, fprf);
    }

    private static FloatOutcome Outcome(uint fpscr, uint exceptions, uint rounding, ulong image, bool negative, uint fprf)
    {
        // Figure 29: a negative class has FL for FG, and -0 has C.
        if (negative)
        {
            image |= 1UL << 63;
            fprf = fprf == 0b00010 ? 0b10010 : fprf ^ 0b01100;
        }

        uint after = (fpscr & ~(Fpscr.FprfMask | Fpscr.Fr | Fpscr.Fi)) | exceptions | rounding | (fprf << 12);
        if ((exceptions & ~fpscr) != 0)
            after |= Fpscr.Fx;
        return new FloatOutcome(image, Fpscr.Summarize(after));
    }

    private static BigInteger Round(
        BigInteger magnitude, int discard, int mode, bool negative, out bool inexact, out bool up)
    {
        inexact = false;
        up = false;
        if (discard <= 0)
            return magnitude << -discard;

        BigInteger kept = magnitude >> discard;
        BigInteger rest = magnitude - (kept << discard);
        int toHalf = (rest << 1).CompareTo(BigInteger.One << discard);
        inexact = !rest.IsZero;
        up = mode switch
        {
            0 => toHalf > 0 || (toHalf == 0 && !kept.IsEven),
            1 => false,
            2 => inexact && !negative,
            _ => inexact && negative,
        };
        return up ? kept + 1 : kept;
    }

    private static ulong Image(BigInteger magnitude, int exponent)
    {
        int length = (int)magnitude.GetBitLength();
        int biased = length - 1 + exponent + 1023;
        if (biased <= 0)
            return (ulong)(exponent + 1074 >= 0 ? magnitude << (exponent + 1074) : magnitude >> -(exponent + 1074));

        BigInteger significand = length <= 53 ? magnitude << (53 - length) : magnitude >> (length - 53);
        return ((ulong)biased << 52) | ((ulong)significand & ((1UL << 52) - 1));
    }
}
