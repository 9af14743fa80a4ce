using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Options;

/// <summary>An option as help pages and lists of options show it.</summary>
internal interface ISetting
{
    /// <summary>The name: <c>--memory</c>.</summary>
    string Name { get; }

    /// <summary>Its help text.</summary>
    string Help { get; }

    /// <summary>The placeholder of its value in a synopsis, or null for a flag.</summary>
    string? Placeholder { get; }

    /// <summary>The range of its values, or null.</summary>
    string? Range { get; }

    /// <summary>How values are written, or null.</summary>
    string? Notation { get; }

    /// <summary>The value used when it is not given, as the user would write it; null for none.</summary>
    string? Default { get; }

    /// <summary>The form of its values, for completion.</summary>
    JsonShape Shape { get; }

    /// <summary>True when it may be given more than once.</summary>
    bool IsRepeatable { get; }
}

/// <summary>An option with a value, declared once: names, kind of value with unit and range, help, and default.</summary>
internal sealed class Setting<T> : Option<string[]>, ISetting
{
    private readonly ValueKind<T> _kind;

    /// <param name="name">The name, with its dashes.</param>
    /// <param name="kind">The kind of its value.</param>
    /// <param name="help">Its help text, in whole sentences; range and default are added.</param>
    /// <param name="standard">The value used when it is not given, as the user would write it; null for none.</param>
    /// <param name="aliases">Other names.</param>
    public Setting(string name, ValueKind<T> kind, string help, string? standard = null, params string[] aliases)
        : base(name, aliases)
    {
        _kind = kind;
        Description = help;
        Default = standard;
        HelpName = kind.Placeholder;
        Arity = ArgumentArity.OneOrMore;
    }

    /// <inheritdoc/>
    public string Help => Description!;

    /// <inheritdoc/>
    public string Placeholder => _kind.Placeholder;

    /// <inheritdoc/>
    public string? Range => _kind.Range;

    /// <inheritdoc/>
    public string? Notation => _kind.Notation;

    /// <inheritdoc/>
    public string? Default { get; }

    /// <inheritdoc/>
    public JsonShape Shape => _kind.Shape;

    /// <inheritdoc/>
    public bool IsRepeatable { get; init; }

    /// <summary>True when the user gave it.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(this) is { Implicit: false };

    /// <summary>The value given, or the default.</summary>
    /// <exception cref="UsageException">The value is not of the kind or not in the range.</exception>
    /// <exception cref="InvalidOperationException">There is neither; use <see cref="TryRead"/>.</exception>
    public T Read(ParseResult parsed) =>
        TryRead(parsed, out T? value) ? value : throw new InvalidOperationException($"{Name} has no default.");

    /// <summary>Reads the value given, or the default. False when there is neither.</summary>
    /// <exception cref="UsageException">The value is not of the kind or not in the range.</exception>
    public bool TryRead(ParseResult parsed, [MaybeNullWhen(false)] out T value)
    {
        string[] texts = Texts(parsed);
        value = default;
        if (texts.Length == 0)
            return false;
        value = ReadOne(parsed, texts[^1]);
        return true;
    }

    /// <summary>All values of an option that may be given more than once.</summary>
    /// <exception cref="UsageException">One is not of the kind or not in the range.</exception>
    public IReadOnlyList<T> ReadAll(ParseResult parsed) => [.. Texts(parsed).Select(text => ReadOne(parsed, text))];

    /// <summary>An error about the value that was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="problem">What is wrong with it, and what to give instead.</param>
    public UsageException Refuse(ParseResult parsed, string problem) =>
        new($"{NameUsed(parsed)} {string.Join(' ', Texts(parsed))}: {problem}.");

    private T ReadOne(ParseResult parsed, string text) =>
        _kind.TryRead(text, out T? value, out string? problem) ? value
            : throw new UsageException($"{NameUsed(parsed)} {(text.Length == 0 ? "\"\"" : text)}: {problem}.");

    private string[] Texts(ParseResult parsed) => IsGiven(parsed) ? parsed.GetValue(this) ?? [] : Default is null ? [] : [Default];

    // Errors name the option as it was written.
    private string NameUsed(ParseResult parsed) => parsed.GetResult(this)?.IdentifierToken?.Value ?? Name;
}

/// <summary>A flag: an option without a value.</summary>
internal sealed class Flag : Option<bool>, ISetting
{
    /// <param name="name">The name, with its dashes.</param>
    /// <param name="help">Its help text.</param>
    public Flag(string name, string help)
        : base(name)
    {
        Description = help;
        Arity = ArgumentArity.Zero;
    }

    /// <inheritdoc/>
    public string Help => Description!;

    /// <inheritdoc/>
    public string? Placeholder => null;

    /// <inheritdoc/>
    public string? Range => null;

    /// <inheritdoc/>
    public string? Notation => null;

    /// <inheritdoc/>
    public string? Default => null;

    /// <inheritdoc/>
    public JsonShape Shape { get; } = new() { IsString = false, IsBoolean = true };

    /// <inheritdoc/>
    public bool IsRepeatable => true;
}
