using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Machine.Configuration;

/// <summary>Writes options in the format that <see cref="ConfigurationFile"/> reads, and the JSON schema of such files.</summary>
public static class ConfigurationWriter
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The options that differ from the defaults, as a JSON file with one line each.</summary>
    /// <param name="options">The options, whose relative paths begin at the working directory.</param>
    /// <param name="folder">The folder of the file, at which relative paths in it begin; empty for the working directory.</param>
    public static string Write(MachineOptions options, string folder = "")
    {
        ArgumentNullException.ThrowIfNull(options);
        if (folder.Length > 0)
        {
            var paths = PathChange.To(folder);
            options = MachineSchema.Fields.Aggregate(options, (changed, field) => field.WithPaths(changed, paths));
        }

        var defaults = new MachineOptions();
        return ToText(writer =>
        {
            foreach (OptionField field in MachineSchema.Fields)
            {
                if (field.Write(options) is { } text && text != field.Write(defaults))
                    WriteValue(writer, field.Name, field.Shape, text);
            }
        });
    }

    /// <summary>The JSON schema (draft 2020-12) of files of options: editors complete and check with it.</summary>
    public static string WriteSchema() => ToText(static writer =>
    {
        writer.WriteString(ConfigurationFile.SchemaKey, "https://json-schema.org/draft/2020-12/schema");
        writer.WriteString("title", "Options of ps3 boot");
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        writer.WriteStartObject(ConfigurationFile.SchemaKey);
        writer.WriteString("type", "string");
        writer.WriteEndObject();
        foreach (OptionField field in MachineSchema.Fields)
            WriteProperty(writer, field);
        writer.WriteEndObject();
        writer.WriteBoolean("additionalProperties", false);
    });

    private static void WriteProperty(Utf8JsonWriter writer, OptionField field)
    {
        JsonShape shape = field.Shape;
        writer.WriteStartObject(field.Name);
        writer.WriteString("description", field.Range is null ? field.Help : $"{field.Help} [{field.Range}]");
        string[] types = [.. Types(shape)];
        if (types.Length == 1)
            writer.WriteString("type", types[0]);
        else
            WriteStrings(writer, "type", types);
        if (shape.Words.Count > 0 && !shape.IsPath)
            WriteStrings(writer, "enum", shape.Words);
        if (shape.Minimum is { } least)
            writer.WriteNumber("minimum", least);
        if (shape.Maximum is { } most)
            writer.WriteNumber("maximum", most);
        if (shape.Pattern is { } pattern)
            writer.WriteString("pattern", pattern);
        if (field.Default is { } standard)
            WriteValue(writer, "default", shape, standard);
        else if (shape.IsBoolean)
            writer.WriteBoolean("default", false);
        writer.WriteEndObject();
    }

    private static IEnumerable<string> Types(JsonShape shape)
    {
        if (shape.IsBoolean)
            yield return "boolean";
        // A value that can only be a number is whole; a value that can have a unit may also have a fraction.
        if (shape.IsNumber)
            yield return shape.IsString ? "number" : "integer";
        if (shape.IsString)
            yield return "string";
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, JsonShape shape, string text)
    {
        if (shape.IsString)
        {
            writer.WriteString(name, text);
            return;
        }

        writer.WritePropertyName(name);
        writer.WriteRawValue(text);
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static string ToText(Action<Utf8JsonWriter> content)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Readable))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
