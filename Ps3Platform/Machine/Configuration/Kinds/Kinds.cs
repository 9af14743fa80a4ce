using System.Diagnostics.CodeAnalysis;
using System.Globalization;

using Ps3Platform.Devices.Blocks;

using SpuRuntime.Scheduling;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>Any text.</summary>
/// <param name="placeholder">Its placeholder in a synopsis.</param>
internal class TextKind(string placeholder) : ValueKind<string>
{
    public override string Placeholder => placeholder;

    public override bool TryRead(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? problem)
    {
        // A NUL would end a host's file name or a kernel's command line.
        problem = text.Contains('\0', StringComparison.Ordinal) ? "holds a NUL character; leave it out" : null;
        value = problem is null ? text : null;
        return problem is null;
    }
}

/// <summary>The path of a file.</summary>
/// <param name="placeholder">Its placeholder in a synopsis.</param>
/// <param name="words">Words that do not name a file, such as the name of a built-in guest.</param>
internal sealed class PathKind(string placeholder, params string[] words) : TextKind(placeholder)
{
    // Standard input.
    private const string Stream = "-";

    public override JsonShape Shape { get; } = new() { IsPath = true, Words = words };

    public override string WithPaths(string value, PathChange change) =>
        value == Stream || (words.Contains(value) && !change.IsFile(value)) ? value : change.Apply(value);
}

/// <summary>A disk image or an NBD export, with its options.</summary>
internal sealed class BlockKind : ValueKind<BlockOptions>
{
    public override string Placeholder => "FILE[,OPTION]...";

    public override JsonShape Shape { get; } = new() { IsPath = true };

    public override bool TryRead(
        string text, [MaybeNullWhen(false)] out BlockOptions value, [NotNullWhen(false)] out string? problem)
    {
        problem = text.Contains('\0', StringComparison.Ordinal) ? "holds a NUL character; leave it out" : null;
        value = null;
        return problem is null && BlockOptions.TryParse(text, out value, out problem);
    }

    public override BlockOptions WithPaths(BlockOptions value, PathChange change) => value.WithPath(change.Apply);
}

/// <summary>One of a list of words.</summary>
internal sealed class ChoiceKind<T>(string? placeholder, params (string Word, T Value)[] choices) : ValueKind<T>
{
    public ChoiceKind(params (string Word, T Value)[] choices)
        : this(null, choices)
    {
    }

    public override string Placeholder => placeholder ?? string.Join('|', choices.Select(static choice => choice.Word));

    public override string? Range => placeholder is null ? null : Listed;

    public override JsonShape Shape { get; } = new() { Words = [.. choices.Select(static choice => choice.Word)] };

    private string Listed => choices.Length == 1 ? choices[0].Word
        : $"{string.Join(", ", choices[..^1].Select(static choice => choice.Word))} or {choices[^1].Word}";

    public override bool TryRead(string text, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out string? problem)
    {
        problem = $"give {Listed}";
        foreach ((string word, T candidate) in choices)
        {
            if (word != text)
                continue;
            value = candidate;
            problem = null;
            return true;
        }

        value = default;
        return false;
    }

    public override string Write(T value)
    {
        foreach ((string word, T candidate) in choices)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value))
                return word;
        }

        // Not one of the choices. TryRead refuses the text, which OptionRules reports.
        return base.Write(value);
    }
}

/// <summary>A whole number in a range.</summary>
/// <param name="least">The smallest.</param>
/// <param name="most">The largest.</param>
/// <param name="reason">The reason for the range, for messages, or null: "a PPE has two hardware threads".</param>
internal sealed class NumberKind(ulong least, ulong most = ulong.MaxValue, string? reason = null) : ValueKind<ulong>
{
    public override string Placeholder => "N";

    // A maximum that no run reaches is not shown.
    public override string Range =>
        most >= int.MaxValue ? $"{least} or more" : most == least + 1 ? $"{least} or {most}" : $"{least} to {most}";

    public override JsonShape Shape { get; } = new()
    {
        IsString = false,
        IsNumber = true,
        Minimum = least,
        Maximum = most == ulong.MaxValue ? null : most,
    };

    public override bool TryRead(string text, out ulong value, [NotNullWhen(false)] out string? problem)
    {
        bool isNumber = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        problem = isNumber && value >= least && value <= most ? null
            : $"{(isNumber ? reason is null ? "" : reason + "; " : "not a whole number; ")}give {Range}";
        return problem is null;
    }
}

/// <summary>An amount of memory, in bytes.</summary>
/// <param name="least">The smallest.</param>
/// <param name="most">The largest.</param>
/// <param name="step">What it must be a multiple of.</param>
internal sealed class SizeKind(ulong least, ulong most, ulong step) : ValueKind<ulong>
{
    public override string Placeholder => "SIZE";

    public override string Range => $"{Write(least)} to {Write(most)} in steps of {Write(step)}";

    public override JsonShape Shape { get; } = new() { IsNumber = true, Pattern = "^[0-9]+([KkMmGg]([Ii]?[Bb])?|[Bb])?$" };

    public override string Notation =>
        "SIZE is a number with K, M or G for KiB, MiB or GiB (256M, 1G); without a letter it is in MiB (256).";

    /// <inheritdoc/>
    public override string Write(ulong value) =>
        value % (1UL << 30) == 0 ? $"{value >> 30}G" : value % (1UL << 20) == 0 ? $"{value >> 20}M"
        : value % (1UL << 10) == 0 ? $"{value >> 10}K" : $"{value}B";

    public override bool TryRead(string text, out ulong value, [NotNullWhen(false)] out string? problem)
    {
        bool isSize = Values.TryReadSize(text, out value);
        problem = !isSize ? "not a size; write for instance 256M (K, M, G are KiB, MiB, GiB; a number alone is in MiB)"
            : value < least || value > most || value % step != 0
            ? $"give a multiple of {Write(step)} from {Write(least)} to {Write(most)}{(IsPlain(text) ? "; a number alone is in MiB" : "")}"
            : null;
        return problem is null;
    }

    private static bool IsPlain(string text) => text.All(char.IsAsciiDigit);
}

/// <summary>A length of time.</summary>
/// <param name="least">The shortest; zero: any that is not zero.</param>
internal sealed class TimeKind(TimeSpan least = default) : ValueKind<TimeSpan>
{
    public override string Placeholder => "TIME";

    public override string? Range => least == default ? null : $"{least.TotalMicroseconds:0}us or more";

    public override JsonShape Shape { get; } = new() { IsNumber = true, Pattern = "^[0-9]*[.]?[0-9]*(us|ms|s|m|min|h)?$" };

    public override string Notation =>
        "TIME is a number with us, ms, s, m or h (500us, 20ms, 1.5s, 2m); without a unit it is in seconds (90).";

    public override bool TryRead(string text, out TimeSpan value, [NotNullWhen(false)] out string? problem)
    {
        bool isTime = Values.TryReadTime(text, out value);
        problem = !isTime ? "not a time; write for instance 30s (us, ms, s, m or h; a number alone is in seconds)"
            : value < least ? $"give {Range}" : null;
        return problem is null;
    }

    public override string Write(TimeSpan value)
    {
        (decimal number, string unit) = value.Ticks % TimeSpan.TicksPerSecond == 0 ? (value.Ticks / TimeSpan.TicksPerSecond, "s")
            : value.Ticks % TimeSpan.TicksPerMillisecond == 0 ? (value.Ticks / TimeSpan.TicksPerMillisecond, "ms")
            : ((decimal)value.Ticks / TimeSpan.TicksPerMicrosecond, "us");
        return number.ToString(CultureInfo.InvariantCulture) + unit;
    }
}

/// <summary>How long an SPE runs while others wait.</summary>
internal sealed class QuantumKind : ValueKind<SpeQuantum>
{
    public override string Placeholder => "500us|2ms|20000i";

    public override JsonShape Shape { get; } = new() { Pattern = "^[0-9]+(us|ms|i)$" };

    public override bool TryRead(string text, out SpeQuantum value, [NotNullWhen(false)] out string? problem)
    {
        problem = SpeQuantum.TryParse(text, out value) ? null : "write for instance 500us, 2ms or 20000i (instructions)";
        return problem is null;
    }
}
