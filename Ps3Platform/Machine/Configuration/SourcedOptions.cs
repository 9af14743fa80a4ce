using System.Text;

namespace Ps3Platform.Machine.Configuration;

/// <summary>Options, with the place where each was given, so that a message can name it. What is set later wins.</summary>
/// <param name="options">What holds so far.</param>
public sealed class SourcedOptions(MachineOptions options)
{
    private const int LongestShown = 60;

    private readonly Dictionary<string, (string Place, string Text)> _given = [];

    /// <summary>Only defaults.</summary>
    public SourcedOptions()
        : this(new MachineOptions())
    {
    }

    /// <summary>What holds.</summary>
    public MachineOptions Options { get; private set; } = options;

    /// <summary>Takes a value.</summary>
    /// <param name="field">The option.</param>
    /// <param name="text">The value, as on the command line.</param>
    /// <param name="place">What a message calls the option: <c>-m</c>, <c>machine.json:3:13: memory</c>.</param>
    /// <exception cref="ConfigurationException">The value is not of the kind or not in the range.</exception>
    public void Set(OptionField field, string text, string place)
    {
        ArgumentNullException.ThrowIfNull(field);
        _given[field.Name] = (place, text);
        if (!field.TryRead(text, Options, out MachineOptions? changed, out string? problem))
            throw Refuse(field, problem);
        Options = changed;
    }

    /// <summary>What a message calls an option: the place where it was given, else its name on the command line.</summary>
    /// <param name="field">The option's name, without dashes.</param>
    public string PlaceOf(string field) => _given.TryGetValue(field, out (string Place, string Text) given) ? given.Place : $"--{field}";

    /// <summary>Makes sure that all values are in range and go together.</summary>
    /// <exception cref="ConfigurationException">They do not; the message has the first problem.</exception>
    public void Check()
    {
        if (OptionRules.Problems(Options).FirstOrDefault() is { } first)
            throw Refuse(MachineSchema.Find(first.Field)!, first.Problem);
    }

    /// <summary>A text of unknown origin for a message: at most a line long, and nothing that a terminal would obey.</summary>
    internal static string Shown(string text) =>
        text.Length == 0 ? "\"\"" : text.Length > LongestShown ? $"{Printable(text[..LongestShown])}..." : Printable(text);

    /// <summary>A text without anything that a terminal would obey.</summary>
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
        // A flag is all that was written.
        string value = field.Placeholder is null ? "" : $" {Shown(text)}";
        return new ConfigurationException($"{PlaceOf(field.Name)}{value}: {problem}.");
    }
}
