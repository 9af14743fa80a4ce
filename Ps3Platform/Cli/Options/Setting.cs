using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Options;

/// <summary>What help pages and lists of options show of an option.</summary>
internal interface ISetting
{
    /// <summary>The name: <c>--memory</c>.</summary>
    string Name { get; }

    /// <summary>What it is for.</summary>
    string Help { get; }

    /// <summary>The place of its value in a synopsis, or null for a flag.</summary>
    string? Placeholder { get; }

    /// <summary>The values there are, or null.</summary>
    string? Range { get; }

    /// <summary>How values are written, or null.</summary>
    string? Notation { get; }

    /// <summary>What holds when it is not given, as the user would write it; null where that is nothing.</summary>
    string? Default { get; }

    /// <summary>What its values are, for completion.</summary>
    JsonShape Shape { get; }

    /// <summary>It may be given more than once.</summary>
    bool IsRepeatable { get; }
}

/// <summary>An option with a value, declared once: names, kind of value with unit and range, help, and default.</summary>
internal sealed class Setting<T> : Option<string[]>, ISetting
{
    private readonly ValueKind<T> _kind;

    /// <param name="name">The name, with its dashes.</param>
    /// <param name="kind">What it takes.</param>
    /// <param name="help">What it is for, as whole sentences; range and default are added.</param>
    /// <param name="standard">What holds when it is not given, written as the user would; null: nothing.</param>
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

    /// <summary>What holds: the value given, or the default.</summary>
    /// <exception cref="UsageException">The value is not of the kind or not in the range.</exception>
    /// <exception cref="InvalidOperationException">Neither is there; ask <see cref="TryRead"/>.</exception>
    public T Read(ParseResult parsed) =>
        TryRead(parsed, out T? value) ? value : throw new InvalidOperationException($"{Name} has no default.");

    /// <summary>What holds, if anything does.</summary>
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
    /// <param name="problem">What is wrong with it, and the way out.</param>
    public UsageException Refuse(ParseResult parsed, string problem) =>
        new($"{NameUsed(parsed)} {string.Join(' ', Texts(parsed))}: {problem}.");

    private T ReadOne(ParseResult parsed, string text) =>
        _kind.TryRead(text, out T? value, out string? problem) ? value
            : throw new UsageException($"{NameUsed(parsed)} {(text.Length == 0 ? "\"\"" : text)}: {problem}.");

    private string[] Texts(ParseResult parsed) => IsGiven(parsed) ? parsed.GetValue(this) ?? [] : Default is null ? [] : [Default];

    // An error blames the option as it was written.
    private string NameUsed(ParseResult parsed) => parsed.GetResult(this)?.IdentifierToken?.Value ?? Name;
}

/// <summary>An option that is given or not.</summary>
internal sealed class Flag : Option<bool>, ISetting
{
    /// <param name="name">The name, with its dashes.</param>
    /// <param name="help">What it is for.</param>
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
