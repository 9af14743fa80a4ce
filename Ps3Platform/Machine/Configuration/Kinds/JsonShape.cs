namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>How an option's value stands in a JSON file: what reader and writer hold to and the JSON schema describes.</summary>
public sealed record JsonShape
{
    /// <summary>It may be a string, written as on the command line.</summary>
    public bool IsString { get; init; } = true;

    /// <summary>It may be a number. Its digits are read as on the command line, so that the unit is the same.</summary>
    public bool IsNumber { get; init; }

    /// <summary>It is true or false.</summary>
    public bool IsBoolean { get; init; }

    /// <summary>
    /// The only strings there are; empty: any. With <see cref="IsPath"/>: names that stand for something else than a file.
    /// </summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>It is the path of a file.</summary>
    public bool IsPath { get; init; }

    /// <summary>The smallest number, or null.</summary>
    public ulong? Minimum { get; init; }

    /// <summary>The largest number, or null.</summary>
    public ulong? Maximum { get; init; }

    /// <summary>A regular expression (ECMA-262) that strings match, or null.</summary>
    public string? Pattern { get; init; }
}
