namespace Ps3Platform.Standalone.Assist.Text;

/// <summary>How wide an argument is (C99 7.19.6.1, length modifiers). An SPU's long is a word, its long double a double.</summary>
internal enum ArgumentLength
{
    Word,
    Byte,
    Halfword,
    Long,
    DoubleWord,
}

/// <summary>One conversion specification of a format string (C99 7.19.6.1).</summary>
internal struct ConversionSpec
{
    public bool Left;
    public bool Plus;
    public bool Space;
    public bool Alternate;
    public bool Zero;
    public int Width;

    /// <summary>-1: not given.</summary>
    public int Precision;

    public ArgumentLength Length;
    public byte Kind;

    /// <summary>Reads the part of a format after a percent sign. False when the format ends within it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> format, ref int at, ref VariableArguments arguments, out ConversionSpec spec)
    {
        spec = new ConversionSpec { Precision = -1 };
        while (at < format.Length && spec.TakeFlag(format[at]))
            at++;
        if (TryNumber(format, ref at, ref arguments, out int width))
        {
            spec.Left |= width < 0;
            spec.Width = width == int.MinValue ? int.MaxValue : Math.Abs(width);
        }

        if (at < format.Length && format[at] == '.')
        {
            at++;
            // A period alone is a precision of 0; a negative one from an argument counts as not given.
            spec.Precision = TryNumber(format, ref at, ref arguments, out int precision) ? Math.Max(precision, -1) : 0;
        }

        spec.Length = TakeLength(format, ref at);
        if (at >= format.Length)
            return false;
        spec.Kind = format[at++];
        return true;
    }

    /// <summary>hh, h, l, ll, j, z, t, L, and BSD's q.</summary>
    public static ArgumentLength TakeLength(ReadOnlySpan<byte> format, ref int at)
    {
        ArgumentLength length = ArgumentLength.Word;
        for (; at < format.Length; at++)
        {
            switch (format[at])
            {
                case (byte)'h':
                    length = length == ArgumentLength.Halfword ? ArgumentLength.Byte : ArgumentLength.Halfword;
                    break;
                case (byte)'l':
                    length = length == ArgumentLength.Long ? ArgumentLength.DoubleWord : ArgumentLength.Long;
                    break;
                case (byte)'j' or (byte)'q' or (byte)'L':
                    length = ArgumentLength.DoubleWord;
                    break;
                case (byte)'z' or (byte)'t':
                    length = ArgumentLength.Long;
                    break;
                default:
                    return length;
            }
        }

        return length;
    }

    private bool TakeFlag(byte flag)
    {
        switch (flag)
        {
            case (byte)'-':
                return Left = true;
            case (byte)'+':
                return Plus = true;
            case (byte)' ':
                return Space = true;
            case (byte)'#':
                return Alternate = true;
            case (byte)'0':
                return Zero = true;
            // Grouping of thousands: the C locale has none.
            case (byte)'\'':
                return true;
            default:
                return false;
        }
    }

    private static bool TryNumber(ReadOnlySpan<byte> format, ref int at, ref VariableArguments arguments, out int number)
    {
        number = 0;
        if (at < format.Length && format[at] == '*')
        {
            at++;
            number = (int)arguments.NextWord();
            return true;
        }

        int start = at;
        for (; at < format.Length && char.IsAsciiDigit((char)format[at]); at++)
            number = (int)Math.Min(((long)number * 10) + (format[at] - '0'), int.MaxValue);
        return at > start;
    }
}
