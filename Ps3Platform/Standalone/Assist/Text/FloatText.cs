using System.Globalization;
using System.Numerics;

namespace Ps3Platform.Standalone.Assist.Text;

/// <summary>
/// Digits of a double as C's printf writes them: the exact value, rounded to nearest, ties to the even digit. Only for numbers that are
/// not negative; <see cref="Formatter"/> adds sign, width and padding.
/// </summary>
internal static class FloatText
{
    private const int FractionBits = 52;
    private const int Bias = 1075;

    /// <summary>%f.</summary>
    public static string Fixed(double value, int precision, bool alternate)
    {
        string digits = Scaled(value, precision).ToString(CultureInfo.InvariantCulture).PadLeft(precision + 1, '0');
        return WithPoint(digits, digits.Length - precision, alternate);
    }

    /// <summary>%e.</summary>
    public static string Scientific(double value, int precision, bool alternate, bool upper)
    {
        (string digits, int exponent) = Significant(value, precision);
        return WithPoint(digits, 1, alternate) + Exponent(exponent, upper ? 'E' : 'e', 2);
    }

    /// <summary>%g: the shorter style, without trailing zeros unless the alternate form is requested.</summary>
    public static string General(double value, int precision, bool alternate, bool upper)
    {
        precision = Math.Max(precision, 1);
        (string digits, int exponent) = Significant(value, precision - 1);
        bool isFixed = exponent >= -4 && exponent < precision;
        if (isFixed)
        {
            string text = Fixed(value, precision - 1 - exponent, alternate);
            return alternate ? text : Trimmed(text);
        }

        string mantissa = WithPoint(digits, 1, alternate);
        return (alternate ? mantissa : Trimmed(mantissa)) + Exponent(exponent, upper ? 'E' : 'e', 2);
    }

    /// <summary>%a: one binary digit before the point, and as many hexadecimal ones after it as needed or requested.</summary>
    public static string Hexadecimal(double value, int precision, bool alternate, bool upper)
    {
        const int Nibbles = FractionBits / 4;
        (ulong mantissa, int power) = Parts(value);
        bool isNormal = (mantissa >> FractionBits) != 0;
        int exponent = mantissa == 0 ? 0 : power + FractionBits;
        int digits = precision >= 0 ? Math.Min(precision, Nibbles) : Nibbles;
        int dropped = (Nibbles - digits) * 4;
        if (dropped > 0)
            mantissa = (ulong)Round(mantissa, dropped) << dropped;
        string fraction = (mantissa & ((1UL << FractionBits) - 1)).ToString("x13", CultureInfo.InvariantCulture)[..digits];
        fraction = precision < 0 ? fraction.TrimEnd('0') : fraction.PadRight(precision, '0');
        string point = fraction.Length > 0 || alternate ? "." : "";
        // Rounding up may carry into the digit before the point; a 2 there is as correct as a 1 with the next exponent.
        string text = $"0x{(isNormal || mantissa >> FractionBits != 0 ? mantissa >> FractionBits : 0)}{point}{fraction}{Exponent(exponent, 'p', 1)}";
        return upper ? text.ToUpperInvariant() : text;
    }

    // The digits of value * 10^decimals, rounded.
    private static BigInteger Scaled(double value, int decimals)
    {
        (ulong mantissa, int power) = Parts(value);
        BigInteger numerator = mantissa;
        BigInteger denominator = BigInteger.One;
        if (power > 0)
            numerator <<= power;
        else
            denominator <<= -power;
        if (decimals >= 0)
            numerator *= BigInteger.Pow(10, decimals);
        else
            denominator *= BigInteger.Pow(10, -decimals);

        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        int half = (rest * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    // The first digit and a number of further ones, and the power of ten of the first.
    private static (string Digits, int Exponent) Significant(double value, int more)
    {
        if (value == 0)
            return (new string('0', more + 1), 0);
        // Starts one too low, because the logarithm may be off by one. A power that is too small gives a digit too many, and so does
        // rounding 9.99 up to 10.0.
        for (int exponent = (int)Math.Floor(Math.Log10(value)) - 1; ; exponent++)
        {
            string digits = Scaled(value, more - exponent).ToString(CultureInfo.InvariantCulture);
            if (digits.Length == more + 1)
                return (digits, exponent);
        }
    }

    // value = mantissa * 2^power, exactly.
    private static (ulong Mantissa, int Power) Parts(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ulong fraction = bits & ((1UL << FractionBits) - 1);
        int exponent = (int)(bits >> FractionBits) & 0x7ff;
        return exponent == 0 ? (fraction, 1 - Bias) : (fraction | (1UL << FractionBits), exponent - Bias);
    }

    private static BigInteger Round(ulong value, int bits)
    {
        ulong kept = value >> bits;
        ulong rest = value & ((1UL << bits) - 1);
        ulong half = 1UL << (bits - 1);
        return rest > half || (rest == half && (kept & 1) != 0) ? kept + 1 : kept;
    }

    private static string WithPoint(string digits, int before, bool alternate)
    {
        if (digits.Length == before)
            return alternate ? digits + "." : digits;
        return string.Concat(digits.AsSpan(0, before), ".", digits.AsSpan(before));
    }

    private static string Trimmed(string text) => text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;

    private static string Exponent(int exponent, char letter, int digits) =>
        letter + (exponent < 0 ? "-" : "+") + Math.Abs(exponent).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
}
