using System.Buffers;
using System.Globalization;
using System.Text;

using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Text;

/// <summary>
/// C's printf (C99 7.19.6.1) over a format string and variable arguments in local store, in the C locale. What the standard leaves
/// open is as in glibc.
/// </summary>
internal static class Formatter
{
    // Four times the size of a local store. The limit keeps a program from filling the host's memory.
    private const int Widest = 1 << 20;

    /// <summary>Formats. False for an unknown conversion or a width beyond the limit; the message says which.</summary>
    public static bool TryFormat(AssistCall call, uint format, VariableArguments arguments, ArrayBufferWriter<byte> output, out string? trouble)
    {
        ReadOnlySpan<byte> text = call.Text(format);
        trouble = null;
        for (int at = 0; at < text.Length;)
        {
            int percent = text[at..].IndexOf((byte)'%');
            if (percent < 0)
            {
                output.Write(text[at..]);
                break;
            }

            output.Write(text.Slice(at, percent));
            int start = at + percent;
            at = start + 1;
            bool isWhole = ConversionSpec.TryParse(text, ref at, ref arguments, out ConversionSpec spec);
            if (!isWhole || spec.Width > Widest || spec.Precision > Widest || output.WrittenCount > 16 * Widest || !TryConvert(call, spec, ref arguments, output))
            {
                trouble = $"the conversion \"{Encoding.Latin1.GetString(text[start..at])}\" of a format string";
                return false;
            }
        }

        return true;
    }

    private static bool TryConvert(AssistCall call, in ConversionSpec spec, ref VariableArguments arguments, ArrayBufferWriter<byte> output)
    {
        switch ((char)spec.Kind)
        {
            case '%':
                output.Write("%"u8);
                return true;
            case 'd' or 'i':
                Signed(spec, ref arguments, output);
                return true;
            case 'u' or 'o' or 'x' or 'X':
                ulong number = Unsigned(spec, ref arguments);
                Integer(spec, Digits(number, spec.Kind), Prefix(spec, number), output);
                return true;
            case 'c' when spec.Length != ArgumentLength.Long:
                Pad(spec, [(byte)arguments.NextWord()], output);
                return true;
            case 's' when spec.Length != ArgumentLength.Long:
                String(call, spec, arguments.NextWord(), output);
                return true;
            case 'p':
                uint pointer = arguments.NextWord();
                Pad(spec, pointer == 0 ? "(nil)"u8 : Encoding.ASCII.GetBytes($"0x{pointer:x}"), output);
                return true;
            case 'n':
                StoreCount(call, spec, arguments.NextWord(), (ulong)output.WrittenCount);
                return true;
            case 'f' or 'F' or 'e' or 'E' or 'g' or 'G' or 'a' or 'A':
                Float(spec, arguments.NextDouble(), output);
                return true;
            default:
                return false;
        }
    }

    private static void Signed(in ConversionSpec spec, ref VariableArguments arguments, ArrayBufferWriter<byte> output)
    {
        long value = spec.Length == ArgumentLength.DoubleWord ? (long)arguments.NextDoubleWord() : (int)arguments.NextWord();
        value = spec.Length switch
        {
            ArgumentLength.Byte => (sbyte)value,
            ArgumentLength.Halfword => (short)value,
            _ => value,
        };
        ulong magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        Integer(spec, magnitude.ToString(CultureInfo.InvariantCulture), Sign(spec, value < 0), output);
    }

    private static ulong Unsigned(in ConversionSpec spec, ref VariableArguments arguments)
    {
        ulong value = spec.Length == ArgumentLength.DoubleWord ? arguments.NextDoubleWord() : arguments.NextWord();
        return spec.Length switch
        {
            ArgumentLength.Byte => (byte)value,
            ArgumentLength.Halfword => (ushort)value,
            _ => value,
        };
    }

    private static string Digits(ulong value, byte kind) => (char)kind switch
    {
        'o' => Convert.ToString(unchecked((long)value), 8),
        'x' => value.ToString("x", CultureInfo.InvariantCulture),
        'X' => value.ToString("X", CultureInfo.InvariantCulture),
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    private static string Prefix(in ConversionSpec spec, ulong value) => (char)spec.Kind switch
    {
        'x' when spec.Alternate && value != 0 => "0x",
        'X' when spec.Alternate && value != 0 => "0X",
        _ => "",
    };

    private static void Integer(in ConversionSpec spec, string digits, string prefix, ArrayBufferWriter<byte> output)
    {
        // A zero with the precision zero has no digits.
        if (spec.Precision == 0 && digits == "0")
            digits = "";
        digits = digits.PadLeft(Math.Max(spec.Precision, 0), '0');
        if (spec.Kind == 'o' && spec.Alternate && !digits.StartsWith('0'))
            digits = "0" + digits;
        bool zeros = spec.Zero && !spec.Left && spec.Precision < 0;
        Number(spec, prefix, digits, zeros, output);
    }

    private static void Float(in ConversionSpec spec, double value, ArrayBufferWriter<byte> output)
    {
        string sign = Sign(spec, double.IsNegative(value));
        value = Math.Abs(value);
        bool upper = char.IsAsciiLetterUpper((char)spec.Kind);
        if (!double.IsFinite(value))
        {
            string name = double.IsNaN(value) ? "nan" : "inf";
            Number(spec, sign, upper ? name.ToUpperInvariant() : name, zeros: false, output);
            return;
        }

        int precision = spec.Precision < 0 ? 6 : spec.Precision;
        string text = char.ToLowerInvariant((char)spec.Kind) switch
        {
            'f' => FloatText.Fixed(value, precision, spec.Alternate),
            'e' => FloatText.Scientific(value, precision, spec.Alternate, upper),
            'g' => FloatText.General(value, precision, spec.Alternate, upper),
            _ => FloatText.Hexadecimal(value, spec.Precision, spec.Alternate, upper),
        };
        // Zeros go between 0x and its digits.
        if (char.ToLowerInvariant((char)spec.Kind) == 'a')
            (sign, text) = (sign + text[..2], text[2..]);
        Number(spec, sign, text, spec.Zero && !spec.Left, output);
    }

    private static string Sign(in ConversionSpec spec, bool isNegative) => isNegative ? "-" : spec.Plus ? "+" : spec.Space ? " " : "";

    private static void Number(in ConversionSpec spec, string prefix, string digits, bool zeros, ArrayBufferWriter<byte> output)
    {
        if (zeros)
            digits = digits.PadLeft(Math.Max(0, spec.Width - prefix.Length), '0');
        Pad(spec, Encoding.ASCII.GetBytes(prefix + digits), output);
    }

    private static void String(AssistCall call, in ConversionSpec spec, uint address, ArrayBufferWriter<byte> output)
    {
        const int NullLength = 6;
        ReadOnlySpan<byte> text = address != 0 ? call.Text(address) : spec.Precision is >= 0 and < NullLength ? default : "(null)"u8;
        Pad(spec, spec.Precision >= 0 && spec.Precision < text.Length ? text[..spec.Precision] : text, output);
    }

    private static void Pad(in ConversionSpec spec, ReadOnlySpan<byte> text, ArrayBufferWriter<byte> output)
    {
        int missing = Math.Max(0, spec.Width - text.Length);
        if (!spec.Left)
            Spaces(missing, output);
        output.Write(text);
        if (spec.Left)
            Spaces(missing, output);
    }

    private static void Spaces(int count, ArrayBufferWriter<byte> output)
    {
        if (count == 0)
            return;
        output.GetSpan(count)[..count].Fill((byte)' ');
        output.Advance(count);
    }

    private static void StoreCount(AssistCall call, in ConversionSpec spec, uint address, ulong count)
    {
        switch (spec.Length)
        {
            case ArgumentLength.Byte:
                call.WriteByte(address, (byte)count);
                break;
            case ArgumentLength.Halfword:
                call.WriteHalfword(address, (ushort)count);
                break;
            case ArgumentLength.DoubleWord:
                call.WriteDoubleWord(address, count);
                break;
            default:
                call.WriteWord(address, (uint)count);
                break;
        }
    }
}
