using System.Globalization;

namespace Ps3Platform.Cli;

/// <summary>Reads sizes and times as people write them.</summary>
internal static class Values
{
    /// <summary>"256M", "1G", "65536K" or plain bytes.</summary>
    public static ulong Size(string text, string option)
    {
        string digits = text.TrimEnd('B', 'b').TrimEnd('i', 'I');
        int shift = digits.Length == 0 ? 0 : char.ToUpperInvariant(digits[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        if (shift > 0)
            digits = digits[..^1];
        if (!ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) || number > ulong.MaxValue >> shift)
            throw new UsageException($"{option} {text}: not a size; write for instance {option} 256M.");
        return number << shift;
    }

    /// <summary>"5s", "250ms", "100us", "2m" or plain seconds.</summary>
    public static TimeSpan Time(string text, string option)
    {
        (string digits, double seconds) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 0.001),
            _ when text.EndsWith("us", StringComparison.Ordinal) => (text[..^2], 0.000_001),
            _ when text.EndsWith('s') => (text[..^1], 1),
            _ when text.EndsWith('m') => (text[..^1], 60),
            _ => (text, 1.0),
        };
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) || number * seconds is <= 0 or > 1e7)
            throw new UsageException($"{option} {text}: not a time; write for instance {option} 30s.");
        return TimeSpan.FromSeconds(number * seconds);
    }
}
