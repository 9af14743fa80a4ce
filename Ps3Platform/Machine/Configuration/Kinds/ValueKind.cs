using System.Diagnostics.CodeAnalysis;

namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>The kind of value that an option takes: notation, unit and range.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
internal abstract class ValueKind<T>
{
    /// <summary>Its placeholder in a synopsis: <c>SIZE</c>, <c>host|instructions</c>.</summary>
    public abstract string Placeholder { get; }

    /// <summary>The range of values: "1 to 64", or null when all values of the kind are allowed.</summary>
    public virtual string? Range => null;

    /// <summary>How a value is written, with its units, for the end of a help page; null where it needs no explanation.</summary>
    public virtual string? Notation => null;

    /// <summary>The form of a value in a JSON file.</summary>
    public virtual JsonShape Shape { get; } = new();

    /// <summary>Reads a value.</summary>
    /// <param name="text">As the user wrote it.</param>
    /// <param name="value">The value.</param>
    /// <param name="problem">What is wrong and what to give instead: "give 1 to 64".</param>
    public abstract bool TryRead(string text, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out string? problem);

    /// <summary>A value with other paths of the host's files and sockets in it; the same value when its kind names none.</summary>
    public virtual T WithPaths(T value, PathChange change) => value;

    /// <summary>A value as a user would write it; <see cref="TryRead"/> reads it as the same value.</summary>
    public virtual string Write(T value) => value?.ToString() ?? "";
}
