using System.Text;

using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Machine.Configuration;

/// <summary>Options, with the place where each was given, so that a message can name it. A later value replaces an earlier one.</summary>
/// <param name="options">The initial options.</param>
public sealed class SourcedOptions(MachineOptions options)
{
    private const int LongestShown = 60;

    private readonly Dictionary<string, (string Place, string Text)> _given = [];

    /// <summary>Starts with the defaults.</summary>
    public SourcedOptions()
        : this(new MachineOptions())
    {
    }

    /// <summary>The options as set so far.</summary>
    public MachineOptions Options { get; private set; } = options;

    /// <summary>Sets an option.</summary>
    /// <param name="field">The option.</param>
    /// <param name="text">The value, as on the command line.</param>
    /// <param name="place">The option as messages name it: <c>-m</c>, <c>machine.json:3:13: memory</c>.</param>
    /// <exception cref="ConfigurationException">The value is not of the kind or not in the range.</exception>
    public void Set(OptionField field, string text, string place) => Set(field, text, place, change: null);

    /// <summary>Sets an option whose paths do not begin at the working directory.</summary>
    internal void Set(OptionField field, string text, string place, PathChange? change)
    {
        ArgumentNullException.ThrowIfNull(field);
        _given[field.Name] = (place, text);
        if (!field.TryRead(text, Options, out MachineOptions? changed, out string? problem))
            throw Refuse(field, problem);
        Options = change is null ? changed : field.WithPaths(changed, change);
    }

    /// <summary>An option as messages name it: by the place where it was given, otherwise by its name on the command line.</summary>
    /// <param name="field">The option's name, without dashes.</param>
    public string PlaceOf(string field) => _given.TryGetValue(field, out (string Place, string Text) given) ? given.Place : $"--{field}";

    /// <summary>Checks that all values are in range and do not contradict each other.</summary>
    /// <exception cref="ConfigurationException">The check failed; the message has the first problem.</exception>
    public void Check()
    {
        if (OptionRules.Problems(Options).FirstOrDefault() is { } first)
            throw Refuse(MachineSchema.Find(first.Field)!, first.Problem);
    }

    /// <summary>Untrusted text for a message: shortened to at most a line, and without control characters.</summary>
    internal static string Shown(string text) =>
        text.Length == 0 ? "\"\"" : text.Length > LongestShown ? $"{Printable(text[..LongestShown])}..." : Printable(text);

    /// <summary>A text without control characters.</summary>
    internal static string Printable(string text)
    {
        var shown = new StringBuilder();
        foreach (char letter in text)
            _ = char.IsControl(letter) || char.IsSurrogate(letter) ? shown.Append($"\\u{(int)letter:x4}") : shown.Append(letter);
        return shown.ToString();
    }

    private ConfigurationException Refuse(OptionField field, string problem)
    {
        string text = _given.TryGetValue(field.Name, out (string Place, string Text) given) ? given.Text : field.Write(Options) ?? "";
        // A flag has no value to show.
        string value = field.Placeholder is null ? "" : $" {Shown(text)}";
        return new ConfigurationException($"{PlaceOf(field.Name)}{value}: {problem}.");
    }
}
