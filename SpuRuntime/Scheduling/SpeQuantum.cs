using System.Globalization;

namespace SpuRuntime.Scheduling;

/// <summary>How long an SPE may run while others wait: host time, or a number of instructions.</summary>
public readonly record struct SpeQuantum
{
    private SpeQuantum(long amount, bool isTime)
    {
        Amount = amount;
        IsTime = isTime;
    }

    /// <summary>Microseconds or instructions.</summary>
    public long Amount { get; }

    /// <summary>True when <see cref="Amount"/> counts microseconds of host time.</summary>
    public bool IsTime { get; }

    /// <summary>A quantum of host time.</summary>
    public static SpeQuantum Microseconds(long amount) => new(Checked(amount), isTime: true);

    /// <summary>A quantum of instructions.</summary>
    public static SpeQuantum Instructions(long amount) => new(Checked(amount), isTime: false);

    /// <summary>Reads <c>500us</c>, <c>2ms</c> or <c>20000i</c> (instructions).</summary>
    public static bool TryParse(string text, out SpeQuantum quantum)
    {
        ArgumentNullException.ThrowIfNull(text);
        quantum = default;
        (string suffix, long scale, bool isTime) = text switch
        {
            _ when text.EndsWith("us", StringComparison.Ordinal) => ("us", 1L, true),
            _ when text.EndsWith("ms", StringComparison.Ordinal) => ("ms", 1000L, true),
            _ when text.EndsWith('i') => ("i", 1L, false),
            _ => ("", 0L, false),
        };
        // A day of either is beyond any use, and keeps what is computed from it in range.
        const long Most = 86_400_000_000;
        if (scale == 0
            || !long.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long amount)
            || amount is <= 0 or > Most || amount * scale > Most)
        {
            return false;
        }

        quantum = new SpeQuantum(amount * scale, isTime);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Amount.ToString(CultureInfo.InvariantCulture) + (IsTime ? "us" : "i");

    private static long Checked(long amount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amount, 1);
        return amount;
    }
}
