using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Machine.Configuration;

/// <summary>
/// One option of <see cref="MachineOptions"/>, declared once: the option <c>--NAME</c> of the command line, the key <c>"NAME"</c> of a JSON
/// file, help, completion, the JSON schema and the checks all come from this.
/// </summary>
public abstract class OptionField
{
    private protected OptionField(string name, string help)
    {
        Name = name;
        Help = help;
    }

    /// <summary>Its name in a JSON file: <c>memory</c>. On the command line it is preceded by two dashes.</summary>
    public string Name { get; }

    /// <summary>Its help text, in whole sentences, without range and default.</summary>
    public string Help { get; }

    /// <summary>Other names on the command line, with their dashes.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>
    /// What stands between the values of an option that may be given several times on the command line, and is one string in a file;
    /// null: a later value replaces an earlier one.
    /// </summary>
    public string? Separator { get; init; }

    /// <summary>True when it is the operand of the command line instead of an option.</summary>
    public bool IsOperand { get; init; }

    /// <summary>The placeholder of its value in a synopsis, or null for a flag.</summary>
    public abstract string? Placeholder { get; }

    /// <summary>The range of values, or null when all values of the kind are allowed.</summary>
    public abstract string? Range { get; }

    /// <summary>How values are written, with their units, or null.</summary>
    public abstract string? Notation { get; }

    /// <summary>The form of its value in a JSON file.</summary>
    public abstract JsonShape Shape { get; }

    /// <summary>The value used when it is not given, as a user would write it; null when there is none.</summary>
    public string? Default => Write(new MachineOptions()) ?? Implied;

    /// <summary>The value that null in the record stands for, as a user would write it, or null.</summary>
    internal string? Implied { get; init; }

    /// <summary>Sets the option in a record.</summary>
    /// <param name="text">The value as on the command line.</param>
    /// <param name="options">The record.</param>
    /// <param name="changed">The record with the value.</param>
    /// <param name="problem">What is wrong with the value and what to give instead: "give 1 or 2".</param>
    public abstract bool TryRead(
        string text, MachineOptions options, [NotNullWhen(true)] out MachineOptions? changed, [NotNullWhen(false)] out string? problem);

    /// <summary>A record in which the paths of this option's value are changed.</summary>
    internal abstract MachineOptions WithPaths(MachineOptions options, PathChange change);

    /// <summary>The value in a record as a user would write it; null when the record has none.</summary>
    public abstract string? Write(MachineOptions options);
}

/// <summary>An option with a value.</summary>
/// <param name="name">Its name, without dashes.</param>
/// <param name="kind">The kind of its value.</param>
/// <param name="help">Its help text.</param>
/// <param name="get">Returns its value in a record, as a <typeparamref name="T"/>, or null.</param>
/// <param name="set">Returns the record with a value.</param>
internal sealed class ValueField<T>(
    string name, ValueKind<T> kind, string help, Func<MachineOptions, object?> get, Func<MachineOptions, T, MachineOptions> set)
    : OptionField(name, help)
{
    public override string Placeholder => kind.Placeholder;

    public override string? Range => kind.Range;

    public override string? Notation => kind.Notation;

    public override JsonShape Shape => kind.Shape;

    public override bool TryRead(
        string text, MachineOptions options, [NotNullWhen(true)] out MachineOptions? changed, [NotNullWhen(false)] out string? problem)
    {
        changed = kind.TryRead(text, out T? value, out problem) ? set(options, value) : null;
        return changed is not null;
    }

    internal override MachineOptions WithPaths(MachineOptions options, PathChange change) =>
        get(options) is T value ? set(options, kind.WithPaths(value, change)) : options;

    public override string? Write(MachineOptions options) => get(options) is T value ? kind.Write(value) : null;
}

/// <summary>A flag: an option without a value.</summary>
/// <param name="name">Its name, without dashes.</param>
/// <param name="help">What it is for.</param>
/// <param name="get">Returns whether it is set in a record.</param>
/// <param name="set">Returns the record with the flag set or cleared.</param>
internal sealed class FlagField(string name, string help, Func<MachineOptions, bool> get, Func<MachineOptions, bool, MachineOptions> set)
    : OptionField(name, help)
{
    public override string? Placeholder => null;

    public override string? Range => null;

    public override string? Notation => null;

    public override JsonShape Shape { get; } = new() { IsString = false, IsBoolean = true };

    public override bool TryRead(
        string text, MachineOptions options, [NotNullWhen(true)] out MachineOptions? changed, [NotNullWhen(false)] out string? problem)
    {
        (changed, problem) = text switch
        {
            "true" => (set(options, true), null),
            "false" => (set(options, false), null),
            _ => ((MachineOptions?)null, "give true or false"),
        };
        return changed is not null;
    }

    internal override MachineOptions WithPaths(MachineOptions options, PathChange change) => options;

    public override string? Write(MachineOptions options) => get(options) ? "true" : null;
}
