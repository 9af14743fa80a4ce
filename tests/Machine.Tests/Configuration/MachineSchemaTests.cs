using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

using Ps3Platform.Machine.Configuration;

using Xunit;

namespace Machine.Tests.Configuration;

/// <summary>The table of options and the record match, and everything made from the table is consistent.</summary>
public sealed class MachineSchemaTests
{
    private static readonly MachineOptions Defaults = new();

    public static TheoryData<string> Names => [.. MachineSchema.Fields.Select(static one => one.Name)];

    [Fact]
    public void Every_property_has_one_row()
    {
        PropertyInfo[] properties = [.. typeof(MachineOptions).GetProperties().Where(static property => property.CanWrite)];
        IEnumerable<PropertyInfo> SetBy(OptionField field) => properties.Where(property => OptionSamples.Of(field)
            .Any(text => !Equals(property.GetValue(Defaults.With(field, text)), property.GetValue(Defaults))));
        IEnumerable<PropertyInfo> set = MachineSchema.Fields.SelectMany(SetBy);

        Assert.Equal(properties.Select(static property => property.Name).Order(), set.Select(static property => property.Name).Order());
        Assert.Equal(MachineSchema.Fields.Count, MachineSchema.Fields.Select(static field => field.Name).Distinct().Count());
    }

    [Theory, MemberData(nameof(Names))]
    public void A_value_is_written_as_it_is_read(string name)
    {
        OptionField field = MachineSchema.Find(name)!;

        Assert.NotEmpty(OptionSamples.Of(field));
        foreach (MachineOptions options in OptionSamples.Of(field).Select(text => Defaults.With(field, text)))
        {
            string? written = field.Write(options);
            Assert.NotNull(written);
            Assert.Equal(options, Defaults.With(field, written));
            Assert.Equal(options, OptionSamples.Read(ConfigurationWriter.Write(options)));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_default_is_a_value(string name)
    {
        OptionField field = MachineSchema.Find(name)!;
        if (field.Default is { } text)
            Assert.Equal(text, field.Write(Defaults.With(field, text)));
        if (field.Write(Defaults) is { } held)
            Assert.Equal(Defaults, Defaults.With(field, held));
    }

    [Fact]
    public void Any_options_survive_a_file()
    {
        var random = new Random(12);
        for (int round = 0; round < 500; round++)
        {
            MachineOptions options = Defaults;
            foreach (OptionField field in MachineSchema.Fields.Where(_ => random.Next(2) == 0))
            {
                string[] samples = [.. OptionSamples.Of(field)];
                options = options.With(field, samples[random.Next(samples.Length)]);
            }

            Assert.Equal(options, OptionSamples.Read(ConfigurationWriter.Write(options)));
        }
    }

    [Fact]
    public void Defaults_need_no_file() => Assert.Equal("{}\n", ConfigurationWriter.Write(Defaults));

    [Fact]
    public void The_json_schema_has_every_option_and_accepts_what_the_reader_accepts()
    {
        using JsonDocument schema = JsonDocument.Parse(ConfigurationWriter.WriteSchema());
        JsonElement properties = schema.RootElement.GetProperty("properties");

        Assert.Equal(
            MachineSchema.Fields.Select(static field => field.Name).Prepend("$schema"),
            properties.EnumerateObject().Select(static one => one.Name));
        Assert.False(schema.RootElement.GetProperty("additionalProperties").GetBoolean());
        foreach (OptionField field in MachineSchema.Fields)
        {
            JsonElement property = properties.GetProperty(field.Name);
            foreach (string text in OptionSamples.Of(field))
            {
                using JsonDocument file = JsonDocument.Parse(ConfigurationWriter.Write(Defaults.With(field, text)));
                // A default is not written.
                if (file.RootElement.TryGetProperty(field.Name, out JsonElement value))
                    Assert.True(Accepts(property, value), $"{field.Name}: {property} refuses {value}");
            }
        }
    }

    private static bool Accepts(JsonElement property, JsonElement value)
    {
        JsonElement type = property.GetProperty("type");
        string[] types = type.ValueKind == JsonValueKind.String ? [type.GetString()!]
            : [.. type.EnumerateArray().Select(static one => one.GetString()!)];
        string actual = value.ValueKind switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.Number => types.Contains("integer") ? "integer" : "number",
            _ => "boolean",
        };
        return types.Contains(actual)
            && (!property.TryGetProperty("enum", out JsonElement words)
                || words.EnumerateArray().Any(word => word.GetString() == value.GetString()))
            && (!property.TryGetProperty("pattern", out JsonElement pattern) || Regex.IsMatch(value.GetString()!, pattern.GetString()!))
            && (!property.TryGetProperty("minimum", out JsonElement least) || value.GetUInt64() >= least.GetUInt64())
            && (!property.TryGetProperty("maximum", out JsonElement most) || value.GetUInt64() <= most.GetUInt64());
    }
}
