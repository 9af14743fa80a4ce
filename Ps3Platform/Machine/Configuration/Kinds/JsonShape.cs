namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>The form of an option's value in a JSON file. Reader, writer and the JSON schema follow it.</summary>
public sealed record JsonShape
{
    /// <summary>The value may be a string, written as on the command line.</summary>
    public bool IsString { get; init; } = true;

    /// <summary>The value may be a number. Its digits are read as on the command line, so that the unit is the same.</summary>
    public bool IsNumber { get; init; }

    /// <summary>The value is true or false.</summary>
    public bool IsBoolean { get; init; }

    /// <summary>
    /// The allowed strings; empty for any. With <see cref="IsPath"/>: words that do not name a file.
    /// </summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The value is the path of a file.</summary>
    public bool IsPath { get; init; }

    /// <summary>The smallest number, or null.</summary>
    public ulong? Minimum { get; init; }

    /// <summary>The largest number, or null.</summary>
    public ulong? Maximum { get; init; }

    /// <summary>A regular expression (ECMA-262) that strings match, or null.</summary>
    public string? Pattern { get; init; }
}
