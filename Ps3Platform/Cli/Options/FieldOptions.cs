using System.CommandLine;

using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Options;

/// <summary>The command line options that <see cref="MachineSchema"/> declares.</summary>
internal sealed class FieldOptions
{
    private readonly List<(OptionField Field, Option Option)> _options =
    [
        .. MachineSchema.Fields.Where(static field => !field.IsOperand).Select(static field => (field, Make(field))),
    ];

    /// <summary>The options, for a command.</summary>
    public IEnumerable<Option> All => _options.Select(static pair => pair.Option);

    /// <summary>Sets the options that the command line gives; they replace earlier values.</summary>
    /// <exception cref="ConfigurationException">A value is not of its kind or not in its range.</exception>
    public void Read(ParseResult parsed, SourcedOptions options)
    {
        foreach ((OptionField field, Option option) in _options)
        {
            if (parsed.GetResult(option) is not { Implicit: false } result)
                continue;
            // Errors name the option as it was written.
            string place = result.IdentifierToken?.Value ?? option.Name;
            string text = option is FieldOption valued ? ValueOf(field, parsed.GetValue(valued)!) : "true";
            options.Set(field, text, place);
        }
    }

    private static string ValueOf(OptionField field, string[] given) =>
        field.Separator is { } between ? string.Join(between, given) : given[^1];

    private static Option Make(OptionField field)
    {
        if (field.Placeholder is not null)
            return new FieldOption(field);
        var flag = new Flag($"--{field.Name}", field.Help);
        foreach (string alias in field.Aliases)
            flag.Aliases.Add(alias);
        return flag;
    }

    /// <summary>An option with a value.</summary>
    private sealed class FieldOption : Option<string[]>, ISetting
    {
        private readonly OptionField _field;

        public FieldOption(OptionField field)
            : base($"--{field.Name}", [.. field.Aliases])
        {
            _field = field;
            Description = field.Help;
            HelpName = field.Placeholder;
            Arity = ArgumentArity.OneOrMore;
        }

        public string Help => _field.Help;

        public string? Placeholder => _field.Placeholder;

        public string? Range => _field.Range;

        public string? Notation => _field.Notation;

        public string? Default => _field.Default;

        public JsonShape Shape => _field.Shape;

        public bool IsRepeatable => _field.Separator is not null;
    }
}
