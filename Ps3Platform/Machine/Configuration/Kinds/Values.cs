using System.Globalization;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>Reads sizes and times with units.</summary>
internal static class Values
{
    private const double LongestTime = 1e7;

    /// <summary>"256M", "256MB", "256MiB", "1G", "65536K" in powers of 1024, "4096B" in bytes; a number alone is in MiB, as with QEMU's -m.</summary>
    public static bool TryReadSize(string text, out ulong size)
    {
        size = 0;
        int count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]))
            count++;
        int? shift = text[count..].ToUpperInvariant() switch
        {
            "" or "M" or "MB" or "MIB" => 20,
            "B" => 0,
            "K" or "KB" or "KIB" => 10,
            "G" or "GB" or "GIB" => 30,
            _ => null,
        };
        if (shift is not { } places || !ulong.TryParse(text.AsSpan(0, count), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) || number > ulong.MaxValue >> places)
            return false;
        size = number << places;
        return true;
    }

    /// <summary>"5s", "250ms", "100us", "2m", "1h" or plain seconds; more than zero.</summary>
    public static bool TryReadTime(string text, out TimeSpan time)
    {
        time = default;
        (string digits, double seconds) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 0.001),
            _ when text.EndsWith("us", StringComparison.Ordinal) => (text[..^2], 0.000_001),
            _ when text.EndsWith("min", StringComparison.Ordinal) => (text[..^3], 60),
            _ when text.EndsWith('s') => (text[..^1], 1),
            _ when text.EndsWith('m') => (text[..^1], 60),
            _ when text.EndsWith('h') => (text[..^1], 3600),
            _ => (text, 1.0),
        };
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) || number * seconds is not (> 0 and <= LongestTime))
            return false;
        time = TimeSpan.FromSeconds(number * seconds);
        return true;
    }
}
