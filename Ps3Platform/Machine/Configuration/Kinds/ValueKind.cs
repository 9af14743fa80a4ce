using System.Diagnostics.CodeAnalysis;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>What kind of value an option takes: how it is written, in what unit, in what range.</summary>
/// <typeparam name="T">What it is read into.</typeparam>
internal abstract class ValueKind<T>
{
    /// <summary>Its place in a synopsis: <c>SIZE</c>, <c>host|instructions</c>.</summary>
    public abstract string Placeholder { get; }

    /// <summary>The values there are: "1 to 64", or null when all of the kind are.</summary>
    public virtual string? Range => null;

    /// <summary>How a value is written, with its units, for the end of a help page; null where that goes without saying.</summary>
    public virtual string? Notation => null;

    /// <summary>How a value stands in a JSON file.</summary>
    public virtual JsonShape Shape { get; } = new();

    /// <summary>Reads a value.</summary>
    /// <param name="text">As the user wrote it.</param>
    /// <param name="value">The value.</param>
    /// <param name="problem">What is wrong and what to give instead: "give 1 to 64".</param>
    public abstract bool TryRead(string text, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out string? problem);

    /// <summary>A value as a user would write it: what <see cref="TryRead"/> reads as the same value.</summary>
    public virtual string Write(T value) => value?.ToString() ?? "";
}
