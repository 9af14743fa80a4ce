using System.Globalization;
using System.Text;

using Ps3Platform.Standalone.Assist.Files;
using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Text;

/// <summary>Bytes that scanf reads, with one to look ahead.</summary>
internal interface ITextSource
{
    /// <summary>The next byte, or -1.</summary>
    int Get();

    /// <summary>Pushes the last byte back.</summary>
    void PushBack(byte value);
}

/// <summary>A stream's bytes.</summary>
internal sealed class StreamSource(HostStream stream) : ITextSource
{
    public int Get() => stream.Get();

    public void PushBack(byte value) => stream.PushBack(value);
}

/// <summary>A string's bytes.</summary>
internal sealed class TextSource(byte[] text) : ITextSource
{
    private int _at;

    public int Get() => _at < text.Length ? text[_at++] : -1;

    public void PushBack(byte value) => _at--;
}

/// <summary>C's scanf (C99 7.19.6.2) in the C locale, from one source.</summary>
internal sealed class Scanner(ITextSource source)
{
    // Four times the size of a local store, at which a field without a width is cut off.
    private const int Longest = 1 << 20;

    private readonly StringBuilder _field = new();
    private uint _taken;
    private bool _ended;

    /// <summary>Scans. <paramref name="isKnown"/> is false for an unknown conversion; the result is then not valid.</summary>
    /// <returns>How many were assigned, or -1 when the source ended before the first.</returns>
    public int Scan(AssistCall call, ReadOnlySpan<byte> format, ref VariableArguments arguments, out bool isKnown)
    {
        int assigned = 0;
        isKnown = true;
        for (int at = 0; at < format.Length;)
        {
            byte directive = format[at++];
            if (IsSpace(directive))
            {
                SkipSpace();
                continue;
            }

            if (directive != '%' || (at < format.Length && format[at] == '%'))
            {
                at += directive == '%' ? 1 : 0;
                if (directive == '%')
                    SkipSpace();
                if (!Match(directive))
                    return assigned == 0 && _ended ? -1 : assigned;
                continue;
            }

            if (!TryConvert(call, format, ref at, ref arguments, ref assigned, out isKnown))
                return assigned == 0 && _ended ? -1 : assigned;
        }

        return assigned;
    }

    private static bool IsSpace(int value) => value is ' ' or (>= '\t' and <= '\r');

    private bool TryConvert(AssistCall call, ReadOnlySpan<byte> format, ref int at, ref VariableArguments arguments, ref int assigned, out bool isKnown)
    {
        bool isDropped = at < format.Length && format[at] == '*';
        at += isDropped ? 1 : 0;
        int width = 0;
        for (; at < format.Length && char.IsAsciiDigit((char)format[at]); at++)
            width = Math.Min((width * 10) + (format[at] - '0'), Longest);
        ArgumentLength length = ConversionSpec.TakeLength(format, ref at);
        char kind = at < format.Length ? (char)format[at++] : '\0';
        isKnown = kind is 'd' or 'i' or 'o' or 'u' or 'x' or 'X' or 'p' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'a' or 'A' or 's' or 'c' or '[' or 'n'
            && !(length == ArgumentLength.Long && (kind is 's' or 'c' or '['));
        if (!isKnown)
            return false;
        if (kind == 'n')
        {
            Store(call, arguments.NextWord(), length, _taken);
            return true;
        }

        if (kind is not ('c' or '['))
            SkipSpace();
        _field.Clear();
        bool matched = kind switch
        {
            'c' => TakeWhile(width == 0 ? 1 : width, static (_, _) => true) && _field.Length == Math.Max(width, 1),
            's' => TakeWhile(width, static (_, value) => !IsSpace(value)),
            '[' => TakeSet(format, ref at, width),
            'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'a' or 'A' => TakeWhile(width, IsFloat),
            _ => TakeWhile(width, (text, value) => IsInteger(text, value, kind)),
        };
        if (!matched)
            return false;

        string field = _field.ToString();
        if (kind is 'c' or 's' or '[')
        {
            if (!isDropped)
                StoreText(call, arguments.NextWord(), field, terminate: kind != 'c');
        }
        else if (kind is 'd' or 'i' or 'o' or 'u' or 'x' or 'X' or 'p')
        {
            if (!TryInteger(field, kind, out ulong value))
                return false;
            if (!isDropped)
                Store(call, arguments.NextWord(), length, value);
        }
        else
        {
            if (!double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                return false;
            if (!isDropped)
                StoreFloat(call, arguments.NextWord(), length, value);
        }

        assigned += isDropped ? 0 : 1;
        return true;
    }

    private int Get()
    {
        int value = source.Get();
        if (value < 0)
            _ended = true;
        else
            _taken++;
        return value;
    }

    private void GiveBack(int value)
    {
        if (value < 0)
            return;
        source.PushBack((byte)value);
        _taken--;
    }

    private void SkipSpace()
    {
        int value = Get();
        while (IsSpace(value))
            value = Get();
        GiveBack(value);
    }

    private bool Match(byte wanted)
    {
        int value = Get();
        if (value == wanted)
            return true;
        GiveBack(value);
        return false;
    }

    private bool TakeWhile(int width, Func<StringBuilder, int, bool> isPart)
    {
        while (_field.Length < (width == 0 ? Longest : width))
        {
            int value = Get();
            if (value < 0)
                break;
            if (!isPart(_field, value))
            {
                GiveBack(value);
                break;
            }

            _field.Append((char)value);
        }

        return _field.Length > 0;
    }

    private bool TakeSet(ReadOnlySpan<byte> format, ref int at, int width)
    {
        var set = new bool[256];
        bool isInverted = at < format.Length && format[at] == '^';
        at += isInverted ? 1 : 0;
        // A closing bracket at the start belongs to the set.
        for (int start = at; at < format.Length && (format[at] != ']' || at == start); at++)
        {
            if (format[at] == '-' && at > start && at + 1 < format.Length && format[at + 1] != ']')
            {
                for (int value = format[at - 1]; value <= format[at + 1]; value++)
                    set[value] = true;
            }
            else
            {
                set[format[at]] = true;
            }
        }

        at++;
        return TakeWhile(width, (_, value) => set[value] != isInverted);
    }

    private static bool IsInteger(StringBuilder before, int value, char kind)
    {
        int sign = before.Length > 0 && before[0] is '+' or '-' ? 1 : 0;
        if (value is '+' or '-')
            return before.Length == 0;
        bool canBeHex = kind is 'x' or 'X' or 'p' or 'i';
        if (value is 'x' or 'X')
            return canBeHex && before.Length == sign + 1 && before[sign] == '0';
        bool isHex = kind is 'x' or 'X' or 'p' || (kind == 'i' && before.Length > sign + 1 && before[sign + 1] is 'x' or 'X');
        bool isOctal = kind == 'o' || (kind == 'i' && before.Length > sign && before[sign] == '0' && !isHex);
        return isHex ? char.IsAsciiHexDigit((char)value) : value >= '0' && value <= (isOctal ? '7' : '9');
    }

    private static bool IsFloat(StringBuilder before, int value)
    {
        char last = before.Length > 0 ? before[^1] : '\0';
        if (value is '+' or '-')
            return before.Length == 0 || last is 'e' or 'E';
        string text = before.ToString();
        bool hasExponent = text.Contains('e', StringComparison.OrdinalIgnoreCase);
        return value switch
        {
            '.' => !hasExponent && !text.Contains('.', StringComparison.Ordinal),
            'e' or 'E' => !hasExponent && text.Any(char.IsAsciiDigit),
            _ => char.IsAsciiDigit((char)value),
        };
    }

    private static bool TryInteger(string field, char kind, out ulong value)
    {
        value = 0;
        bool isNegative = field[0] == '-';
        ReadOnlySpan<char> digits = field.AsSpan(field[0] is '+' or '-' ? 1 : 0);
        bool hasPrefix = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        uint radix = kind switch
        {
            'o' => 8u,
            'x' or 'X' or 'p' => 16u,
            'i' when hasPrefix => 16u,
            'i' when digits.StartsWith("0", StringComparison.Ordinal) => 8u,
            _ => 10u,
        };
        if (radix == 16 && hasPrefix)
            digits = digits[2..];
        if (digits.IsEmpty)
            return false;
        foreach (char digit in digits)
            value = (value * radix) + (ulong)Convert.ToInt32(digit.ToString(), 16);
        value = isNegative ? 0 - value : value;
        return true;
    }

    private static void Store(AssistCall call, uint address, ArgumentLength length, ulong value)
    {
        switch (length)
        {
            case ArgumentLength.Byte:
                call.WriteByte(address, (byte)value);
                break;
            case ArgumentLength.Halfword:
                call.WriteHalfword(address, (ushort)value);
                break;
            case ArgumentLength.DoubleWord:
                call.WriteDoubleWord(address, value);
                break;
            default:
                call.WriteWord(address, (uint)value);
                break;
        }
    }

    private static void StoreFloat(AssistCall call, uint address, ArgumentLength length, double value)
    {
        if (length == ArgumentLength.Word)
            call.WriteWord(address, BitConverter.SingleToUInt32Bits((float)value));
        else
            call.WriteDoubleWord(address, BitConverter.DoubleToUInt64Bits(value));
    }

    private static void StoreText(AssistCall call, uint address, string text, bool terminate)
    {
        for (int index = 0; index < text.Length; index++)
            call.WriteByte(address + (uint)index, (byte)text[index]);
        if (terminate)
            call.WriteByte(address + (uint)text.Length, 0);
    }
}
